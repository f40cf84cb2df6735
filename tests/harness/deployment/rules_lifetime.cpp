#include <catch2/catch_test_macros.hpp>

#include "harness/deployment/support.hpp"

using namespace outlive;
using namespace outlive::harness;

namespace {

std::string cached_for(int hours) {
  return "[gateway.cache.valkey]\nttl_s = " + std::to_string(hours * 3600) + "\n";
}

std::string rule(const std::string& words) {
  return "[[rate_limiting.rules]]\n" + words + "\n";
}

}  // namespace

TEST_CASE("cache-ttl: answers live no longer than half of a day limit's bucket") {
  CHECK_FALSE(finds("cache-ttl", with(shared(sound_shared), cached_for(24) + day_limits)));
  const auto all = found("cache-ttl", with(shared(sound_shared), cached_for(36) + day_limits));
  REQUIRE(all.size() == 1);
  CHECK(to_string(all[0].origin) == "tensorzero.toml:2");
  CHECK(all[0].scenario == "rate-limits/cache-ttl-36h");
  CHECK(all[0].mend.find("ttl_s = 86400") != std::string::npos);
}

TEST_CASE("cache-ttl: from 48 h on even a fresh bucket goes first, whatever its window") {
  for (const std::string& limits : {day_limits, minute_limits}) {
    const auto all = found("cache-ttl", with(shared(sound_shared), cached_for(72) + limits));
    REQUIRE(all.size() == 1);
    CHECK(all[0].scenario == "rate-limits/cache-ttl-72h");
  }
}

TEST_CASE("cache-ttl: a limit that has refilled by then may go") {
  CHECK_FALSE(finds("cache-ttl", with(shared(sound_shared), cached_for(36) + minute_limits)));
  // A week's bucket lives two weeks.
  const std::string week = rule("always = true\ntokens_per_week = 1000");
  CHECK_FALSE(finds("cache-ttl", with(shared(sound_shared), cached_for(72) + week)));
  // The most delicate limit decides.
  CHECK(finds("cache-ttl", with(shared(sound_shared), cached_for(72) + week + day_limits)));
}

TEST_CASE("cache-ttl: a slow refill makes a short window long") {
  const std::string trickle =
      rule("always = true\ntokens_per_minute = { capacity = 2000, refill_rate = 1 }");  // 33 h
  CHECK(finds("cache-ttl", with(shared(sound_shared), cached_for(36) + trickle)));
}

TEST_CASE("cache-ttl: is silent where TTLs decide nothing") {
  const std::string settings = cached_for(72) + day_limits;
  CHECK_FALSE(finds("cache-ttl", with(split(sound_primary, sound_cache), settings)));
  CHECK_FALSE(finds("cache-ttl", with(shared(sound_primary), settings)));
  SECTION("a policy that is not known may be the one that the page recommends") {
    CHECK(finds("cache-ttl", with(shared(stranger("valkey")), settings)));
  }
}

TEST_CASE("cache-ttl-zero: SETEX takes no zero") {
  CHECK(finds("cache-ttl-zero", with(shared(sound_shared), "gateway.cache.valkey.ttl_s = 0")));
  CHECK_FALSE(
      finds("cache-ttl-zero", with(shared(sound_shared), "gateway.cache.valkey.ttl_s = 1")));
}

TEST_CASE("never-refilled: a bucket without a refill is full again after two days") {
  const std::string never =
      rule("priority = 0\ntokens_per_day = { capacity = 10, refill_rate = 0 }");
  CHECK(finds("never-refilled", with(shared(sound_shared), never)));
  CHECK_FALSE(finds("never-refilled", with(shared(sound_shared), day_limits)));
}

TEST_CASE("one-bucket-twice: two windows of a resource in one scope have one bucket") {
  const auto twice = [](const std::string& words) {
    return finds("one-bucket-twice", with(shared(sound_shared), words));
  };
  CHECK(
      twice(rule("always = true\nmodel_inferences_per_minute = 1\nmodel_inferences_per_day = 9")));
  CHECK_FALSE(twice(rule("always = true\nmodel_inferences_per_minute = 1\ntokens_per_day = 9")));
  SECTION("in two rules, if a request can be under both") {
    const std::string day = rule("always = true\ntokens_per_day = 9");
    CHECK(twice(day + rule("always = true\ntokens_per_hour = 1")));
    CHECK(twice(day + rule("priority = 3\ntokens_per_hour = 1")));
    CHECK(twice(rule("priority = 1\ntokens_per_day = 9") +
                rule("priority = 1\ntokens_per_hour = 1")));
    CHECK_FALSE(twice(rule("priority = 0\ntokens_per_day = 9") +
                      rule("priority = 1\ntokens_per_hour = 1")));
  }
  SECTION("another scope is another bucket, in whatever order its entries stand") {
    const std::string day = rule("always = true\ntokens_per_day = 9");
    CHECK_FALSE(twice(day + rule("always = true\ntokens_per_hour = 1\nscope = [{ tag_key = \"a\", "
                                 "tag_value = \"tensorzero::each\" }]")));
    CHECK(twice(rule("always = true\ntokens_per_day = 9\nscope = [{ tag_key = \"a\", tag_value = "
                     "\"1\" }, { tag_key = \"b\", tag_value = \"2\" }]") +
                rule("always = true\ntokens_per_hour = 1\nscope = [{ tag_key = \"b\", tag_value = "
                     "\"2\" }, { tag_key = \"a\", tag_value = \"1\" }]")));
  }
}

TEST_CASE("cost-too-large: the gateway can't read a balance of $100,000") {
  CHECK(finds("cost-too-large",
              with(shared(sound_shared), rule("always = true\ncost_per_month = 100000.0"))));
  CHECK_FALSE(finds("cost-too-large",
                    with(shared(sound_shared), rule("always = true\ncost_per_month = 99999"))));
  CHECK_FALSE(finds("cost-too-large",
                    with(shared(sound_shared), rule("always = true\ntokens_per_month = 1000000"))));
}
