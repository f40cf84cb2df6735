#include "play/expiries.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/text.hpp"

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

constexpr Time now{1'000s};

std::string rewritten(std::string_view command, const Expiries::Clock& clock) {
  const auto words = split_words(command);
  const std::vector<std::string_view> views{words->begin(), words->end()};
  Expiries expiries;
  std::string text;
  for (const std::string_view word : expiries.rewritten(views, clock)) {
    text.append(text.empty() ? "" : " ").append(word);
  }
  return text;
}

// On a server whose clock is half a second and a million seconds ahead.
std::string ahead(std::string_view command) {
  return rewritten(command, {.now = now, .ahead = 1'000'000'500ms});
}

// Recorded when the clock showed 400 s.
std::string recorded(std::string_view command) {
  return rewritten(command, {.now = now, .moved = 600s});
}

TEST_CASE("what is left to live becomes an instant of a clock that can't be moved") {
  CHECK(ahead("SET k v EX 60") == "SET k v PXAT 1001060500");
  CHECK(ahead("set k v nx px 60 get") == "set k v nx PXAT 1001000560 get");
  CHECK(ahead("SETEX k 60 v") == "SET k v PXAT 1001060500");
  CHECK(ahead("PSETEX k 60 v") == "SET k v PXAT 1001000560");
  CHECK(ahead("GETEX k EX 60") == "GETEX k PXAT 1001060500");
  CHECK(ahead("EXPIRE k 60 NX") == "PEXPIREAT k 1001060500 NX");
  CHECK(ahead("PEXPIRE k 60") == "PEXPIREAT k 1001000560");
  CHECK(ahead("RESTORE k 60 payload REPLACE") == "RESTORE k 1001000560 payload REPLACE ABSTTL");
}

TEST_CASE("an instant is shifted to that clock, or to the play's from a recording's") {
  CHECK(ahead("SET k v EXAT 1060") == "SET k v PXAT 1001060500");
  CHECK(ahead("SET k v PXAT 1000060") == "SET k v PXAT 1001000560");
  CHECK(ahead("GETEX k PXAT 1000060") == "GETEX k PXAT 1001000560");
  CHECK(ahead("EXPIREAT k 1060") == "PEXPIREAT k 1001060500");
  CHECK(ahead("PEXPIREAT k 1000060 GT") == "PEXPIREAT k 1001000560 GT");
  CHECK(ahead("RESTORE k 1000060 payload ABSTTL") == "RESTORE k 1001000560 payload ABSTTL");
  CHECK(recorded("EXPIREAT k 460") == "PEXPIREAT k 1060000");
  CHECK(recorded("SET k v EXAT 460 NX") == "SET k v PXAT 1060000 NX");
  CHECK(recorded("SET k v EX 60") == "SET k v EX 60");
  CHECK(recorded("EXPIRE k 60") == "EXPIRE k 60");
  CHECK(rewritten("EXPIREAT k 460", {.now = now, .moved = 600s, .ahead = 500ms}) ==
        "PEXPIREAT k 1060500");
}

TEST_CASE("what is over is over on any clock") {
  CHECK(ahead("EXPIRE k -1") == "PEXPIREAT k 1");
  CHECK(ahead("EXPIRE k 0") == "PEXPIREAT k 1");
  CHECK(ahead("EXPIREAT k 1000") == "PEXPIREAT k 1");
  CHECK(ahead("SET k v EXAT 999") == "SET k v PXAT 1");
}

TEST_CASE("all else stays as it is, and what a server refuses it is to refuse") {
  for (const std::string_view command :
       {"SET k v", "SET k EX", "SET k v KEEPTTL", "SET k v EX", "SET k v EX 0", "SET k v EX -5",
        "SET k v EX soon", "SET k v EX 9000000000000000000", "SETEX k 0 v", "SETEX k 60",
        "GETEX k PERSIST", "EXPIRE k", "EXPIRE k soon", "RESTORE k 0 payload", "PERSIST k",
        "HSET h EX 60", "SET k v IFEQ EX"}) {
    CAPTURE(command);
    CHECK(ahead(command) == command);
  }
  CHECK(ahead("SET k v IFEQ EX PX 60") == "SET k v IFEQ EX PXAT 1001000560");
  CHECK(rewritten("SET k v EX 60", {.now = now}) == "SET k v EX 60");
}

}  // namespace
}  // namespace outlive::harness
