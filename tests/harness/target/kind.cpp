#include "target/kind.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "outlive/emulator.hpp"
#include "target/real_directives.hpp"

namespace outlive::harness {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

Scenario two_instances() {
  Scenario scenario;
  scenario.file = "two.toml";
  scenario.instances = {
      {.name = "primary", .directives = {}, .line = 3},
      {.name = "cache", .directives = {{"maxmemory-policy", "allkeys-lru"}}, .line = 6}};
  return scenario;
}

TEST_CASE("where to play is written embedded, serve, serve:PATH or exec:PATH") {
  CHECK(TargetKind{"embedded"}.family() == Family::embedded);
  CHECK(TargetKind{"serve"}.family() == Family::serve);
  CHECK(TargetKind{"serve:/opt/outlive"}.family() == Family::serve);
  CHECK(TargetKind{"exec:/bin/valkey-server"}.family() == Family::exec);
  CHECK(TargetKind{"valkey://localhost"}.family() == Family::wire);
  CHECK(TargetKind{"redis://localhost"}.family() == Family::wire);
  for (const char* wrong : {"", "valkey-server", "exec:", "serve:", "embedded:x", "embed"}) {
    INFO(wrong);
    CHECK_THROWS_AS(TargetKind{wrong}, UserError);
  }
}

TEST_CASE("an instance can have a place of its own, and the least able names the family") {
  const TargetKind kind{"embedded,cache=exec:/bin/valkey-server"};
  CHECK_NOTHROW(kind.must_suit(two_instances()));
  CHECK(kind.family() == Family::exec);
  CHECK_FALSE(kind.repeatable());
  CHECK(TargetKind{std::vector<std::string>{"primary=serve", "cache=embedded"}}.repeatable());
  CHECK(kind.name() == "embedded,cache=exec:/bin/valkey-server");
}

TEST_CASE("a place for an instance that is not there, and none for one that is, are refused") {
  CHECK_THROWS_MATCHES(TargetKind{"primary=serve"}.must_suit(two_instances()), UserError,
                       MessageMatches(ContainsSubstring("two.toml:6: --target has no place for")));
  CHECK_THROWS_MATCHES(TargetKind{"embedded,cahce=serve"}.must_suit(two_instances()), UserError,
                       MessageMatches(ContainsSubstring("did you mean \"cache\"?")));
  CHECK_THROWS_MATCHES(TargetKind{"cache=serve,cache=embedded"}, UserError,
                       MessageMatches(ContainsSubstring("two places for cache")));
}

TEST_CASE("a restart of a server that is not ours is refused with its line") {
  Scenario scenario = two_instances();
  Event& restart = scenario.events.emplace_back();
  restart.kind = EventKind::crash;
  restart.instance = "cache";
  restart.line = 21;
  CHECK_NOTHROW(TargetKind{"exec:/bin/valkey-server"}.must_suit(scenario));
  CHECK_NOTHROW(TargetKind{"serve,primary=valkey://localhost"}.must_suit(scenario));
  CHECK_THROWS_MATCHES(TargetKind{"serve,cache=valkey://localhost"}.must_suit(scenario), UserError,
                       MessageMatches(ContainsSubstring("two.toml:21: a crash of cache can't")));
}

TEST_CASE("two instances are not played on one server") {
  CHECK_THROWS_MATCHES(
      TargetKind{"valkey://localhost/1,cache=redis://me:pw@localhost:6379/2"}.must_suit(
          two_instances()),
      UserError, MessageMatches(ContainsSubstring("two.toml:6: primary and cache are two")));
  CHECK_NOTHROW(
      TargetKind{"valkey://localhost,cache=valkey://localhost:6380"}.must_suit(two_instances()));
}

TEST_CASE("no password is shown") {
  CHECK(TargetKind{"valkey://me:secret@h:1/2"}.name() == "valkey://me@h:1/2");
}

std::vector<std::string> words_of(const std::vector<Approximation>& all) {
  std::vector<std::string> words;
  for (const Approximation& one : all) words.push_back(one.word);
  return words;
}

TEST_CASE("the emulator approximates nothing, in whichever process") {
  Scenario scenario = two_instances();
  scenario.checks.emplace_back().kind = CheckKind::no_stale_pool;
  CHECK(TargetKind{"embedded"}.approximations(scenario).empty());
  CHECK(TargetKind{"serve"}.approximations(scenario).empty());
}

TEST_CASE("what a real server can't do is told where the scenario needs it, and of whom") {
  Scenario scenario = two_instances();
  const TargetKind real{"exec:/bin/valkey-server"};
  auto told = real.approximations(scenario);
  CHECK(words_of(told) == std::vector<std::string>{"chance", "idle-times"});
  CHECK(told[0].instances == std::vector<std::string>{"primary", "cache"});
  CHECK(told[1].instances == std::vector<std::string>{"cache"});

  Event clock;
  clock.kind = EventKind::clock;
  clock.instance = "primary";
  Event squeeze;
  squeeze.instance = "primary";
  squeeze.directives = {{"maxmemory", "used + 1mb"}, {"maxmemory-policy", "volatile-lfu"}};
  scenario.events = {clock, squeeze};
  scenario.checks.emplace_back().kind = CheckKind::no_stale_pool;
  Traffic& cached = scenario.traffic.emplace_back();
  cached.kind = TrafficKind::cache;
  cached.ttl = std::chrono::hours{1};
  scenario.duration = std::chrono::hours{2};
  told = TargetKind{"primary=exec:/bin/valkey-server,cache=embedded"}.approximations(scenario);
  CHECK(words_of(told) ==
        std::vector<std::string>{"chance", "idle-times", "expiry", "clock", "scores", "memory"});
  for (const Approximation& one : told) CHECK(one.instances == std::vector<std::string>{"primary"});
}

TEST_CASE("a real server has no profile but its own, and is told what any Valkey takes") {
  Scenario scenario = two_instances();
  Instance& cache = scenario.instances[1];
  cache.directives = {{"outlive-profile", "valkey-8.0"}, {"maxmemory", "2mb"}};
  const auto told = TargetKind{"exec:/bin/valkey-server"}.approximations(scenario);
  CHECK(words_of(told) == std::vector<std::string>{"chance", "version"});
  CHECK(told[1].instances == std::vector<std::string>{"cache"});
  CHECK(cache.directives_without_profile() == std::vector<Directive>{{"maxmemory", "2mb"}});
  CHECK(TargetKind{"serve"}.approximations(scenario).empty());
}

TEST_CASE("a real server in the place of a managed service's is set as those are") {
  Scenario scenario = two_instances();
  Instance& cache = scenario.instances[1];
  cache.directives = {{"outlive-like", "elasticache"}, {"maxmemory", "100mb"}, {"hz", "20"}};
  const auto told = words_of(TargetKind{"exec:/bin/valkey-server"}.approximations(scenario));
  CHECK(std::ranges::find(told, "service") != told.end());
  const std::vector<Directive> real = real_directives(cache);
  const auto value = [&](std::string_view name) {
    const auto found = std::ranges::find(real, name, &Directive::first);
    return found == real.end() ? std::string{} : found->second;
  };
  CHECK(value("maxmemory") == std::to_string(75 << 20));
  CHECK(value("maxmemory-policy") == "volatile-lru");
  CHECK(value("maxmemory-samples") == "3");
  CHECK(value("hz") == "20");
  CHECK(value("outlive-like").empty());
  CHECK(value("reserved-memory-percent").empty());
  CHECK(real_value(cache, "maxmemory", "200mb") == std::to_string(150 << 20));
  CHECK(real_value(cache, "hz", "30") == "30");
}

}  // namespace
}  // namespace outlive::harness
