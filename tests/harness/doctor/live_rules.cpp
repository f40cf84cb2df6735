#include <catch2/catch_test_macros.hpp>

#include "harness/doctor/support.hpp"

using namespace outlive::harness;

TEST_CASE("limits-lost: limits outlive the answers beside them") {
  CHECK(finds("limits-lost", server_with("volatile-ttl", {buckets(20'000), cached(2'000)}),
              Severity::error));
  CHECK(finds("limits-lost", server_with("allkeys-lru", {buckets(1'000, 60), cached(1'000)}),
              Severity::error));
  CHECK_FALSE(finds("limits-lost", server_with("volatile-ttl", {buckets(1'000), cached(1'000)})));
  CHECK_FALSE(finds("limits-lost", server_with("noeviction", {buckets(1'000), cached(1'000)})));
  CHECK_FALSE(finds("limits-lost", server_with("allkeys-lru", {cached(1'000)})));
}

TEST_CASE("domination: answers are no rarity among limits") {
  CHECK(finds("domination", server_with("volatile-ttl", {buckets(20'000), cached(2'000)}),
              Severity::error));
  CHECK_FALSE(finds("domination", server_with("volatile-ttl", {buckets(2'000), cached(2'000)})));
  CHECK_FALSE(finds("domination", server_with("allkeys-lru", {buckets(20'000), cached(2'000)})));
  CHECK_FALSE(finds("domination", server_with("volatile-ttl", {buckets(20'000)})));
}

TEST_CASE("cache-ttl: answers expire before buckets that are not full") {
  const auto with_ttl = [](std::int64_t hours) {
    return server_with("volatile-ttl", {buckets(100), cached(1'000, hours * 3'600)});
  };
  CHECK(finds("cache-ttl", with_ttl(36), Severity::error));
  CHECK(finds("cache-ttl", with_ttl(72), Severity::error));
  CHECK_FALSE(finds("cache-ttl", with_ttl(24)));
  CHECK_FALSE(finds("cache-ttl", server_with("volatile-ttl", {buckets(100), cached(1'000, 86'401)})));
  CHECK_FALSE(
      finds("cache-ttl", server_with("allkeys-lru", {buckets(100), cached(1'000, 259'200)})));
}

TEST_CASE("cap-near: there is room for what comes") {
  const std::vector<GroupText> both{buckets(1'000), cached(1'000)};
  CHECK(finds("cap-near", server_with("volatile-ttl", both), Severity::warning));
  CHECK(finds("cap-near", server_with("noeviction", both), Severity::error));
  CHECK(finds("cap-near", server_with("allkeys-lru", {cached(1'000)}), Severity::note));
  CHECK_FALSE(finds("cap-near", server_with("volatile-ttl", both, 10 << 20)));
}

TEST_CASE("keys-without-ttl: what may be evicted fills most of the memory") {
  const GroupText forgotten{"bitmap:*", Role::other, 500, 1'040, 0, 0, true};
  CHECK(finds("keys-without-ttl", server_with("volatile-ttl", {forgotten, cached(1'000)})));
  CHECK_FALSE(finds("keys-without-ttl", server_with("allkeys-lru", {forgotten, cached(1'000)})));
  CHECK_FALSE(finds("keys-without-ttl", server_with("volatile-ttl", {cached(1'000)})));
}

TEST_CASE("writes-refused: writes are not refused") {
  CHECK(finds("writes-refused", server_with("noeviction", {buckets(100), cached(100)})));
  CHECK_FALSE(finds("writes-refused", server_with("allkeys-lru", {buckets(100), cached(100)})));
}

TEST_CASE("rules of `outlive check` judge what the server tells, and nothing that it does not") {
  Examination seen = server_with("allkeys-lru", {buckets(100), cached(1'000)});
  CHECK(finds("shared-policy", seen, Severity::error));
  CHECK_FALSE(finds("limits-not-saved", seen));
  CHECK_FALSE(finds("few-samples", seen));
  seen.facts.directives["save"] = "";
  seen.facts.directives["appendonly"] = "no";
  seen.facts.directives["maxmemory-samples"] = "3";
  CHECK(finds("limits-not-saved", seen, Severity::warning));
  CHECK(finds("few-samples", seen));
  CHECK(finds("primary-evicts", server_with("allkeys-lru", {buckets(100)}), Severity::error));
  CHECK(finds("cache-policy", server_with("allkeys-random", {cached(100)}), Severity::note));
}
