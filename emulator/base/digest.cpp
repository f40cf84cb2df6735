#include "base/digest.hpp"

#include <array>
#include <bit>
#include <cstddef>

namespace outlive {
namespace {

constexpr std::size_t sha1_block_size = 64;

std::uint32_t load_big_endian(const unsigned char* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
         at[3];
}

class Sha1 {
 public:
  void take_block(const unsigned char* block) {
    std::array<std::uint32_t, 80> words;
    for (std::size_t i = 0; i < 16; ++i) words[i] = load_big_endian(block + 4 * i);
    for (std::size_t i = 16; i < 80; ++i) {
      words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    }
    auto [a, b, c, d, e] = state_;
    for (std::size_t i = 0; i < 80; ++i) {
      const std::uint32_t next = std::rotl(a, 5) + choice(i, b, c, d) + e + words[i];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    state_[0] += a;
    state_[1] += b;
    state_[2] += c;
    state_[3] += d;
    state_[4] += e;
  }

  Sha1Digest bytes() const {
    Sha1Digest out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint8_t>(state_[i / 4] >> (24 - 8 * (i % 4)));
    }
    return out;
  }

 private:
  // FIPS 180-4, 4.1.1 and 4.2.1: each twenty rounds have their function and their constant.
  static std::uint32_t choice(std::size_t round, std::uint32_t b, std::uint32_t c,
                              std::uint32_t d) {
    if (round < 20) return ((b & c) | (~b & d)) + 0x5a82'7999;
    if (round < 40) return (b ^ c ^ d) + 0x6ed9'eba1;
    if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1b'bcdc;
    return (b ^ c ^ d) + 0xca62'c1d6;
  }

  std::array<std::uint32_t, 5> state_ = {0x6745'2301, 0xefcd'ab89, 0x98ba'dcfe, 0x1032'5476,
                                         0xc3d2'e1f0};
};

constexpr std::array<std::uint16_t, 256> crc16_table = [] {
  std::array<std::uint16_t, 256> table{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = static_cast<std::uint32_t>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x8000) ? 0x1021u : 0u);
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}();

// table[n][byte]: what a byte does to the digest when n more bytes follow it, so that eight bytes
// can be taken in one step.
constexpr auto crc64_table = [] {
  constexpr std::uint64_t jones_reflected = 0x95ac'9329'ac4b'c9b5;
  std::array<std::array<std::uint64_t, 256>, 8> table{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    std::uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) ? jones_reflected : 0);
    table[0][byte] = crc;
  }
  for (std::size_t byte = 0; byte < 256; ++byte) {
    for (std::size_t n = 1; n < 8; ++n) {
      const std::uint64_t before = table[n - 1][byte];
      table[n][byte] = table[0][before & 0xff] ^ (before >> 8);
    }
  }
  return table;
}();

}  // namespace

Sha1Digest sha1(std::string_view bytes) {
  Sha1 state;
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= sha1_block_size; left -= sha1_block_size, at += sha1_block_size) {
    state.take_block(at);
  }
  // The rest, a one bit, zeros, and the length in bits in the last eight bytes of a block.
  std::array<unsigned char, 2 * sha1_block_size> tail{};
  for (std::size_t i = 0; i < left; ++i) tail[i] = at[i];
  tail[left] = 0x80;
  const std::size_t tail_size = left < sha1_block_size - 8 ? sha1_block_size : tail.size();
  const std::uint64_t bit_count = std::uint64_t{bytes.size()} * 8;
  for (std::size_t i = 0; i < 8; ++i) {
    tail[tail_size - 1 - i] = static_cast<unsigned char>(bit_count >> (8 * i));
  }
  state.take_block(tail.data());
  if (tail_size > sha1_block_size) state.take_block(tail.data() + sha1_block_size);
  return state.bytes();
}

std::string hex_of(const Sha1Digest& digest) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::uint8_t byte : digest) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::uint16_t crc16(std::string_view bytes) {
  std::uint32_t crc = 0;
  for (const char letter : bytes) {
    const auto byte = static_cast<unsigned char>(letter);
    crc = (crc << 8) ^ crc16_table[((crc >> 8) ^ byte) & 0xff];
  }
  return static_cast<std::uint16_t>(crc);
}

std::uint64_t crc64(std::uint64_t crc, std::string_view bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t next = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      next ^= crc64_table[7 - i][((crc >> (8 * i)) ^ at[i]) & 0xff];
    }
    crc = next;
  }
  for (; left > 0; --left, ++at) crc = crc64_table[0][(crc ^ *at) & 0xff] ^ (crc >> 8);
  return crc;
}

}  // namespace outlive
