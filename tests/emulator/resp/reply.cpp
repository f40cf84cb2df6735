// Replies: written in RESP2 and RESP3, read back as a client reads them.
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "resp/reply_parser.hpp"
#include "resp/reply_writer.hpp"

using namespace outlive;

namespace {

template <class Write>
std::string in(Protocol protocol, Write write) {
  std::string out;
  ReplyWriter writer(out, protocol);
  write(writer);
  return out;
}

// Everything that a handler can write, once.
void everything(ReplyWriter& writer) {
  writer.array(14);
  writer.simple("PONG");
  writer.error("ERR bad\r\nthing");
  writer.integer(-7);
  writer.bulk("a\r\nb");
  writer.null();
  writer.null_array();
  writer.map(1);
  writer.bulk("key");
  writer.empty_array();
  writer.set(1);
  writer.boolean(true);
  writer.number(2.5);
  writer.boolean(false);
  writer.verbatim("txt", "text");
  writer.big_number("12345678901234567890");
  writer.bulk_integer(42);
  const auto start = writer.defer();
  writer.integer(1);
  writer.integer(2);
  writer.close_array(start, 2);
}

}  // namespace

TEST_CASE("what RESP2 lacks is told in its nearest shape") {
  CHECK(in(Protocol::resp2, everything) ==
        "*14\r\n+PONG\r\n-ERR bad  thing\r\n:-7\r\n$4\r\na\r\nb\r\n$-1\r\n*-1\r\n"
        "*2\r\n$3\r\nkey\r\n*0\r\n*1\r\n:1\r\n$3\r\n2.5\r\n:0\r\n$4\r\ntext\r\n"
        "$20\r\n12345678901234567890\r\n$2\r\n42\r\n*2\r\n:1\r\n:2\r\n");
}

TEST_CASE("RESP3 has types of its own") {
  CHECK(in(Protocol::resp3, everything) ==
        "*14\r\n+PONG\r\n-ERR bad  thing\r\n:-7\r\n$4\r\na\r\nb\r\n_\r\n_\r\n"
        "%1\r\n$3\r\nkey\r\n*0\r\n~1\r\n#t\r\n,2.5\r\n#f\r\n=8\r\ntxt:text\r\n"
        "(12345678901234567890\r\n$2\r\n42\r\n*2\r\n:1\r\n:2\r\n");
}

TEST_CASE("texts of any length and integers of any size are written whole") {
  for (const std::size_t size : {0, 1, 9, 10, 39, 40, 41, 99, 100, 20'000}) {
    CAPTURE(size);
    const std::string text(size, 'x');
    const std::string expected = "$" + std::to_string(size) + "\r\n" + text + "\r\n";
    CHECK(in(Protocol::resp2, [&](ReplyWriter& writer) { writer.bulk(text); }) == expected);
    CHECK(in(Protocol::resp2, [&](ReplyWriter& writer) { writer.bulk_referred(text); }) ==
          expected);
  }
  using Limits = std::numeric_limits<std::int64_t>;
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{9}, std::int64_t{10},
                                   std::int64_t{-1}, Limits::min(), Limits::max()}) {
    CHECK(in(Protocol::resp2, [&](ReplyWriter& writer) { writer.integer(value); }) ==
          ":" + std::to_string(value) + "\r\n");
  }
}

TEST_CASE("a reply is read back once it has arrived whole, and not before") {
  for (const Protocol protocol : {Protocol::resp2, Protocol::resp3}) {
    const std::string bytes = in(protocol, everything);
    for (std::size_t arrived = 0; arrived < bytes.size(); ++arrived) {
      bool malformed = false;
      CHECK_FALSE(parse_reply(std::string_view(bytes).substr(0, arrived), &malformed));
      CHECK_FALSE(malformed);
    }
    const auto parsed = parse_reply(bytes + "+next\r\n");
    REQUIRE(parsed);
    CHECK(parsed->size == bytes.size());
    CHECK(parsed->reply.elements.size() == 14);
    CHECK(parsed->reply.elements[3].text == "a\r\nb");
    CHECK(parsed->reply.elements[4].is_null());
    CHECK(parsed->reply.elements[13].elements.size() == 2);
  }
}

TEST_CASE("bytes that are no reply are malformed, not waited for") {
  for (const std::string_view bytes : {"hello\r\n", "$x\r\n", "*1\r\n?\r\n", ":1x\r\n"}) {
    INFO(bytes);
    bool malformed = false;
    CHECK_FALSE(parse_reply(bytes, &malformed));
    CHECK(malformed);
  }
}

TEST_CASE("infinities and whole numbers are spelled as Valkey spells them") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(in(Protocol::resp3, [&](auto& writer) { writer.number(infinity); }) == ",inf\r\n");
  CHECK(in(Protocol::resp3, [&](auto& writer) { writer.number(-infinity); }) == ",-inf\r\n");
  CHECK(in(Protocol::resp3, [&](auto& writer) { writer.number(3); }) == ",3\r\n");
  CHECK(in(Protocol::resp2, [&](auto& writer) { writer.number(0.1); }) == "$3\r\n0.1\r\n");
}
