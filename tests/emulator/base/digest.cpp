#include "base/digest.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

namespace outlive {
namespace {

TEST_CASE("SHA-1 of the standard's examples") {
  CHECK(sha1_hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(sha1_hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(sha1_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(sha1_hex(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

TEST_CASE("SHA-1 pads right on either side of a block's end") {
  CHECK(sha1_hex(std::string(55, 'x')) == "cef734ba81a024479e09eb5a75b6ddae62e6abf1");
  CHECK(sha1_hex(std::string(56, 'x')) == "901305367c259952f4e7af8323f480d59f81335b");
  CHECK(sha1_hex(std::string(64, 'x')) == "bb2fa3ee7afb9f54c6dfb5d021f14b1ffe40c163");
}

TEST_CASE("CRC-16 is XMODEM's, as key slots need it") {
  CHECK(crc16("123456789") == 0x31c3);
  CHECK(crc16("") == 0);
}

TEST_CASE("CRC-64 is Jones', whole or in pieces") {
  CHECK(crc64(0, "123456789") == 0xe9c6'd914'c4b8'd9ca);
  const std::string text = "This is a test of the emergency broadcast system.";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    CHECK(crc64(crc64(0, text.substr(0, cut)), text.substr(cut)) == crc64(0, text));
  }
}

}  // namespace
}  // namespace outlive
