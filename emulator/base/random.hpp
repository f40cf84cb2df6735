// Chance as the core knows it: one seed an engine, forked by name, the same draws on every
// platform.
//
//   Random random{7};
//   Random eviction = random.fork("eviction");   // its draws never move those of another fork
//   std::uint64_t bucket = eviction.below(64);
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "base/wide_multiply.hpp"

namespace outlive {

// xoshiro256** (Blackman and Vigna, 2018), its state filled by splitmix64. Copying a Random copies
// its place in the stream.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  // A stream of its own. It hangs on this one's seed and on the name alone: neither on how much was
  // drawn before nor on other forks.
  Random fork(std::string_view name) const;

  std::uint64_t seed() const { return seed_; }

  std::uint64_t next() {
    const std::uint64_t drawn = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return drawn;
  }

  // Evenly one of 0 … n-1. There must be something to choose from: n > 0.
  std::uint64_t below(std::uint64_t n) {
    // Lemire, "Fast random integer generation in an interval" (2019): the high half of next() * n,
    // drawn again in the rare case that would favour some results.
    WideProduct product = wide_multiply(next(), n);
    if (product.low < n) [[unlikely]] {
      const std::uint64_t unfair = (0 - n) % n;
      while (product.low < unfair) product = wide_multiply(next(), n);
    }
    return product.high;
  }

  // Evenly in [0, 1), with the 53 bits that a double holds.
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_;
};

}  // namespace outlive
