#include "play/drifting_clock.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

constexpr Time noon{1'000'000s};

TEST_CASE("a clock is right until it is changed") {
  CHECK(DriftingClock{}.at(noon) == noon);
}

TEST_CASE("steps add up, forward and back") {
  DriftingClock clock;
  clock.change(noon, 5min, {0, 1s});
  CHECK(clock.at(noon + 1h) == noon + 1h + 5min);
  clock.change(noon + 1h, -7min, {0, 1s});
  CHECK(clock.at(noon + 2h) == noon + 2h - 2min);
}

TEST_CASE("what a clock has gained stays when it goes right again") {
  DriftingClock clock;
  clock.change(noon, 0s, {2'000'000, 1h});  // two seconds an hour
  CHECK(clock.at(noon + 30min) == noon + 30min + 1s);
  clock.change(noon + 1h, 0s, {0, 1s});
  CHECK(clock.at(noon + 9h) == noon + 9h + 2s);
}

TEST_CASE("a clock may lose") {
  DriftingClock clock;
  clock.change(noon, 0s, {-1'000'000, 1h});
  CHECK(clock.at(noon + 24h) == noon + 24h - 24s);
}

}  // namespace
}  // namespace outlive::harness
