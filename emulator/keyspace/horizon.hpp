// What active expiry may leave unread: for each bucket of the table of keys with a TTL, the
// earliest time at which anything in it can be due, and how many keys it holds. Valkey reads every
// key its cycle passes; here a bucket in which nothing is due is counted and passed over, and after
// the first time not even looked at, so that days without expiries cost little.
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
    if (buckets_.size() != buckets) buckets_.assign(buckets, {});
  }
  // A key with this hash came into the table, or left it.
  void added(std::uint64_t hash) { count(hash, 1); }
  void removed(std::uint64_t hash) { count(hash, -1); }
  // It will expire at this time (Unix milliseconds).
  void note(std::uint64_t hash, std::int64_t expiry_ms) {
    if (buckets_.empty()) return;
    Bucket& bucket = at(hash);
    bucket.due_ms = std::min<std::int64_t>(bucket.due_ms, std::clamp(expiry_ms, earliest, latest));
  }
  // False: nothing in the bucket that this cursor names is due.
  bool may_be_due(std::size_t cursor, std::int64_t now_ms) const {
    return at(cursor).due_ms < now_ms;
  }
  // The bucket was read; this is the earliest expiry that stayed in it, or `never`.
  void was_read(std::size_t cursor, std::int64_t stayed) {
    at(cursor).due_ms = std::clamp(stayed, earliest, latest);
  }

  // How many keys the bucket holds: `look` counts them, where that is not known.
  template <class Look>
  std::size_t keys_in(std::size_t cursor, Look look) {
    Bucket& bucket = at(cursor);
    if (bucket.keys != uncounted) return bucket.keys;
    const std::size_t counted = look();
    if (counted < uncounted) bucket.keys = static_cast<std::uint8_t>(counted);
    return counted;
  }

  void clear() { buckets_.clear(); }

 private:
  // Both in one word: a cycle jumps from bucket to bucket.
  static constexpr int due_bits = 56;
  static constexpr std::int64_t latest = (std::int64_t{1} << (due_bits - 1)) - 1;
  static constexpr std::int64_t earliest = -latest - 1;
  static constexpr std::uint8_t uncounted = std::numeric_limits<std::uint8_t>::max();
  struct Bucket {
    std::int64_t due_ms : due_bits = earliest;
    std::uint64_t keys : 8 = uncounted;  // more than can be told is uncounted, too
  };
  static_assert(sizeof(Bucket) == sizeof(std::int64_t));

  Bucket& at(std::uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }
  const Bucket& at(std::uint64_t hash) const { return buckets_[hash & (buckets_.size() - 1)]; }
  void count(std::uint64_t hash, int more) {
    if (buckets_.empty()) return;
    Bucket& bucket = at(hash);
    if (bucket.keys != uncounted) bucket.keys = static_cast<std::uint8_t>(bucket.keys + more);
  }

  std::vector<Bucket> buckets_;
};

}  // namespace outlive
