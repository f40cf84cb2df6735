#include "play/shadow_limiter.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

constexpr std::int64_t hour_us = 3'600'000'000;

const Limit three_a_day{.capacity = 3, .refill = 3};

Scenario two_users() {
  Scenario scenario;
  scenario.traffic.emplace_back();
  scenario.traffic[0].kind = TrafficKind::rate_limit;
  scenario.traffic[0].users = 2;
  scenario.traffic[0].limits = {three_a_day};
  return scenario;
}

class Bench {
 public:
  void request(KeyId user, bool granted, std::int64_t hours) {
    shadow_.request({&three_a_day, 1}, {&user, 1}, granted, hours * hour_us);
  }
  AdmissionTally tally() const {
    AdmissionTally tally;
    shadow_.report(tally, roster_, Time{});
    return tally;
  }

 private:
  Scenario scenario_ = two_users();
  Roster roster_{scenario_};
  ShadowLimiter shadow_{roster_.bucket_count()};
};

TEST_CASE("whoever gets what an undisturbed limiter gives gets nothing too much") {
  Bench bench;
  for (int i = 0; i < 3; ++i) bench.request(0, true, 0);
  bench.request(0, false, 1);
  for (int i = 0; i < 3; ++i) bench.request(0, true, 24);  // the window is over
  CHECK(bench.tally().excess == 0);
  CHECK(bench.tally().clients == 1);
}

TEST_CASE("tickets of a bucket that was lost are counted, and the worst client is named") {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.request(0, true, 0);
  for (int i = 0; i < 4; ++i) bench.request(1, true, 0);
  const AdmissionTally tally = bench.tally();
  CHECK(tally.excess == 3);
  CHECK(tally.clients_ahead == 2);
  CHECK(tally.worst_excess == 2);
  CHECK(tally.worst_client.find(R"("u0")") != tally.worst_client.npos);
}

TEST_CASE("what was got too early still counts when the refill has caught up") {
  Bench bench;
  for (int i = 0; i < 5; ++i) bench.request(0, true, 0);
  for (int i = 0; i < 3; ++i) bench.request(0, false, 24);
  CHECK(bench.tally().excess == 2);
}

TEST_CASE("requests that failed give no claim to later tickets, and no excess") {
  Bench bench;
  for (int i = 0; i < 3; ++i) bench.request(0, false, 0);  // the server was full
  for (int i = 0; i < 3; ++i) bench.request(0, true, 1);
  CHECK(bench.tally().excess == 0);
}

TEST_CASE("a bucket refills in whole windows and never beyond its capacity") {
  const Limit limit{.window = std::chrono::hours{1}, .capacity = 10, .refill = 4};
  const TokenBucket bucket{.balance = 1, .last_refilled_us = 0};
  CHECK(refilled(bucket, limit, hour_us - 1).balance == 1);
  CHECK(refilled(bucket, limit, hour_us + 5).balance == 5);
  CHECK(refilled(bucket, limit, hour_us + 5).last_refilled_us == hour_us);
  CHECK(refilled(bucket, limit, 90 * hour_us).balance == 10);
  CHECK(refilled(bucket, limit, -hour_us).balance == 1);  // the clock stepped back
}

TEST_CASE("a bucket lives 48 h, or twice the time it needs to fill") {
  const auto ttl = [](std::int64_t hours, std::int64_t refill) {
    return bucket_ttl({.window = std::chrono::hours{hours}, .capacity = 10, .refill = refill});
  };
  CHECK(ttl(1, 10) == std::chrono::hours{48});
  CHECK(ttl(24, 10) == std::chrono::hours{48});
  CHECK(ttl(168, 10) == std::chrono::hours{336});
  CHECK(ttl(24, 3) == std::chrono::hours{2 * 4 * 24});  // four windows to fill
}

}  // namespace
}  // namespace outlive::harness
