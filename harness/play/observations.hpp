// What was seen while a scenario was played: figures that checks judge and reports show. Plain
// data; a test may make it by hand.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"
#include "target/approximation.hpp"

namespace outlive::harness {

// One eviction, kept as evidence.
struct Loss {
  Span at{};                  // since the start
  std::uint64_t request = 0;  // the how many-th was being served
  std::string key;
  std::int64_t ttl_ms = -1;  // what was left; -1: none, or the target does not tell
  std::int64_t idle_ms = -1;
};

// Evictions of keys of one pattern while keys of another were there.
struct Beside {
  std::uint64_t count = 0;
  Span first_at{};
};

// What was left to live of each key just after it had been written for the first time. Asked only
// where a check is about it.
struct TtlTally {
  std::uint64_t asked = 0;
  std::uint64_t without = 0;  // keys that never expire
  std::int64_t least_ms = 0;  // of those that do
  std::int64_t most_ms = 0;
  std::string least_key;
  std::string most_key;
  std::string without_key;  // one of them

  std::uint64_t finite() const { return asked - without; }
  // Takes a key that expires into the range from the least to the most.
  void widen(std::int64_t ms, std::string_view key);
};

// Keys of one pattern on one instance.
struct PatternTally {
  std::uint64_t written = 0;  // different keys that were there at some time
  std::uint64_t lost = 0;     // different keys that were evicted at some time
  std::uint64_t evicted = 0;  // evictions; a key may come back and go again
  std::uint64_t stale = 0;    // evictions on a score that the key's renewal had made void
  std::uint64_t expired = 0;
  std::uint64_t removed = 0;   // flushed, deleted or moved away
  std::uint64_t vanished = 0;  // not there at the end, and nothing told that they left
  std::uint64_t resident = 0;  // there at the end, by the books
  std::uint64_t found = 0;     // there at the end, by looking
  // Evictions while keys of another watched pattern were resident on the instance, by that pattern.
  std::vector<Beside> evicted_beside;
  std::vector<Loss> first_losses;  // the first few
  std::vector<Loss> stale_losses;  // the first few on a void score
  TtlTally ttl;
};

// What one instance answered to the commands of one kind.
struct OperationTally {
  struct Error {
    std::uint64_t count = 0;
    Span first_at{};
    Span last_at{};
    // The first at or after each of Observations::deadlines.
    std::vector<std::optional<Span>> first_after = {};
  };
  std::uint64_t count = 0;
  Span last_success{};                  // none: zero
  std::map<std::string, Error> errors;  // by message
};

// Requests that waited for replies, by how long.
struct DelayTally {
  std::map<Span, std::uint64_t> requests;
  Span first_at{};  // of the first that waited
};

struct InstanceObservations {
  std::string name;
  std::vector<PatternTally> patterns;  // in the order of Observations::patterns
  std::array<OperationTally, operation_count> operations;
  std::uint64_t used_memory = 0;  // at the end
};

// How things stood at one moment, of many that cut the duration into equal slices. What is counted
// is counted from the start.
struct Slice {
  struct Keys {
    std::uint64_t resident = 0;
    std::uint64_t evicted = 0;
  };
  struct OfInstance {
    std::uint64_t used_memory = 0;
    std::uint64_t maxmemory = 0;  // 0: no cap
    std::vector<Keys> patterns;   // in the order of Observations::patterns
  };
  Span at{};  // since the start
  std::vector<OfInstance> instances;
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t granted = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
};
constexpr std::int64_t slice_count = 100;

struct CacheTally {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;  // failed reads are misses for the gateway
  std::uint64_t lookups() const { return hits + misses; }
  double hit_ratio() const {
    return lookups() == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(lookups());
  }
};

// Tickets against an undisturbed limiter that sees the same requests at the same times. A client is
// a bucket; its excess is the furthest it ever got ahead of what the undisturbed limiter had
// granted.
struct AdmissionTally {
  std::uint64_t asked = 0;    // requests that wanted tickets
  std::uint64_t granted = 0;  // requests that got them
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;  // neither: the command failed
  std::uint64_t clients = 0;
  std::uint64_t clients_ahead = 0;
  std::uint64_t excess = 0;  // tickets, over all clients
  std::uint64_t worst_excess = 0;
  std::string worst_client;
  Span first_excess_at{};
};

struct Observations {
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;
  std::uint64_t requests = 0;
  std::string target = "embedded";    // the family that it was played on, the least able one
  std::vector<std::string> patterns;  // the gateway's two kinds of key, and those that checks name
  std::vector<InstanceObservations> instances;
  CacheTally cache;
  AdmissionTally admission;
  DelayTally delays;
  std::vector<Span> deadlines;  // of the recovers-within checks, in their order
  std::vector<Slice> timeline;
  bool tells_scores = true;  // whether every target tells on which score a key was evicted
  std::vector<Approximation> approximations;  // what the targets could not do

  // The place of a pattern in `patterns`; it must be one of them.
  std::size_t place_of(const std::string& pattern) const;
};

}  // namespace outlive::harness
