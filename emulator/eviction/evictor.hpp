// Makes room when used memory is over maxmemory (evict.c, performEvictions).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/random.hpp"
#include "eviction/policy.hpp"
#include "eviction/pool.hpp"
#include "keyspace/keyspace.hpp"

namespace outlive {

// The directives it obeys.
struct EvictionSettings {
  std::uint64_t maxmemory = 0;      // bytes; 0: no limit
  std::size_t policy = noeviction;  // index into eviction_policies
  int samples = 5;                  // maxmemory-samples, 1 to 64
  int tenacity = 10;                // maxmemory-eviction-tenacity, 0 to 100

  const EvictionPolicy& chosen() const { return eviction_policies[policy]; }
};

enum class EvictionOutcome : std::uint8_t {
  ok,       // memory is below the limit
  running,  // the round's time is over; it goes on at the next occasion
  failed,   // over the limit, with nothing that may go
};

class Evictor {
 public:
  Evictor(Keyspace& keyspace, const EvictionSettings& settings, const Random& random);

  // One round, as before every command. `not_counted` is what eviction leaves out (replica and AOF
  // buffers) of the ledger's used memory.
  EvictionOutcome make_room(std::int64_t not_counted = 0);

  // Whether `more` bytes would pass the limit (evict.c, overMaxmemoryAfterAlloc).
  bool over_after(std::int64_t more) const;

  // A round that ran out of time wants another as soon as nothing else is to do.
  bool running() const { return running_; }
  // When the last round was over, and the next may begin. By the emulator's time: whether more is
  // evicted between two commands must not hang on how long a test took to send the second.
  Instant resumes() const { return resumes_; }
  // maxmemory was lowered: evict as soon as there is time.
  void start() { run_on_after(1); }
  // The clock was set back: nothing is to wait for its old time.
  void set_back(Instant now) { resumes_ = std::min(resumes_, now); }

  // Draws anew, and forgets its candidates.
  void reseed(const Random& random);

  const EvictionPool& pool() const { return pool_; }
  // What the policy goes by (see Departure::Candidate), of an entry as it is now.
  std::uint64_t score(const Entry& entry) const;

 private:
  struct Victim {
    Entry* entry = nullptr;
    Database* database = nullptr;
    std::uint64_t score = 0;
  };

  Victim choose();
  Victim best_of_pool();
  Victim at_random();
  // Samples every database once; the number of keys that could go.
  std::size_t populate();
  void fetch_ahead() const;
  // Bytes that the key took with it.
  std::int64_t evict(const Victim& victim);
  void run_on_after(std::int64_t microseconds);
  Database::Table& candidates(Database& database) const;

  Keyspace& keyspace_;
  const EvictionSettings& settings_;
  Random random_;
  EvictionPool pool_;
  std::string leaving_;            // the name of the key that goes, kept for its memory
  std::size_t next_database_ = 0;  // the random policies take databases in turn
  bool running_ = false;
  Instant resumes_{};
};

}  // namespace outlive
