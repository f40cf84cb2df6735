#include "target/embedded.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

constexpr Time start{1'000'000s};

TEST_CASE("what was saved comes back: values, types, expiry and functions, of every database") {
  EmbeddedTarget target{Instance{}, start, 1};
  target.run({"SET", "text", "v"});
  target.run({"SETEX", "brief", "60", "v"});
  target.run({"SETEX", "long", "3600", "v"});
  target.run({"HSET", "hash", "a", "1", "b", "2"});
  target.run({"FUNCTION", "LOAD",
              "#!lua name=one\nserver.register_function('f', function() return 'still here' end)"});
  target.select(9);
  target.run({"SET", "far", "v"});
  target.save();
  target.run({"SET", "after", "v"});
  target.stop();
  target.start_again(start + 10min, true);
  CHECK(target.run({"GET", "text"}).text == "v");
  CHECK(target.run({"GET", "brief"}).is_null());  // it expired while the server was down
  CHECK(target.run({"TTL", "long"}).text == "3000");
  CHECK(target.run({"HGET", "hash", "b"}).text == "2");
  CHECK(target.run({"FCALL", "f", "0"}).text == "still here");
  CHECK(target.run({"EXISTS", "after"}).text == "0");
  target.select(9);
  CHECK(target.run({"GET", "far"}).text == "v");
}

TEST_CASE("an instance is of the version that its profile says, after a start again too") {
  EmbeddedTarget target{
      {.name = "valkey", .directives = {{"outlive-profile", "valkey-8.0"}}}, start, 1};
  const auto version = [&] { return std::string{target.run({"INFO", "server"}).text}; };
  CHECK(version().find("valkey_version:8.0.1") != std::string::npos);
  target.stop();
  target.start_again(start + 1min, false);
  CHECK(version().find("valkey_version:8.0.1") != std::string::npos);
}

TEST_CASE("a managed service's operator may what its clients may not") {
  EmbeddedTarget target{
      {.name = "valkey",
       .directives = {{"outlive-like", "elasticache-serverless"}, {"maxmemory", "3mb"}}},
      start, 1};
  target.run({"SET", "k", "v"});
  CHECK(target.run({"KEYS", "*"}).is_error());
  CHECK(target.run({"CONFIG", "SET", "maxmemory", "4mb"}).is_error());
  CHECK_FALSE(target.set_directive("maxmemory", "4mb").is_error());
  const Answer refused = target.set_directive("maxclients", "7");
  CHECK(refused.text.find("which allows only 65000") != std::string_view::npos);
  CHECK(target.keys_of_database() == std::vector<std::string>{"k"});
  target.save();
  target.stop();
  target.start_again(start + 1min, true);
  CHECK(target.run({"GET", "k"}).text == "v");
  CHECK(target.run({"KEYS", "*"}).is_error());
}

TEST_CASE("idle times come back where the policy goes by them") {
  const auto idle_after = [](const char* policy) {
    EmbeddedTarget target{
        {.name = "valkey", .directives = {{"maxmemory-policy", policy}}}, start, 1};
    target.run({"SET", "k", "v"});
    target.advance_to(start + 100s);
    target.save();
    target.stop();
    target.start_again(start + 100s, true);
    return std::string{target.run({"OBJECT", "IDLETIME", "k"}).text};
  };
  CHECK(idle_after("allkeys-lru") == "100");
  CHECK(idle_after("volatile-ttl") == "0");
}

TEST_CASE("saving leaves idle times as they are") {
  EmbeddedTarget target{
      {.name = "valkey", .directives = {{"maxmemory-policy", "allkeys-lru"}}}, start, 1};
  target.run({"SET", "k", "v"});
  target.advance_to(start + 100s);
  target.save();
  CHECK(target.run({"OBJECT", "IDLETIME", "k"}).text == "100");
}

TEST_CASE("a server that loads is not held to maxmemory, and is afterwards") {
  EmbeddedTarget target{
      {.name = "valkey", .directives = {{"maxmemory", "2mb"}, {"maxmemory-policy", "noeviction"}}},
      start,
      1};
  const std::string value(100'000, 'x');
  int kept = 0;
  while (!target.run({"SET", std::to_string(kept), value}).is_error()) ++kept;
  target.save();
  target.stop();
  target.start_again(start, true);
  CHECK(target.keys(std::vector{0}).size() == static_cast<std::size_t>(kept));
  CHECK(target.run({"SET", "more", value}).is_error());
}

TEST_CASE("a listener hears of departures after a restart as before") {
  EmbeddedTarget target{Instance{}, start, 1};
  int gone = 0;
  target.on_departure([&gone](const Departure&) { ++gone; });
  target.stop();
  target.start_again(start, false);
  target.run({"SETEX", "k", "1", "v"});
  target.advance_to(start + 10s);
  CHECK(gone == 1);
}

TEST_CASE("a clock that is set makes keys expire at once, or live longer") {
  EmbeddedTarget target{Instance{}, start, 1};
  target.run({"SETEX", "k", "60", "v"});
  target.set_clock(start - 1h);
  CHECK(target.run({"TTL", "k"}).text == "3660");
  target.set_clock(start + 1h);
  CHECK(target.run({"GET", "k"}).is_null());
}

}  // namespace
}  // namespace outlive::harness
