#include "traffic/timeline.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

Scenario scenario_of(std::vector<Traffic> traffic) {
  Scenario scenario;
  scenario.start = Time{1'000'000s};
  scenario.duration = 1h;
  scenario.traffic = std::move(traffic);
  return scenario;
}

Traffic cache_block(Rate rate, Arrivals arrivals) {
  Traffic traffic;
  traffic.kind = TrafficKind::cache;
  traffic.rate = rate;
  traffic.arrivals = arrivals;
  traffic.prompts = 100;
  return traffic;
}

std::vector<Request> all_of(const Scenario& scenario, std::uint64_t seed) {
  Timeline timeline{scenario, seed};
  std::vector<Request> requests;
  for (Request request; timeline.next(request);) requests.push_back(request);
  return requests;
}

TEST_CASE("regular arrivals come exactly at their rate") {
  const auto requests = all_of(scenario_of({cache_block({3, 1s}, Arrivals::regular)}), 1);
  REQUIRE(requests.size() == 3 * 3'600);
  CHECK(requests[0].at == Time{1'000'000s});
  CHECK(requests[1].at == Time{1'000'000s} + 333'333us);
  CHECK(requests[3].at == Time{1'000'001s});
}

TEST_CASE("Poisson arrivals come at their rate on the average, within the block's time") {
  Traffic traffic = cache_block({10, 1s}, Arrivals::poisson);
  traffic.from = 10min;
  traffic.until = 50min;
  const auto requests = all_of(scenario_of({traffic}), 1);
  CHECK(requests.size() > 23'300);
  CHECK(requests.size() < 24'700);
  CHECK(requests.front().at >= Time{1'000'000s} + 10min);
  CHECK(requests.back().at < Time{1'000'000s} + 50min);
}

TEST_CASE("blocks are merged in the order of time") {
  const auto requests = all_of(scenario_of({cache_block({1, 1s}, Arrivals::poisson),
                                            cache_block({7, 1s}, Arrivals::regular)}),
                               1);
  bool ordered = true;
  for (std::size_t i = 1; i < requests.size(); ++i) ordered &= requests[i - 1].at <= requests[i].at;
  CHECK(ordered);
}

TEST_CASE("a block ends when each was visited once") {
  Traffic traffic = cache_block({100, 1s}, Arrivals::regular);
  traffic.prompt_popularity.shape = Popularity::Shape::once;
  const Scenario scenario = scenario_of({traffic});
  CHECK(all_of(scenario, 1).size() == 100);
  CHECK(Timeline{scenario, 1}.expected() == 100);
}

TEST_CASE("a seed gives one timeline, another seed another") {
  const Scenario scenario = scenario_of({cache_block({5, 1s}, Arrivals::poisson)});
  CHECK(all_of(scenario, 1) == all_of(scenario, 1));
  CHECK(all_of(scenario, 1) != all_of(scenario, 2));
}

TEST_CASE("a block added behind leaves the requests of those before as they are") {
  const Traffic first = cache_block({5, 1s}, Arrivals::poisson);
  const auto alone = all_of(scenario_of({first}), 1);
  std::vector<Request> beside;
  for (const Request& request :
       all_of(scenario_of({first, cache_block({9, 1s}, Arrivals::poisson)}), 1)) {
    if (request.traffic == 0) beside.push_back(request);
  }
  REQUIRE(alone.size() == beside.size());
  CHECK(alone.back().at == beside.back().at);
  CHECK(alone.back().prompt == beside.back().prompt);
}

}  // namespace
}  // namespace outlive::harness
