// Requests, wherever the bytes are cut, and Valkey's words for what is none (networking.c).
#include "resp/request_parser.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

using namespace outlive;

namespace {

struct Reading {
  std::vector<std::vector<std::string>> requests;
  std::string error;
  friend bool operator==(const Reading&, const Reading&) = default;
};

// The bytes arrive as two parts or, with `piece`, in many of that size.
class Reader {
 public:
  explicit Reader(RequestLimits limits = {}) : limits_(limits) {}

  void arrive(std::string_view bytes) {
    input_ += bytes;
    parser_.start_batch();
    while (reading_.error.empty()) {
      Request request;
      const auto outcome = parser_.next(input_, limits_, request);
      if (outcome == RequestParser::Outcome::need_more) return;
      if (outcome == RequestParser::Outcome::error) {
        reading_.error = parser_.error();
        return;
      }
      const auto first = parser_.words().begin() + static_cast<std::ptrdiff_t>(request.first);
      reading_.requests.emplace_back(first, first + static_cast<std::ptrdiff_t>(request.count));
    }
  }
  const Reading& reading() const { return reading_; }

 private:
  RequestLimits limits_;
  RequestParser parser_;
  std::string input_;
  Reading reading_;
};

Reading read(std::string_view bytes, RequestLimits limits = {}) {
  Reader reader(limits);
  reader.arrive(bytes);
  return reader.reading();
}

std::string error_of(std::string_view bytes, RequestLimits limits = {}) {
  return read(bytes, limits).error;
}

}  // namespace

TEST_CASE("requests come out the same wherever the bytes are cut") {
  const std::string bytes =
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\n\r\n\r\n\r\nPING\r\n\r\n*0\r\n"
      "set key \"a b\\x00\" 'c'\r\n*-1\r\n*2\r\n$3\r\nGET\r\n$0\r\n\r\n";
  const Reading whole = read(bytes);
  REQUIRE(whole.error.empty());
  REQUIRE(whole.requests.size() == 4);
  CHECK(whole.requests[0] == std::vector<std::string>{"SET", "k", "\r\n\r\n"});
  CHECK(whole.requests[2] == std::vector<std::string>{"set", "key", std::string("a b\0", 4), "c"});
  CHECK(whole.requests[3] == std::vector<std::string>{"GET", ""});
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    INFO("cut at " << cut);
    Reader reader;
    reader.arrive(std::string_view(bytes).substr(0, cut));
    reader.arrive(std::string_view(bytes).substr(cut));
    CHECK(reader.reading() == whole);
  }
  for (std::size_t piece = 1; piece < 8; ++piece) {
    Reader reader;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.arrive(std::string_view(bytes).substr(at, piece));
    }
    CHECK(reader.reading() == whole);
  }
}

TEST_CASE("what is no request is told in Valkey's words") {
  CHECK(error_of("*x\r\n") == "invalid multibulk length");
  CHECK(error_of("*1073741825\r\n") == "invalid multibulk length");
  CHECK(error_of("*1\r\nPING\r\n") == "expected '$', got 'P'");
  CHECK(error_of("*1\r\n$-1\r\n") == "invalid bulk length");
  CHECK(error_of("*1\r\n$x\r\n") == "invalid bulk length");
  CHECK(error_of("SET \"open\r\n") == "unbalanced quotes in request");
  CHECK(error_of("*1" + std::string(64 * 1024 + 1, '1')) == "too big mbulk count string");
  CHECK(error_of("*1\r\n$" + std::string(64 * 1024 + 1, '1')) == "too big bulk count string");
  CHECK(error_of(std::string(64 * 1024 + 1, 'a')) == "too big inline request");
}

TEST_CASE("a text longer than proto-max-bulk-len is refused before it arrives") {
  const RequestLimits limits{.bulk_max = 1024};
  CHECK(error_of("*1\r\n$1025\r\n", limits) == "invalid bulk length");
  CHECK(error_of("*1\r\n$1024\r\n", limits).empty());
}

TEST_CASE("who has not signed in may send little") {
  const RequestLimits limits{.authenticated = false};
  CHECK(error_of("*11\r\n", limits) == "unauthenticated multibulk length");
  CHECK(error_of("*2\r\n$16385\r\n", limits) == "unauthenticated bulk length");
  CHECK(error_of("*10\r\n$16384\r\n", limits).empty());
}

TEST_CASE("requests before a malformed one still count") {
  const Reading reading = read("PING\r\n*1\r\n!\r\n");
  CHECK(reading.requests.size() == 1);
  CHECK(reading.error == "expected '$', got '!'");
}
