// What holds of every rule.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <set>

#include "deployment/rule.hpp"
#include "harness/deployment/support.hpp"

using namespace outlive;
using namespace outlive::harness;

namespace {

bool ships(std::string_view scenario) {
  const std::filesystem::path folder{OUTLIVE_SOURCE_DIR "/scenarios"};
  return std::filesystem::is_regular_file(folder / (std::string{scenario} + ".toml"));
}

}  // namespace

TEST_CASE("every rule says what must hold, why, how to mend it, and where that comes from") {
  std::set<std::string_view> ids;
  for (const Rule& rule : all_rules()) {
    INFO(rule.id);
    CHECK(ids.insert(rule.id).second);
    CHECK(std::ranges::all_of(
        rule.id, [](char letter) { return (letter >= 'a' && letter <= 'z') || letter == '-'; }));
    CHECK(!rule.title.empty());
    CHECK(rule.why.ends_with('.'));
    CHECK(!rule.mend.empty());
    CHECK(!rule.mend.ends_with('.'));
    CHECK((rule.source.starts_with("https://") ||
           rule.source.find("measured") != rule.source.npos ||
           rule.source.find("2026") != rule.source.npos));
  }
}

TEST_CASE("scenarios that rules name ship with outlive") {
  for (const Rule& rule : all_rules()) {
    INFO(rule.id << ": " << rule.scenario);
    CHECK((rule.scenario.empty() || ships(rule.scenario)));
  }
  for (const std::string policy :
       {"volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "allkeys-lru",
        "allkeys-lfu", "allkeys-random", "noeviction"}) {
    for (const Judged& one : judge(shared("maxmemory 1gb\nmaxmemory-policy " + policy))) {
      INFO(one.rule.id << ": " << one.scenario);
      CHECK((one.scenario.empty() || ships(one.scenario)));
    }
  }
}

TEST_CASE("a sound server for both, and a sound split, have nothing to be found") {
  CHECK(judge(with(shared(sound_shared), day_limits)).empty());
  CHECK(judge(with(split(sound_primary, sound_cache), day_limits)).empty());
}

TEST_CASE("of servers whose directives are not known nothing is guessed") {
  CHECK(judge(shared(stranger("valkey"))).empty());
  CHECK(judge(split(stranger("primary"), stranger("cache"))).empty());
}

TEST_CASE("findings come by severity, the worst first") {
  const auto all = judge(shared("maxmemory 1gb\nmaxmemory-policy allkeys-lru\nsave \"\""));
  REQUIRE(all.size() > 1);
  CHECK(all.front().severity == Severity::error);
  CHECK(std::ranges::is_sorted(all, std::ranges::greater{}, &Judged::severity));
}
