// What a look at a running server has shown.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/key_groups.hpp"
#include "scenario/time.hpp"

namespace outlive::harness {

// A key that was looked at closely. Its value was not.
struct KeySample {
  std::uint64_t usage = 0;  // by MEMORY USAGE
  std::uint64_t bytes = 0;  // of used_memory, once it was weighed
  bool is_string = true;    // by TYPE
  std::size_t name_bytes = 0;
  std::optional<std::int64_t> expiry_ms;  // Unix time; none: it has no TTL
  std::int64_t used_s = 0;                // when it was used last, Unix time
  int frequency = -1;                     // the LFU counter; -1: another policy, or not told
};

// The keys of one pattern in one database.
struct KeyGroup {
  int database = 0;
  NamedPattern pattern;
  std::uint64_t seen = 0;    // keys that SCAN named
  double keys = 0;           // how many there are, by the share of those seen
  std::uint64_t closed = 0;  // looked at, and refused by the user's key patterns
  std::vector<KeySample> samples;

  bool is(Role role) const { return pattern.role == role; }
  // Means over the samples; 0 where there is none.
  double bytes_each() const;
  double share_without_ttl() const;
  // The TTL left that so many of them (from 0 to 1) are below, at this instant; none: no sample has
  // a TTL.
  std::optional<Span> ttl_left(double share, std::int64_t now_ms) const;
  // How long not used, the same way; none: there is no sample.
  std::optional<Span> idle(double share, std::int64_t now_ms) const;
  // What their writer seems to give them: the longest that is left, rounded up to a whole minute,
  // hour or day that is within a fiftieth. None: no sample has a TTL.
  std::optional<Span> ttl_given(std::int64_t now_ms) const;
};

// What INFO and CONFIG GET tell.
struct ServerFacts {
  std::string url;      // without its password
  std::string version;  // "Valkey 8.1.1"; "" where it is not told
  std::string profile;  // of the emulator: the nearest to that version
  std::optional<std::uint64_t> used_memory;
  std::uint64_t not_counted = 0;           // buffers of replicas and the append-only file (INFO's
                                           // mem_not_counted_for_evict)
  std::optional<std::uint64_t> maxmemory;  // 0: no cap
  std::optional<std::string> policy;
  std::map<std::string, std::string> directives;  // by CONFIG GET, or as INFO tells them
  std::optional<std::uint64_t> evicted_keys, expired_keys, hits, misses, uptime_s;
  bool is_replica = false;
  std::map<int, std::uint64_t> databases;  // keys of each that has any

  std::uint64_t keys() const;
  // What may still come before keys go or writes are refused; negative: beyond. None where there is
  // no cap, or it is not known.
  std::optional<std::int64_t> headroom() const;
};

// Between two looks, a second of them.
struct Growth {
  Span between{};
  double bytes = 0, keys = 0, evicted = 0, expired = 0;
};

// What could not be seen, and what would tell it.
struct Unseen {
  std::string what;
  std::string remedy;
};

struct Examination {
  ServerFacts facts;
  std::int64_t now_ms = 0;      // the server's clock when INFO was read
  std::int64_t seen_at_us = 0;  // our stopwatch then
  std::vector<KeyGroup> groups;
  std::uint64_t scanned = 0;    // keys that SCAN named
  std::uint64_t looked_at = 0;  // keys that were looked at closely
  std::uint64_t commands = 0;   // that the look cost the server
  std::uint64_t evicted_meanwhile = 0;
  std::optional<Growth> growth;
  std::vector<Unseen> unseen;
  bool ranks_known = true;  // idle times or counters, by which its policy chooses

  // All keys of this role.
  double keys_of(Role role) const;
  // The longest of the TTLs that their writer seems to give; none: there is none.
  std::optional<Span> ttl_given(Role role) const;
  // The shortest.
  std::optional<Span> ttl_given_min(Role role) const;
};

}  // namespace outlive::harness
