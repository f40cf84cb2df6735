// Active expiry: the cron's walk over the keys with a TTL (expire.c, activeExpireCycle).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

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
  // A run of buckets of one database: whether to go on with the same one; nothing if it holds
  // nothing that expires.
  using Walk = std::optional<bool> (ActiveExpiry::*)(Database&, const Effort&, double& spent_us);
  struct Round {
    Walk walk;
    int walks_a_look;  // how often the clock is looked at
    double KeyspaceStats::*stale_percent;
    std::size_t next_database = 0;
    bool out_of_time = false;
    std::uint64_t sampled = 0;
    std::uint64_t stale = 0;
  };
  // Keys, and since 9.0 fields of hashes, one first and then the other.
  void cycle(double limit_us);
  double run(Round& round, double limit_us);
  std::optional<bool> walk_keys(Database& database, const Effort& effort, double& spent_us);
  std::optional<bool> walk_fields(Database& database, const Effort& effort, double& spent_us);

  Keyspace& keyspace_;
  Round keys_{&ActiveExpiry::walk_keys, 16, &KeyspaceStats::expired_stale_percent};
  Round fields_{&ActiveExpiry::walk_fields, 1, &KeyspaceStats::fields_stale_percent};
  bool fields_first_ = false;
  std::int64_t last_fast_us_ = 0;
};

}  // namespace outlive
