#include "traffic/drawn_ahead.hpp"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

Scenario scenario_of_requests(std::int64_t count) {
  Scenario scenario;
  scenario.start = Time{1'000'000s};
  scenario.duration = std::chrono::seconds{count};
  Traffic traffic;
  traffic.kind = TrafficKind::cache;
  traffic.rate = {1, 1s};
  traffic.prompts = 1000;
  scenario.traffic = {traffic};
  return scenario;
}

std::vector<Request> drawn_here(const Scenario& scenario) {
  Timeline timeline{scenario, 1};
  std::vector<Request> requests;
  for (Request request; timeline.next(request);) requests.push_back(request);
  return requests;
}

TEST_CASE("what is drawn ahead is what the timeline says, however many batches that takes") {
  for (const std::int64_t count : {1, 4096, 4097, 20'000}) {
    CAPTURE(count);
    const Scenario scenario = scenario_of_requests(count);
    Timeline timeline{scenario, 1};
    DrawnAhead drawn{timeline};
    std::vector<Request> requests;
    for (auto batch = drawn.next(); !batch.empty(); batch = drawn.next()) {
      requests.insert(requests.end(), batch.begin(), batch.end());
    }
    CHECK(requests == drawn_here(scenario));
    CHECK(drawn.next().empty());
  }
}

TEST_CASE("it may be left before its end, or before its beginning") {
  const Scenario scenario = scenario_of_requests(100'000);
  for (const int batches : {0, 1, 3}) {
    Timeline timeline{scenario, 1};
    DrawnAhead drawn{timeline};
    for (int i = 0; i < batches; ++i) CHECK_FALSE(drawn.next().empty());
  }
}

}  // namespace
}  // namespace outlive::harness
