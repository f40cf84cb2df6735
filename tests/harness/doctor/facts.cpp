#include "doctor/facts.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace outlive::harness;

TEST_CASE("INFO's lines become facts, and what it lacks is not known") {
  const ServerFacts facts =
      facts_of(parse_info("# Server\r\nredis_version:7.2.4\r\nvalkey_version:8.1.1\r\n\r\n# "
                          "Memory\r\nused_memory:1000\r\n"
                          "maxmemory:2000\r\nmaxmemory_policy:volatile-ttl\r\nmem_not_counted_for_"
                          "evict:10\r\n# Keyspace\r\n"
                          "db0:keys=12,expires=3,avg_ttl=1\r\ndb9:keys=5,expires=0,avg_ttl=0\r\n"));
  CHECK(facts.version == "Valkey 8.1.1");
  CHECK(facts.profile == "valkey-8.1");
  CHECK(facts.policy == "volatile-ttl");
  CHECK(facts.headroom() == 1'010);
  CHECK(facts.keys() == 17);
  CHECK(facts.databases.at(9) == 5);
  CHECK_FALSE(facts.evicted_keys);
  const ServerFacts nothing = facts_of({});
  CHECK(nothing.version.empty());
  CHECK_FALSE(nothing.used_memory);
  CHECK_FALSE(nothing.maxmemory);
  CHECK_FALSE(nothing.policy);
}

TEST_CASE("the emulator's profile is the nearest to the server's version") {
  CHECK(nearest_profile("valkey", "7.2.5") == "valkey-8.0");
  CHECK(nearest_profile("valkey", "8.0.1") == "valkey-8.0");
  CHECK(nearest_profile("valkey", "8.1.11") == "valkey-8.1");
  CHECK(nearest_profile("valkey", "9.1.2") == "valkey-9.1");
  CHECK(nearest_profile("redis", "7.0.15") == "redis-7.0");
  CHECK(nearest_profile("valkey", "") == "valkey-8.1");
}
