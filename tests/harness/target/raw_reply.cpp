#include "target/raw_reply.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

TEST_CASE("lines, numbers and bulk strings come off the front of a reply") {
  RawReply raw{"*4\r\n$3\r\none\r\n$-1\r\n:-42\r\n+QUEUED\r\n"};
  std::string_view text = "untouched";
  CHECK(raw.kind() == '*');
  CHECK(raw.number() == 4);
  CHECK(raw.bulk(text));
  CHECK(text == "one");
  CHECK_FALSE(raw.bulk(text));
  CHECK(raw.kind() == ':');
  CHECK(raw.number() == -42);
  CHECK(raw.line() == "QUEUED");
  CHECK(raw.is_empty());
}

TEST_CASE("a bulk string may hold the ends of lines, and be empty") {
  RawReply raw{"$4\r\n\r\n\r\n\r\n$0\r\n\r\n"};
  std::string_view text;
  CHECK(raw.bulk(text));
  CHECK(text == "\r\n\r\n");
  CHECK(raw.bulk(text));
  CHECK(text.empty());
  CHECK(raw.is_empty());
}

TEST_CASE("where nothing was answered there is nothing to take") {
  RawReply raw;
  CHECK(raw.kind() == '\0');
  CHECK(raw.line().empty());
}

}  // namespace
}  // namespace outlive::harness
