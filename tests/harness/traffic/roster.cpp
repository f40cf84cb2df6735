#include "traffic/roster.hpp"

#include <catch2/catch_test_macros.hpp>
#include <set>

namespace outlive::harness {
namespace {

Traffic gateway(std::uint64_t users, std::uint64_t prompts) {
  Traffic traffic;
  traffic.users = users;
  traffic.limits = {
      Limit{.capacity = 1, .refill = 1},
      Limit{.resource = "token", .scope = Limit::Scope::total, .capacity = 1, .refill = 1}};
  traffic.prompts = prompts;
  return traffic;
}

TEST_CASE("keys have the gateway's names") {
  Scenario scenario;
  scenario.traffic = {gateway(3, 2)};
  const Roster roster{scenario};
  CHECK(
      roster.name(roster.bucket(0, 0, 1)) ==
      R"(tensorzero_ratelimit:{"resource":"model_inference","scope_key":[{"type":"TagEach","key":"user_id","value":"u1"}]})");
  CHECK(
      roster.name(roster.bucket(0, 1, 2)) ==
      R"(tensorzero_ratelimit:{"resource":"token","scope_key":[{"type":"TagTotal","key":"user_id"}]})");
  const std::string_view entry = roster.name(roster.entry(0, 1));
  CHECK(entry.starts_with("tensorzero_cache:"));
  CHECK(entry.size() == cache_prefix.size() + 64);
}

TEST_CASE("every key is found by its name, and no other") {
  Scenario scenario;
  scenario.traffic = {gateway(500, 800)};
  const Roster roster{scenario};
  CHECK(roster.size() == 500 + 1 + 800);
  std::set<std::string_view> names;
  for (KeyId key = 0; key < roster.size(); ++key) {
    REQUIRE(roster.find(roster.name(key)) == key);
    names.insert(roster.name(key));
  }
  CHECK(names.size() == roster.size());
  CHECK_FALSE(roster.find("tensorzero_cache:0"));
}

TEST_CASE("those that come later have their names too") {
  Scenario scenario;
  scenario.duration = std::chrono::hours{10};
  scenario.traffic = {gateway(3, 2)};
  scenario.traffic[0].user_turnover = {1, std::chrono::hours{1}};
  scenario.traffic[0].prompt_turnover = {4, std::chrono::hours{1}};
  const Roster roster{scenario};
  CHECK(roster.size() == (3 + 10) + 1 + (2 + 40));
  CHECK(roster.name(roster.bucket(0, 0, 12)).ends_with(R"("value":"u12"}]})"));
}

TEST_CASE("blocks share users and prompts that they call the same") {
  Scenario scenario;
  scenario.traffic = {gateway(2, 3), gateway(5, 9), gateway(5, 9)};
  scenario.traffic[2].user_prefix = "guest";
  scenario.traffic[2].prompt_set = "other";
  const Roster roster{scenario};
  CHECK(roster.bucket(0, 0, 1) == roster.bucket(1, 0, 1));
  CHECK(roster.entry(0, 2) == roster.entry(1, 2));
  CHECK(roster.bucket(2, 0, 1) != roster.bucket(1, 0, 1));
  CHECK(roster.entry(2, 2) != roster.entry(1, 2));
  CHECK(roster.bucket(2, 1, 0) == roster.bucket(0, 1, 0));  // one bucket for everybody
}

}  // namespace
}  // namespace outlive::harness
