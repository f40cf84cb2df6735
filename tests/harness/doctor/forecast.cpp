#include "doctor/forecast.hpp"

#include <catch2/catch_test_macros.hpp>

#include "harness/doctor/support.hpp"

using namespace outlive::harness;

namespace {

const Prognosis& treated(const Forecast& forecast, std::string_view id) {
  for (const Prognosis& one : forecast.prognoses) {
    if (one.treatment.id == id) return one;
  }
  throw std::runtime_error{"no such treatment"};
}

double share_lost(const Forecast& forecast, std::string_view id = "as-it-is") {
  return treated(forecast, id).limits_lost / forecast.limits;
}

// Limits evicted by so many writes, one key of `scale` rebuilt.
double lost(const Examination& seen, double writes, std::uint64_t scale) {
  StandIns stand_ins{seen.facts.profile};
  const TrialSetting setting{*seen.facts.policy, *seen.facts.maxmemory, 5};
  const std::optional<LoadPlan> plan = plan_load(seen, {});
  return play_trial(seen, *plan, setting, scale, writes, 3, stand_ins).evicted[0];
}

}  // namespace

TEST_CASE("the table of losses measured on Valkey 8.1.1 is forecast") {
  // Percent of the limits lost to so many new answers, at the cap (two seeds each).
  struct Row {
    double limits, answers;
    std::uint64_t writes;
    double least, most;
  };
  const Row rows[] = {{100, 10'000, 5'000, 0, 0},
                      {10'000, 10'000, 5'000, 0, 0},
                      {50'000, 5'000, 5'000, 0.088, 0.091}};
  for (const Row& row : rows) {
    const Examination seen =
        server_with("volatile-ttl", {buckets(row.limits), cached(row.answers)});
    const double share = lost(seen, static_cast<double>(row.writes), 1) / row.limits;
    CAPTURE(row.limits, row.answers, share);
    CHECK(share >= row.least * 0.9);
    CHECK(share <= row.most * 1.1);
  }
}

TEST_CASE("at the cap each answer is written once more; below it memory fills first") {
  const std::vector<GroupText> keys{buckets(100), cached(5'000)};
  const double at_cap = forecast_of(server_with("volatile-ttl", keys)).writes;
  CHECK(at_cap > 4'900);
  CHECK(at_cap < 5'200);
  // Room for some three thousand more: these come, then eight thousand.
  const double below = forecast_of(server_with("volatile-ttl", keys, 3 << 20)).writes;
  CHECK(below > 10'000);
  CHECK(below < 11'500);
}

TEST_CASE("idle limits go first by LRU, and hold by volatile-ttl") {
  const Forecast forecast =
      forecast_of(server_with("volatile-lru", {buckets(5'000, 60), cached(5'000)}));
  CHECK(share_lost(forecast) > 0.9);
  CHECK(share_lost(forecast, "volatile-ttl") < 0.001);
  CHECK(forecast.best()->treatment.id == "volatile-ttl");
}

TEST_CASE("limits that are used meanwhile survive LRU more often") {
  const Examination seen = server_with("volatile-lru", {buckets(5'000, 60), cached(5'000)});
  ForecastOptions options;
  options.load.writes = 500;
  options.load.writes_per_second = 10;  // idle times are in whole seconds
  const double idle = share_lost(forecast_of(seen, options));
  options.load.limits_used = 1;
  CHECK(share_lost(forecast_of(seen, options)) < idle * 0.9);
}

TEST_CASE("what is scaled down has the same shares") {
  const std::vector<GroupText> keys{buckets(50'000), cached(5'000)};
  const Examination seen = server_with("volatile-ttl", keys);
  const double whole = lost(seen, 5'000, 1);
  CHECK(lost(seen, 5'000, 4) > whole * 0.85);
  CHECK(lost(seen, 5'000, 4) < whole * 1.15);
}

TEST_CASE("a server of millions of keys is scaled down by a power of two") {
  const Examination seen = server_with("volatile-ttl", {buckets(4'000'000), cached(10'000)});
  const std::optional<LoadPlan> plan = plan_load(seen, {});
  CHECK(scale_of(seen, *plan, *seen.facts.maxmemory) == 32);
}

TEST_CASE("the same seed gives the same forecast, another one another") {
  const Examination seen = server_with("volatile-ttl", {buckets(20'000), cached(2'000)});
  ForecastOptions options;
  const auto lost = [&] { return forecast_of(seen, options).prognoses.front().limits_lost; };
  const double first = lost();
  CHECK(lost() == first);
  options.seed = 100;
  CHECK(lost() != first);
}

TEST_CASE("noeviction loses nothing and refuses") {
  const Forecast forecast = forecast_of(server_with("noeviction", {buckets(1'000), cached(1'000)}));
  CHECK(forecast.prognoses.front().limits_lost == 0);
  CHECK(forecast.prognoses.front().refused > 900);
}

TEST_CASE("limits that idled past half of their TTL count as refilled") {
  // With 20 h left they go before answers of 24 h, and have had their day to refill.
  Examination seen =
      server_with("volatile-ttl", {buckets(1'000, 100'800), buckets(10), cached(1'000)});
  const Prognosis now = forecast_of(seen).prognoses.front();
  CHECK(now.limits_lost > 900);
  CHECK(now.limits_lost_unrefilled <= now.limits_lost);
}

TEST_CASE("nothing is played without a cap, a policy or a key, and it is said why") {
  Examination seen = server_with("volatile-ttl", {buckets(10), cached(10)});
  seen.facts.maxmemory = 0;
  CHECK(forecast_of(seen).why_not.find("--maxmemory") != std::string::npos);
  seen = server_with("volatile-ttl", {});
  CHECK(forecast_of(seen).why_not == "no key could be looked at");
  seen = server_with("volatile-ttl", {buckets(10)});
  seen.facts.policy.reset();
  CHECK(forecast_of(seen).why_not == "the policy is not known");
}
