// What a team that keeps rate limits and a cache in one Valkey may want its CI to hold.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdint>
#include <outlive/catch2.hpp>
#include <outlive/scenario_builder.hpp>
#include <string>

using namespace std::chrono_literals;
using outlive::ScenarioBuilder;
using outlive::ScenarioResult;
using outlive::WordList;
using outlive::Words;

namespace {

// 1. The code under test, as it would speak to any Valkey: a limiter of its own.
class Limiter {
 public:
  explicit Limiter(outlive::Emulator& valkey) : valkey_{valkey} {}

  bool admits(const std::string& user) {
    const std::string key = "limit:" + user;
    const outlive::Reply count = valkey_.run({"INCR", key});
    if (count.integer == 1) valkey_.run({"EXPIRE", key, "86400"});
    return count.integer <= 3;
  }

 private:
  outlive::Emulator& valkey_;
};

}  // namespace

TEST_CASE("a limit comes back after a day, not before") {
  outlive::Emulator valkey{{.seed = 1}};
  Limiter limiter{valkey};
  for (int i = 0; i < 3; ++i) CHECK(limiter.admits("ann"));
  CHECK_FALSE(limiter.admits("ann"));
  valkey.advance(23h);  // virtual: it takes a moment
  CHECK_FALSE(limiter.admits("ann"));
  valkey.advance(1h + 1ms);  // a key has expired when the clock is past its expiry
  CHECK(limiter.admits("ann"));
}

TEST_CASE("a full cache resets limits under allkeys-lru, and the journal says so") {
  outlive::Emulator valkey{
      {.directives = {{"maxmemory", "2mb"}, {"maxmemory-policy", "allkeys-lru"}}, .seed = 1}};
  Limiter limiter{valkey};
  CHECK(limiter.admits("ann"));
  valkey.advance(1min);
  for (int i = 0; i < 2'000; ++i) {
    valkey.run({"SET", "answer:" + std::to_string(i), std::string(2'000, 'x'), "EX", "3600"});
  }
  CHECK_THAT(valkey, outlive::Lost("limit:ann", outlive::Departure::Reason::evicted));
  UNSCOPED_INFO(valkey.explain("limit:ann"));
}

// 2. A set-up as a scenario: its words are those of scenario files.
namespace {

ScenarioBuilder a_day_on(const char* policy) {
  ScenarioBuilder scenario{"One Valkey for limits and answers"};
  scenario.set("duration", 24h)
      .set("engine", "native")
      .instance("valkey", {{"maxmemory", "8mb"}, {"maxmemory-policy", policy}})
      .environment("valkey://valkey:6379")
      .traffic("gateway", {{"rate", "2/s"},
                           {"users", 1'000},
                           {"user_popularity", Words{{"zipf", 0.99}}},
                           {"limits", WordList{Words{{"window", "day"}, {"capacity", 100}}}},
                           {"prompts", 50'000},
                           {"size", "2kb"},
                           {"ttl", 24h}})
      .check("outlives", {{"keys", "tensorzero_ratelimit:*"}, {"others", "tensorzero_cache:*"}})
      .check("over-admission")
      .check("errors");
  return scenario;
}

}  // namespace

TEST_CASE("our instance keeps its promise for a day of our traffic") {
  const ScenarioResult result = a_day_on("volatile-ttl").play();
  CHECK_THAT(result, outlive::AllAsStated());
  CHECK_THAT(result, outlive::LosesNone("tensorzero_ratelimit:*"));
  CHECK(result.keys("tensorzero_cache:*").evicted > 0);
}

TEST_CASE("on allkeys-lru it would not") {
  const ScenarioResult result = a_day_on("allkeys-lru").play();
  CHECK_THAT(result, outlive::Violates("outlives") && outlive::Violates("over-admission"));
}
