// Active expiry: the cron's walk over the keys with a TTL (expire.c, activeExpireCycle).
#pragma once

#include <cstdint>

#include "keyspace/keyspace.hpp"

namespace outlive {

class ActiveExpiry {
 public:
  explicit ActiveExpiry(Keyspace& keyspace) : keyspace_(keyspace) {}

  // The cron's cycle, hz times a second: at most a quarter of the time between two.
  void slow_cycle();
  // The short one between requests: only after a cycle that ran out of time, or while the share of
  // stale keys is high, and not twice within its own length.
  void fast_cycle();
  // Begins again with the first database.
  void restart();

 private:
  struct Effort;
  // Keys, and since 9.0 fields of hashes, one first and then the other.
  void cycle(double limit_us);
  double run(double limit_us);
  double run_fields(double limit_us);
  bool walk_fields(Database& database, const Effort& effort, double& spent_us);
  // Walks a run of buckets of one database; true if it should go on with the same one.
  bool walk(Database& database, const Effort& effort, double& spent_us, bool& done);

  Keyspace& keyspace_;
  std::size_t next_database_ = 0;
  bool out_of_time_ = false;
  std::int64_t last_fast_us_ = 0;
  std::uint64_t sampled_ = 0;
  std::uint64_t expired_ = 0;
  std::size_t next_for_fields_ = 0;
  bool fields_out_of_time_ = false;
  bool fields_first_ = false;
  std::uint64_t hashes_sampled_ = 0;
  std::uint64_t hashes_stale_ = 0;
};

}  // namespace outlive
