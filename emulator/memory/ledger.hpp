// The modelled memory of one server: what INFO would call used_memory, by its profile's rules.
#pragma once

#include <cstdint>

#include "memory/allocation.hpp"
#include "memory/profile.hpp"

namespace outlive {

// Charged at the keyspace's doors and by whatever else Valkey would allocate (clients, buffers,
// scripts). Bytes; never read from our own heap.
class Ledger {
 public:
  explicit Ledger(const Allocation& allocation, const Profile& profile = profile_default)
      : allocation_(&allocation), profile_(&profile) {}

  void add(std::int64_t bytes) {
    used_ += bytes;
    if (used_ > peak_) peak_ = used_;
  }
  std::int64_t used() const { return used_; }
  std::int64_t peak() const { return peak_; }
  void reset_peak() { peak_ = used_; }
  const Allocation& allocation() const { return *allocation_; }
  const Profile& profile() const { return *profile_; }
  // The size class of a request, by this server's allocator.
  std::int64_t block(std::size_t n) const {
    return static_cast<std::int64_t>(allocation_->size(n));
  }

 private:
  const Allocation* allocation_;
  const Profile* profile_;
  std::int64_t used_ = 0;
  std::int64_t peak_ = 0;
};

}  // namespace outlive
