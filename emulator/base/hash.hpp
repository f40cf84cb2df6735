// A fast seeded hash of bytes, for tables. The same value on every platform; not for secrets.
//
// Bytes are taken sixteen at a time and folded: two words are multiplied to 128 bits and the halves
// xored, which spreads each input bit over the whole word (the construction of wyhash and MUM).
// Tables take bucket numbers from the low bits and tags from the top byte, so both ends must mix.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/wide_multiply.hpp"

namespace outlive {

namespace hashing {

// Odd, with about half of their bits set: the fractional parts of sqrt(2), sqrt(3) and sqrt(5).
constexpr std::uint64_t salt_1 = 0x6a09'e667'f3bc'c909;
constexpr std::uint64_t salt_2 = 0xbb67'ae85'84ca'a73b;
constexpr std::uint64_t salt_3 = 0x3c6e'f372'fe94'f82b;

constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  const WideProduct product = wide_multiply(a, b);
  return product.high ^ product.low;
}

constexpr std::uint64_t swap_bytes(std::uint64_t word) {
  std::uint64_t swapped = 0;
  for (int byte = 0; byte < 8; ++byte) swapped = (swapped << 8) | ((word >> (8 * byte)) & 0xff);
  return swapped;
}

// Little-endian on every machine, so that a seed means the same everywhere.
inline std::uint64_t load_8(const char* at) {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = swap_bytes(word);
  return word;
}

inline std::uint64_t load_4(const char* at) {
  std::uint32_t word;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) return swap_bytes(word) >> 32;
  return word;
}

}  // namespace hashing

inline std::uint64_t hash_bytes(std::string_view bytes, std::uint64_t seed) {
  using namespace hashing;
  const char* at = bytes.data();
  const std::size_t size = bytes.size();
  std::uint64_t state = seed ^ salt_1;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (size > 16) {
    std::size_t left = size;
    for (; left > 16; left -= 16, at += 16) {
      state = fold(load_8(at) ^ salt_2, load_8(at + 8) ^ state);
    }
    // The last sixteen bytes, which may overlap those already taken.
    first = load_8(at + left - 16);
    last = load_8(at + left - 8);
  } else if (size >= 8) {
    first = load_8(at);
    last = load_8(at + size - 8);
  } else if (size >= 4) {
    first = load_4(at);
    last = load_4(at + size - 4);
  } else if (size > 0) {
    const auto byte = [at](std::size_t index) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(at[index]));
    };
    first = byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1);
  }
  const WideProduct product = wide_multiply(first ^ salt_2, last ^ state);
  return fold(product.low ^ salt_3 ^ size, product.high ^ salt_2);
}

}  // namespace outlive
