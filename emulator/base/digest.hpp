// Digests that Valkey's formats and replies contain. For tables there is base/hash.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace outlive {

// SHA-1 (FIPS 180-4).
using Sha1Digest = std::array<std::uint8_t, 20>;
Sha1Digest sha1(std::string_view bytes);
// As forty lower-case hexadecimal digits.
std::string hex_of(const Sha1Digest& digest);
// The names of scripts.
inline std::string sha1_hex(std::string_view bytes) {
  return hex_of(sha1(bytes));
}

// CRC-16/XMODEM: polynomial 0x1021, start 0, not reflected. The slot of a key is this modulo 16384.
std::uint16_t crc16(std::string_view bytes);

// CRC-64 by Jones' polynomial 0xad93d23594c935a9, reflected, start 0: ends RDB files and DUMP's
// payloads. `crc` is the digest of what came before, so that a stream may be taken in pieces.
std::uint64_t crc64(std::uint64_t crc, std::string_view bytes);

}  // namespace outlive
