// The arithmetic of the gateway's token buckets, as in traffic/rate_limits.lua: whole windows come
// back at once, counted from the first request.
#pragma once

#include <algorithm>
#include <cstdint>

#include "scenario/model.hpp"

namespace outlive::harness {

struct TokenBucket {
  std::int64_t balance = 0;
  std::int64_t last_refilled_us = 0;
};

inline TokenBucket full_bucket(const Limit& limit, std::int64_t now_us) {
  return {limit.capacity, now_us};
}

inline TokenBucket refilled(const TokenBucket& bucket, const Limit& limit, std::int64_t now_us) {
  const std::int64_t window_us = limit.window.count();
  const std::int64_t elapsed_us = now_us - bucket.last_refilled_us;
  if (elapsed_us < window_us) {
    return {std::min(bucket.balance, limit.capacity), bucket.last_refilled_us};
  }
  const std::int64_t windows = elapsed_us / window_us;
  // Compared before multiplying: many windows of large refills would not fit.
  const bool fills = windows > (limit.capacity - bucket.balance) / limit.refill;
  return {fills ? limit.capacity : bucket.balance + windows * limit.refill,
          bucket.last_refilled_us + windows * window_us};
}

// Twice the time to fill an empty bucket, and 48 h at least (TensorZero 2026.6).
inline std::chrono::seconds bucket_ttl(const Limit& limit) {
  constexpr std::chrono::seconds least = std::chrono::hours{48};
  const std::int64_t windows = (limit.capacity + limit.refill - 1) / limit.refill;
  return std::max(least, 2 * std::chrono::ceil<std::chrono::seconds>(windows * limit.window));
}

}  // namespace outlive::harness
