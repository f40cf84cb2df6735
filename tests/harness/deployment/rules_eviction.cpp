#include <catch2/catch_test_macros.hpp>

#include "harness/deployment/support.hpp"

using namespace outlive;
using namespace outlive::harness;

TEST_CASE("shared-policy: limits beside a cache want volatile-ttl") {
  for (const std::string policy : {"volatile-lru", "volatile-lfu", "volatile-random", "allkeys-lru",
                                   "allkeys-lfu", "allkeys-random"}) {
    const auto all = found("shared-policy", shared("maxmemory 1gb\nmaxmemory-policy " + policy));
    REQUIRE(all.size() == 1);
    CHECK(all[0].severity == Severity::error);
    CHECK(to_string(all[0].origin) == "valkey.conf:2");
    CHECK(all[0].found.find(policy) != std::string::npos);
  }
  CHECK_FALSE(finds("shared-policy", shared(sound_shared)));
  CHECK_FALSE(finds("shared-policy", split(sound_primary, sound_cache)));
}

TEST_CASE("shared-policy: names the scenario that plays the same policy") {
  const auto scenario = [](const std::string& policy) {
    return found("shared-policy", shared("maxmemory 1gb\nmaxmemory-policy " + policy))[0].scenario;
  };
  CHECK(scenario("allkeys-lru") == "policies/allkeys-lru");
  CHECK(scenario("volatile-lru") == "policies/volatile-lru");
  CHECK(scenario("volatile-lfu") == "policies/lfu-luck-runs-out");
}

TEST_CASE("shared-policy: is silent where the gateway caches elsewhere, or has no limits") {
  const std::string config = "maxmemory 1gb\nmaxmemory-policy volatile-lru";
  CHECK_FALSE(finds("shared-policy", with(shared(config), "gateway.cache.enabled = false")));
  CHECK_FALSE(finds("shared-policy", with(shared(config), "gateway.cache.backend = 'clickhouse'")));
  CHECK_FALSE(finds("shared-policy",
                    with(shared(config), "TENSORZERO_CLICKHOUSE_URL", "http://clickhouse:8123")));
  CHECK_FALSE(finds("shared-policy", with(shared(config), "rate_limiting.enabled = false")));
  CHECK_FALSE(finds("shared-policy",
                    with(shared(config), "rate_limiting.backend = 'postgres'\n" + day_limits)));
}

TEST_CASE("shared-noeviction: a cache fills a server that must not evict") {
  CHECK(finds("shared-noeviction", shared(sound_primary)));
  CHECK_FALSE(finds("shared-noeviction", shared(sound_shared)));
  CHECK_FALSE(finds("shared-noeviction", split(sound_primary, sound_cache)));
}

TEST_CASE("primary-evicts: where only limits are, only limits can go") {
  for (const std::string policy : {"volatile-ttl", "volatile-lru", "allkeys-lfu"}) {
    const auto all =
        found("primary-evicts", split("maxmemory 1gb\nmaxmemory-policy " + policy, sound_cache));
    REQUIRE(all.size() == 1);
    CHECK(to_string(all[0].origin) == "primary.conf:2");
  }
  CHECK_FALSE(finds("primary-evicts", split(sound_primary, sound_cache)));
  CHECK_FALSE(finds("primary-evicts", shared(sound_shared)));
  // Without a cap nothing is evicted: another rule speaks.
  CHECK_FALSE(finds("primary-evicts", split("maxmemory-policy volatile-ttl", sound_cache)));
}

TEST_CASE("cache-noeviction: a full cache should make room") {
  CHECK(finds("cache-noeviction", split(sound_primary, sound_primary)));
  CHECK_FALSE(finds("cache-noeviction", split(sound_primary, sound_cache)));
  CHECK_FALSE(finds("cache-noeviction", shared(sound_primary)));
}

TEST_CASE("cache-policy: a note where chance or the TTL decides which answers go") {
  const auto all = found("cache-policy", split(sound_primary, sound_shared));
  REQUIRE(all.size() == 1);
  CHECK(all[0].severity == Severity::note);
  CHECK_FALSE(finds("cache-policy", split(sound_primary, sound_cache)));
}

TEST_CASE("no-maxmemory: a server has a cap") {
  CHECK(found("no-maxmemory", shared(""))[0].severity == Severity::warning);
  CHECK_FALSE(finds("no-maxmemory", shared(sound_shared)));
  SECTION("a policy without a cap does nothing") {
    const auto all = found("no-maxmemory", split("maxmemory-policy volatile-ttl", sound_cache));
    REQUIRE(all.size() == 1);
    CHECK(all[0].severity == Severity::warning);
    CHECK(all[0].found.find("does nothing") != std::string::npos);
  }
  SECTION("limits alone are as many as there are users: a note") {
    const auto all = found("no-maxmemory", split("", sound_cache));
    REQUIRE(all.size() == 1);
    CHECK(all[0].severity == Severity::note);
  }
  SECTION("unless their container has less than the machine") {
    DeployedServer primary = server("primary", "");
    primary.memory_limit = {std::uint64_t{512} << 20, {"compose.yaml", 9, {}}};
    const auto all = found("no-maxmemory", split(primary, server("cache", sound_cache)));
    REQUIRE(all.size() == 1);
    CHECK(all[0].severity == Severity::warning);
    CHECK(all[0].found.find("512mb") != std::string::npos);
  }
  SECTION("each of two servers is told of") {
    CHECK(found("no-maxmemory", split("", "maxmemory-policy allkeys-lru")).size() == 2);
  }
}

TEST_CASE("few-samples: fewer than five keys a look lose limits") {
  CHECK(finds("few-samples", shared(sound_shared + "maxmemory-samples 3")));
  CHECK_FALSE(finds("few-samples", shared(sound_shared + "maxmemory-samples 10")));
  CHECK_FALSE(finds("few-samples", shared(sound_shared)));
  CHECK_FALSE(finds("few-samples", split(sound_primary + "maxmemory-samples 3", sound_cache)));
}
