#include "outlive/harness.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace outlive {
namespace {

using Catch::Matchers::StartsWith;

constexpr std::string_view churning_cache = R"(
title = "A cache that does not fit"
duration = "10m"
[[instance]]
name = "valkey"
maxmemory = "2mb"
maxmemory-policy = "allkeys-lru"
[environment]
TENSORZERO_VALKEY_URL = "valkey://valkey"
[[traffic]]
kind = "cache"
rate = "20/s"
prompts = 5000
size = "2kb"
[[check]]
kind = "never-evicted"
keys = "tensorzero_cache:*"
)";

TEST_CASE("a program plays a scenario and asks for its verdicts") {
  const ScenarioResult result = play_scenario_text(churning_cache);
  CHECK(result.title == "A cache that does not fit");
  CHECK_FALSE(result.as_stated());
  REQUIRE(result.checks.size() == 1);
  CHECK(result.checks[0].kind == "never-evicted");
  CHECK(result.checks[0].verdict == "violated");
  CHECK_FALSE(result.checks[0].evidence.empty());
}

TEST_CASE("the same seed plays the same, another one not") {
  const auto digest = [](std::uint64_t seed) {
    return play_scenario_text(churning_cache, {.seed = seed}).digest;
  };
  CHECK(digest(1) == digest(1));
  CHECK(digest(1) != digest(2));
}

TEST_CASE("mistakes are thrown with the name that was given") {
  try {
    play_scenario_text("title = 3", {}, "mine.toml");
    FAIL("a scenario with mistakes was played");
  } catch (const UserError& error) {
    CHECK_THAT(error.what(), StartsWith("mine.toml:1: "));
  }
  CHECK_THROWS_AS(play_scenario("/nowhere.toml"), UserError);
  CHECK_THROWS_AS(play_scenario_text(churning_cache, {.target = "moon"}), UserError);
}

}  // namespace
}  // namespace outlive
