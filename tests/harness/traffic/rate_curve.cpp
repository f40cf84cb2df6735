#include "traffic/rate_curve.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

#include "traffic/timeline.hpp"

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

constexpr Time start{1'000'000s};

Scenario scenario_of(std::vector<Phase> phases, Arrivals arrivals, Span duration) {
  Scenario scenario;
  scenario.start = start;
  scenario.duration = duration;
  Traffic& traffic = scenario.traffic.emplace_back();
  traffic.kind = TrafficKind::cache;
  traffic.phases = std::move(phases);
  traffic.arrivals = arrivals;
  traffic.prompts = 100;
  return scenario;
}

Phase steady(Span lasting, Rate rate) {
  return {lasting, rate, rate};
}

// When requests come, counted from the start.
std::vector<Span> arrivals_of(const Scenario& scenario, std::uint64_t seed = 1) {
  Timeline timeline{scenario, seed};
  std::vector<Span> arrivals;
  for (Request request; timeline.next(request);) arrivals.push_back(request.at - scenario.start);
  return arrivals;
}

std::uint64_t count_between(const std::vector<Span>& arrivals, Span from, Span until) {
  std::uint64_t count = 0;
  for (const Span at : arrivals) count += at >= from && at < until;
  return count;
}

TEST_CASE("regular arrivals keep the rate of each phase, exactly") {
  const auto arrivals = arrivals_of(scenario_of(
      {steady(2s, {2, 1s}), steady(1s, {5, 1s}), steady({}, {1, 2s})}, Arrivals::regular, 7s));
  CHECK(arrivals == std::vector<Span>{0ms, 500ms, 1000ms, 1500ms,              // 2/s
                                      2000ms, 2200ms, 2400ms, 2600ms, 2800ms,  // 5/s
                                      3000ms, 5000ms});                        // 1/2s
}

TEST_CASE("a ramp's regular arrivals come where the area below it is whole") {
  // From 0 to 2 a second in 10 s: by t there were t² / 10, so the k-th is due at √(10 k).
  const auto arrivals = arrivals_of(scenario_of({{10s, {0, 1s}, {2, 1s}}}, Arrivals::regular, 10s));
  REQUIRE(arrivals.size() == 10);
  for (std::size_t k = 0; k < arrivals.size(); ++k) {
    CAPTURE(k);
    const double due_us = std::sqrt(10.0 * static_cast<double>(k)) * 1e6;
    CHECK(arrivals[k] == Span{std::llround(due_us)});
  }
  // And down again: as many, mirrored in time.
  const auto down = arrivals_of(scenario_of({{10s, {2, 1s}, {0, 1s}}}, Arrivals::regular, 10s));
  REQUIRE(down.size() == 10);
  CHECK(down[1] == Span{std::llround(10e6 - std::sqrt(90.0) * 1e6)});
}

TEST_CASE("nothing comes in a pause, and what is due at its beginning comes after it") {
  Scenario scenario =
      scenario_of({steady(1s, {3, 1s}), steady(9s, {0, 1s})}, Arrivals::regular, 30s);
  scenario.traffic[0].repeats = true;
  const auto arrivals = arrivals_of(scenario);
  REQUIRE(arrivals.size() == 9);
  CHECK(arrivals[2] == 666'667us);
  CHECK(arrivals[3] == 10s);
  CHECK(arrivals[6] == 20s);
}

TEST_CASE("a phase that holds no whole number of arrivals hands the rest to the next") {
  // 3.5 in the first, so that the fourth is due half a second into the next.
  const auto arrivals = arrivals_of(
      scenario_of({steady(3500ms, {1, 1s}), steady({}, {1, 1s})}, Arrivals::regular, 6s));
  CHECK(arrivals == std::vector<Span>{0s, 1s, 2s, 3s, 4s, 5s});
  // A third of one each time: never lost in a thousand rounds.
  Scenario thirds = scenario_of({steady(1s, {1, 3s})}, Arrivals::regular, 3000s);
  thirds.traffic[0].repeats = true;
  const auto every_third = arrivals_of(thirds);
  REQUIRE(every_third.size() == 1'000);
  CHECK(every_third.back() == 2997s);
}

TEST_CASE("after the last phase the traffic is over") {
  const auto arrivals = arrivals_of(scenario_of({steady(10s, {1, 1s})}, Arrivals::regular, 1h));
  CHECK(arrivals.size() == 10);
}

TEST_CASE("Poisson arrivals are as many as the area below the rate") {
  const Scenario scenario = scenario_of({steady(10min, {5, 1s}),
                                         {10min, {5, 1s}, {45, 1s}},
                                         steady(5min, {0, 1s}),
                                         steady(10min, {20, 1s})},
                                        Arrivals::poisson, 35min);
  CHECK(Timeline{scenario, 1}.expected() == 3'000 + 15'000 + 12'000);
  double sums[4] = {};
  constexpr int seeds = 20;
  for (int seed = 1; seed <= seeds; ++seed) {
    const auto arrivals = arrivals_of(scenario, static_cast<std::uint64_t>(seed));
    sums[0] += static_cast<double>(count_between(arrivals, 0min, 10min));
    sums[1] += static_cast<double>(count_between(arrivals, 10min, 15min));
    sums[2] += static_cast<double>(count_between(arrivals, 20min, 25min));
    sums[3] += static_cast<double>(count_between(arrivals, 25min, 35min));
  }
  // Within four deviations of their means: 300 s at 5/s, 300 s from 5 to 25/s, 600 s at 20/s.
  const auto near = [](double sum, double mean) {
    return std::abs(sum - mean * seeds) < 4 * std::sqrt(mean * seeds);
  };
  CHECK(near(sums[0], 3'000));
  CHECK(near(sums[1], 4'500));
  CHECK(sums[2] == 0);
  CHECK(near(sums[3], 12'000));
}

TEST_CASE("Poisson arrivals in a steady phase are those of a steady rate") {
  const auto phased = arrivals_of(scenario_of({steady({}, {7, 1s})}, Arrivals::poisson, 10min));
  Scenario plain = scenario_of({}, Arrivals::poisson, 10min);
  plain.traffic[0].rate = {7, 1s};
  const auto constant = arrivals_of(plain);
  REQUIRE(phased.size() == constant.size());
  for (std::size_t i = 0; i < phased.size(); ++i)
    REQUIRE(std::abs((phased[i] - constant[i]).count()) <= 1);
}

TEST_CASE("a day's phases stand where the clock says") {
  Scenario scenario =
      scenario_of({steady(12h, {60, 1h}), steady(12h, {6, 1h})}, Arrivals::regular, 36h);
  scenario.start = Time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + 18h;
  scenario.traffic[0].repeats = true;
  scenario.traffic[0].day_begins = 8h;
  const auto arrivals = arrivals_of(scenario);
  CHECK(count_between(arrivals, 0h, 2h) == 120);        // 18 to 20 o'clock
  CHECK(count_between(arrivals, 2h, 14h) == 12 * 6);    // the night
  CHECK(count_between(arrivals, 14h, 26h) == 12 * 60);  // the next day
  CHECK(count_between(arrivals, 26h, 36h) == 10 * 6);
  CHECK(Timeline{scenario, 1}.expected() == 120 + 72 + 720 + 60);
}

TEST_CASE("arrivals under a changing rate are the same on every platform, to the microsecond") {
  const auto arrivals = arrivals_of(
      scenario_of({{1min, {1, 1s}, {9, 1s}}, steady({}, {1, 3s})}, Arrivals::poisson, 10min));
  REQUIRE(arrivals.size() > 300);
  CHECK(arrivals[0] == 1'210'664us);
  CHECK(arrivals[100] == 35'260'266us);
  CHECK(arrivals[300] == 162'254'072us);
}

}  // namespace
}  // namespace outlive::harness
