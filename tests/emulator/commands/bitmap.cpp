// Bits and fields of bits in strings.
#include <catch2/catch_test_macros.hpp>

#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;

TEST_CASE("SETBIT makes a string as long as the bit needs, and answers what was there") {
  TestEngine server;
  CHECK(server.run({"SETBIT", "bits", "7", "1"}) == ":0\r\n");
  CHECK(server.run({"SETBIT", "bits", "7", "0"}) == ":1\r\n");
  CHECK(server.run({"SETBIT", "bits", "100", "1"}) == ":0\r\n");
  CHECK(server.run({"STRLEN", "bits"}) == ":13\r\n");
  CHECK(server.run({"GETBIT", "bits", "100"}) == ":1\r\n");
  CHECK(server.run({"GETBIT", "bits", "101"}) == ":0\r\n");
  CHECK(server.run({"OBJECT", "ENCODING", "bits"}) == "$3\r\nraw\r\n");
}

TEST_CASE("SETBIT refuses what is no bit and no offset, and makes no key") {
  TestEngine server;
  constexpr std::string_view bad_bit = "-ERR bit is not an integer or out of range\r\n";
  constexpr std::string_view bad_offset = "-ERR bit offset is not an integer or out of range\r\n";
  CHECK(server.run({"SETBIT", "bits", "0", "2"}) == bad_bit);
  CHECK(server.run({"SETBIT", "bits", "-1", "1"}) == bad_offset);
  CHECK(server.run({"SETBIT", "bits", "4294967296", "1"}) == bad_offset);
  CHECK_FALSE(server.has("bits"));
}

TEST_CASE("BITCOUNT and BITPOS look at a range of bytes or of bits") {
  TestEngine server;
  server.run({"SET", "bits", "foobar"});
  CHECK(server.run({"BITCOUNT", "bits"}) == ":26\r\n");
  CHECK(server.run({"BITCOUNT", "bits", "1", "1"}) == ":6\r\n");
  CHECK(server.run({"BITCOUNT", "bits", "5", "30", "BIT"}) == ":17\r\n");
  CHECK(server.run({"BITCOUNT", "bits", "-2", "-1"}) == ":7\r\n");
  server.run({"SET", "bits", std::string("\xff\xf0\x00", 3)});
  CHECK(server.run({"BITPOS", "bits", "0"}) == ":12\r\n");
  CHECK(server.run({"BITPOS", "bits", "1", "2"}) == ":-1\r\n");
  server.run({"SET", "bits", "\xff\xff"});
  CHECK(server.run({"BITPOS", "bits", "0"}) == ":16\r\n");
  CHECK(server.run({"BITPOS", "bits", "0", "0", "-1"}) == ":-1\r\n");
  CHECK(server.run({"BITPOS", "nothing", "1"}) == ":-1\r\n");
}

TEST_CASE("BITOP treats what is missing as zeros, and an empty result as no key") {
  TestEngine server;
  server.run({"SET", "a", "abc"});
  server.run({"SET", "b", "a"});
  CHECK(server.run({"BITOP", "OR", "to", "a", "b", "nothing"}) == ":3\r\n");
  CHECK(server.run({"GET", "to"}) == "$3\r\nabc\r\n");
  CHECK(server.run({"BITOP", "AND", "to", "a", "b"}) == ":3\r\n");
  CHECK(server.run({"GET", "to"}) == std::string("$3\r\na\0\0\r\n", 9));
  CHECK(server.run({"BITOP", "NOT", "to", "nothing"}) == ":0\r\n");
  CHECK_FALSE(server.has("to"));
}

TEST_CASE("BITFIELD adds, wraps, saturates and refuses") {
  TestEngine server;
  CHECK(server.run({"BITFIELD", "f", "SET", "u8", "#1", "255", "GET", "u8", "8"}) ==
        "*2\r\n:0\r\n:255\r\n");
  CHECK(server.run({"BITFIELD", "f", "INCRBY", "u8", "#1", "2"}) == "*1\r\n:1\r\n");
  CHECK(server.run({"BITFIELD", "f", "OVERFLOW", "SAT", "INCRBY", "i8", "0", "-500"}) ==
        "*1\r\n:-128\r\n");
  CHECK(server.run({"BITFIELD", "f", "OVERFLOW", "FAIL", "INCRBY", "i8", "0", "-1"}) ==
        "*1\r\n$-1\r\n");
  CHECK(server.run({"BITFIELD_RO", "f", "GET", "i8", "0"}) == "*1\r\n:-128\r\n");
  CHECK(server.run({"BITFIELD_RO", "f", "SET", "u4", "0", "1"}) ==
        "-ERR BITFIELD_RO only supports the GET subcommand\r\n");
}
