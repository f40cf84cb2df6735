// The full 128-bit product of two 64-bit numbers: the step that hashing and unbiased draws rest on.
#pragma once

#include <cstdint>

namespace outlive {

struct WideProduct {
  std::uint64_t high;
  std::uint64_t low;
};

constexpr WideProduct wide_multiply(std::uint64_t a, std::uint64_t b) {
#ifdef __SIZEOF_INT128__
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
#else
  // By halves, as on paper: none of the sums below can overflow 64 bits.
  const std::uint64_t a_high = a >> 32, a_low = a & 0xffff'ffff;
  const std::uint64_t b_high = b >> 32, b_low = b & 0xffff'ffff;
  const std::uint64_t low = a_low * b_low;
  const std::uint64_t middle = a_high * b_low + (low >> 32);
  const std::uint64_t cross = a_low * b_high + (middle & 0xffff'ffff);
  return {a_high * b_high + (middle >> 32) + (cross >> 32), (cross << 32) | (low & 0xffff'ffff)};
#endif
}

}  // namespace outlive
