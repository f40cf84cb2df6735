// What is allocated for a while only.
#pragma once

#include <cstdint>

#include "memory/ledger.hpp"

namespace outlive {

// Counts in used_memory as long as this object lives.
class PassingCharge {
 public:
  PassingCharge(Ledger& ledger, std::int64_t bytes) : ledger_(ledger), bytes_(bytes) {
    ledger_.add(bytes_);
  }
  ~PassingCharge() { ledger_.add(-bytes_); }
  PassingCharge(const PassingCharge&) = delete;
  PassingCharge& operator=(const PassingCharge&) = delete;

 private:
  Ledger& ledger_;
  std::int64_t bytes_;
};

}  // namespace outlive
