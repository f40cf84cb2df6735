// One key that left the keyspace: when, which, why, and in what state.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace outlive {

// An instant of the emulated clock. The resolution is a microsecond.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

struct Departure {
  enum class Reason : std::uint8_t {
    evicted, expired_lazily, expired_actively, deleted, overwritten, flushed, renamed, moved,
  };
  // A key that was in the eviction pool when the victim was taken, and lost to it.
  struct Candidate {
    int database = 0;
    std::string key;
    std::uint64_t score = 0;   // idle ms | 255 - frequency | 2^64-1 - expiry in Unix ms, by policy
  };

  std::uint64_t sequence = 0;  // 1 for the first departure of this server
  Time when{};
  Reason reason = Reason::deleted;
  int database = 0;
  std::string key;
  std::string type;            // "string", "hash", …
  std::string cause;           // evicted: the policy; else the command that did it; "" for the clock
  std::uint64_t client = 0;    // id of the client whose command did it, 0 for none
  std::int64_t ttl_ms = -1;    // what was left of its TTL, -1 without one
  std::int64_t idle_ms = 0;    // since the last access, by the LRU clock (whole seconds); -1 under LFU
  int frequency = -1;          // the decayed LFU counter, -1 under other policies
  std::uint64_t size = 0;      // bytes of used_memory that went with it
  std::uint64_t score = 0;     // evicted: the score on which it was taken (see Candidate)
  bool stale_score = false;    // evicted: the score was no longer true when it was taken
  std::vector<Candidate> lost_to_it;
};

// "evicted", "expired_lazily", …
std::string_view to_string(Departure::Reason reason);

}  // namespace outlive
