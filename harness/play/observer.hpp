// Keeps the books during a play: which keys are there, which left and why, what was answered. All
// that happens goes through here once, in order, and into the digest.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/prefetch.hpp"
#include "outlive/departure.hpp"
#include "play/observations.hpp"
#include "play/shadow_limiter.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {

class Observer {
 public:
  Observer(const Scenario& scenario, const Roster& roster);

  void request(Time at);
  // Something happens between requests.
  void moment(Time at) {
    settle();
    now_ = at;
  }

  // A command was answered, or refused with this message.
  void succeeded(std::size_t instance, Operation operation) {
    OperationTally& seen = tally(instance, operation);
    ++seen.count;
    seen.last_success = now_ - start_;
  }
  void failed(std::size_t instance, Operation operation, std::string_view message);

  // Whether the key is there, by the books; prefetch() brings its pages into the processor's cache.
  bool holds(KeyId key) const { return keys_[key].resident; }
  void prefetch(KeyId key) const {
    outlive::prefetch(&keys_[key]);
    if (roster_.is_bucket(key)) shadow_.prefetch(key);
  }

  // A key was written: it is there, if it was not already. Whether that was the first time.
  bool wrote(std::size_t instance, KeyId key);
  // It is there no more, and its departure need not have been told: it was removed.
  void gone(std::size_t instance, KeyId key);
  // What it has left to live; none: it never expires.
  void lives(std::size_t instance, KeyId key, std::optional<std::chrono::milliseconds> ttl);
  // Booked before anything else is.
  void departed(std::size_t instance, const Departure& departure);

  // What is really there after a flush or a restart: the rest was removed, and keys of a snapshot
  // may be back.
  void recount(std::size_t instance, const std::vector<std::string>& keys);

  void looked_up(bool hit);
  // The request at hand waited so long for replies.
  void waited(Span wait);

  enum class Outcome : std::uint8_t { granted, refused, failed };
  void asked(std::span<const Limit> limits, std::span<const KeyId> buckets, Outcome outcome);

  // How things stand at the end of a slice, with each instance's memory.
  struct Memory {
    std::uint64_t used = 0;
    std::uint64_t max = 0;  // 0: no cap
  };
  void end_slice(Time at, std::span<const Memory> memory);

  // Keys that are there by the books and not among these.
  std::vector<KeyId> unseen(std::size_t instance, const std::vector<std::string>& keys);
  // At the end: holds the books against the keys that are really there.
  void look(std::size_t instance, const std::vector<std::string>& keys);
  void close(std::size_t instance, std::uint64_t used_memory, std::uint64_t target_digest);
  Observations take(std::uint64_t seed);

 private:
  using PatternBits = std::uint32_t;  // a bit for each watched pattern that a key fits

  struct KeyState {
    PatternBits patterns = 0;    // once it was written: of most keys of a large roster nobody asks
    std::uint16_t instance = 0;  // where it was last written
    bool resident : 1 = false;
    bool written : 1 = false;
    bool lost : 1 = false;
    bool found : 1 = false;
  };

  // A departure that was told: while what the books have of its key is fetched from memory, the
  // server goes on.
  struct Told {
    bool waits = false;
    bool stale_score = false;
    Departure::Reason reason{};
    std::size_t instance = 0;
    std::uint64_t name_hash = 0;
    std::int64_t ttl_ms = 0;
    std::int64_t idle_ms = 0;
  };

  OperationTally& tally(std::size_t instance, Operation operation) {
    return seen_.instances[instance].operations[static_cast<std::size_t>(operation)];
  }
  void came(std::size_t instance, KeyId id);
  void removed(std::size_t instance, KeyState& key);
  PatternBits patterns_of(std::string_view key) const;
  PatternBits patterns_of(KeyId id) const;
  void settle() {
    if (told_.waits) book_told();
  }
  void book_told();
  void book_eviction(KeyId id);
  void mix(std::uint64_t fact);

  const Roster& roster_;
  Time start_;
  Time now_;
  Observations seen_;
  std::vector<KeyState> keys_;
  Told told_;
  ShadowLimiter shadow_;
};

}  // namespace outlive::harness
