#include "outlive/scenario_builder.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <string>

#include "outlive/catch2.hpp"

namespace outlive {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

// A gateway with day limits beside a cache that is far too large for its instance.
ScenarioBuilder shared_instance(std::string_view policy) {
  ScenarioBuilder scenario{"Limits beside a cache"};
  scenario.set("duration", 20min)
      .instance("valkey", {{"maxmemory", "2mb"}, {"maxmemory-policy", policy}})
      .environment("valkey://valkey")
      .traffic("gateway", {{"rate", "10/s"},
                           {"users", 200},
                           {"limits", WordList{Words{{"window", "day"}, {"capacity", 3}}}},
                           {"prompts", 10'000},
                           {"size", "4kb"}})
      .check("outlives", {{"keys", "tensorzero_ratelimit:*"}, {"others", "tensorzero_cache:*"}})
      .check("over-admission");
  return scenario;
}

TEST_CASE("a scenario written in code is the same as its file") {
  const ScenarioBuilder scenario = shared_instance("allkeys-lru");
  const ScenarioResult from_code = scenario.play({.seed = 3});
  const ScenarioResult from_file = play_scenario_text(scenario.text(), {.seed = 3});
  CHECK(from_code.digest == from_file.digest);
  CHECK(from_code.summary() == from_file.summary());
}

TEST_CASE("a test asks what a policy did to each kind of key") {
  const ScenarioResult lru = shared_instance("allkeys-lru").play();
  CHECK_THAT(lru, !AllAsStated());
  CHECK_THAT(lru, Violates("outlives") && Violates("over-admission"));
  CHECK_THAT(lru, !LosesNone("tensorzero_ratelimit:*"));
  CHECK(lru.tickets.excess > 0);

  const ScenarioResult ttl = shared_instance("volatile-ttl").play();
  CHECK_THAT(ttl, AllAsStated() && Holds("over-admission"));
  CHECK_THAT(ttl, LosesNone("tensorzero_ratelimit:*"));
  CHECK(ttl.tickets.excess == 0);
  CHECK(ttl.keys("tensorzero_cache:*").evicted > 0);
  CHECK(ttl.look_ups.hits + ttl.look_ups.misses == ttl.requests);
}

// The same on an instance of a managed service's.
ScenarioResult play_like(std::string_view service, std::string_view policy = {}) {
  ScenarioBuilder scenario{"Limits beside a cache"};
  Words words{{"maxmemory", "2mb"}, {"like", service}};
  if (!policy.empty()) words.emplace_back("maxmemory-policy", policy);
  scenario.set("duration", 20min)
      .instance("valkey", words)
      .environment("valkey://valkey")
      .traffic("gateway", {{"rate", "10/s"},
                           {"users", 200},
                           {"limits", WordList{Words{{"window", "day"}, {"capacity", 3}}}},
                           {"prompts", 10'000},
                           {"size", "4kb"}})
      .check("outlives", {{"keys", "tensorzero_ratelimit:*"}, {"others", "tensorzero_cache:*"}})
      .check("over-admission");
  return scenario.play({.seed = 3});
}

TEST_CASE("an instance like Memorystore evicts by volatile-lru where nobody has said how") {
  const ScenarioResult usual = play_like("memorystore");
  const ScenarioResult stated = shared_instance("volatile-lru").play({.seed = 3});
  CHECK(usual.summary() == stated.summary());
  CHECK(usual.digest == stated.digest);
  CHECK(usual.keys("tensorzero_ratelimit:*").evicted > 0);
  const ScenarioResult safe = play_like("memorystore", "volatile-ttl");
  CHECK_THAT(safe, LosesNone("tensorzero_ratelimit:*"));
}

TEST_CASE("an instance like ElastiCache has less room, one of Serverless has no functions") {
  const ScenarioResult nodes = play_like("elasticache", "volatile-ttl");
  const ScenarioResult whole = play_like("memorystore", "volatile-ttl");
  CHECK(nodes.keys("tensorzero_cache:*").resident < whole.keys("tensorzero_cache:*").resident);
  const ScenarioResult serverless = play_like("elasticache-serverless");
  CHECK_FALSE(serverless.instances.at(0).errors.empty());
}

TEST_CASE("what is written is resident, evicted, expired or removed") {
  const KeyCounts keys = shared_instance("allkeys-random").play().keys("tensorzero_cache:*");
  CHECK(keys.lost > 0);
  CHECK(keys.resident + keys.lost >= keys.written);
  CHECK(keys.vanished == 0);
}

TEST_CASE("keys of any pattern are counted once they are watched") {
  const ScenarioBuilder scenario = shared_instance("volatile-ttl");
  const std::string pattern = "tensorzero_ratelimit:*\"u1?\"*";
  const ScenarioResult result = scenario.play({.watch = {pattern}});
  CHECK(result.keys(pattern).written == 10);
  CHECK(result.keys(pattern, "valkey").written == 10);
  CHECK_THROWS_AS(result.keys("nobody:*"), UserError);
  CHECK_THROWS_AS(result.keys(pattern, "valky"), UserError);
}

TEST_CASE("the timeline ends where the play ends") {
  const ScenarioResult result = shared_instance("volatile-ttl").play();
  REQUIRE(result.timeline.size() == 100);
  const TimelinePoint& last = result.timeline.back();
  CHECK(last.at == 20min);
  CHECK(last.granted == result.tickets.granted);
  CHECK(last.instances.at(0).used_memory == result.instances.at(0).used_memory);
}

TEST_CASE("values are written as TOML reads them") {
  CHECK(Word{"say \"no\"\n"}.written() == R"("say \"no\"\u000a")");
  CHECK(Word{true}.written() == "true");
  CHECK(Word{1'500}.written() == "1500");
  CHECK(Word{2.0}.written() == "2.0");
  CHECK(Word{0.05}.written() == "0.05");
  CHECK(Word{90s}.written() == R"("90s")");
  CHECK(Word{48h}.written() == R"("2d")");
  CHECK(Word{1500us}.written() == R"("1500us")");
  CHECK(Word{WordList{"a:*", "b:*"}}.written() == R"(["a:*", "b:*"])");
  CHECK(Word{Words{{"zipf", 0.99}}}.written() == "{ zipf = 0.99 }");
  CHECK(Word{Words{{"a b", 1}}}.written() == R"({ "a b" = 1 })");
}

TEST_CASE("a mistake names the line of the test that made it") {
  ScenarioBuilder scenario{"Mistakes"};
  scenario.set("duration", 1h).instance("valkey").environment("valkey://valkey");
  const unsigned line = __LINE__ + 1;
  scenario.traffic("cache", {{"rate", "1/s"}, {"prompt", 5}});
  scenario.check("errors");
  try {
    static_cast<void>(scenario.play());
    FAIL("a scenario with mistakes was played");
  } catch (const UserError& error) {
    const std::string where = "scenario_builder.cpp:" + std::to_string(line) + ": ";
    CHECK_THAT(error.what(), ContainsSubstring(where + "traffic of kind \"cache\" knows no "
                                                       "\"prompt\"; did you mean \"prompts\"?"));
    CHECK_THAT(error.what(),
               ContainsSubstring(where + "traffic of kind \"cache\" lacks \"prompts\""));
  }
}

TEST_CASE("a test asks an emulator whether a key left, and why") {
  Emulator valkey{{.seed = 1}};
  valkey.run({"SET", "soon", "gone", "PX", "10"});
  valkey.run({"SET", "stays", "here"});
  valkey.advance(1s);
  CHECK_THAT(valkey, Lost("soon", Departure::Reason::expired_actively));
  CHECK_THAT(valkey, !Lost("soon", Departure::Reason::evicted));
  CHECK_THAT(valkey, !Lost("stays", Departure::Reason::evicted));
}

}  // namespace
}  // namespace outlive
