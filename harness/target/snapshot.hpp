// What a server holds, taken out and put back by commands (DUMP and RESTORE): for servers that keep
// no RDB file. As with an RDB file keys come back with their expiry, and with idle time or
// frequency where the policy goes by them; functions come back too, scripts and the journal do not.
#pragma once

#include <string>
#include <vector>

#include "target/target.hpp"

namespace outlive::harness {

class Snapshot {
 public:
  // Leaves the keys' idle times and frequencies as they are.
  static Snapshot take(Target& target);
  // Into an empty server. While it loads, maxmemory does not count, as when Valkey loads.
  void load(Target& target) const;

 private:
  struct Key {
    int database = 0;
    std::string name;
    std::string payload;
    std::string expiry_ms;  // "0": none
    std::string recency;    // of the option below
  };

  std::string recency_option_;  // IDLETIME, FREQ, or none
  std::vector<Key> keys_;
  std::string functions_;
};

}  // namespace outlive::harness
