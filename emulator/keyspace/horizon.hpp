// What active expiry may leave unread: for each bucket of the table of keys with a TTL, the
// earliest time at which anything in it can be due. Valkey reads every key its cycle passes; here a
// bucket in which nothing is due is counted and passed over, so that days without expiries cost
// little.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace outlive {

class ExpiryHorizon {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  // The table has this many buckets now, a power of two: if that is news, all of them may be due.
  void fit(std::size_t buckets) {
    if (due_.size() != buckets) due_.assign(buckets, unknown);
  }
  // A key with this hash will expire at this time (Unix milliseconds).
  void note(std::uint64_t hash, std::int64_t expiry_ms) {
    if (due_.empty()) return;
    std::int64_t& due = due_[hash & (due_.size() - 1)];
    due = std::min(due, expiry_ms);
  }
  // False: nothing in the bucket that this cursor names is due.
  bool may_be_due(std::size_t cursor, std::int64_t now_ms) const {
    return due_[cursor & (due_.size() - 1)] < now_ms;
  }
  // The bucket was read; this is the earliest expiry that stayed in it, or `never`.
  void was_read(std::size_t cursor, std::int64_t earliest) {
    due_[cursor & (due_.size() - 1)] = earliest;
  }
  void clear() { due_.clear(); }

 private:
  static constexpr std::int64_t unknown = std::numeric_limits<std::int64_t>::min();

  std::vector<std::int64_t> due_;
};

}  // namespace outlive
