#include "traffic/population.hpp"

#include <algorithm>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <set>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

constexpr int draws = 100'000;

std::set<std::uint32_t> drawn_at(Population& population, Span elapsed) {
  std::set<std::uint32_t> drawn;
  for (int i = 0; i < 2'000; ++i) drawn.insert(population.next(elapsed));
  return drawn;
}

std::set<std::uint32_t> range(std::uint32_t from, std::uint32_t until) {
  std::set<std::uint32_t> all;
  for (; from < until; ++from) all.insert(from);
  return all;
}

TEST_CASE("by turnover the oldest leave and new ones come, one by one") {
  Population population{{}, 20, {5, 1h}, Random{1}};
  CHECK(drawn_at(population, 0h) == range(0, 20));
  CHECK(drawn_at(population, 12min - 1us) == range(0, 20));
  CHECK(drawn_at(population, 12min) == range(1, 21));
  CHECK(drawn_at(population, 10h) == range(50, 70));
}

TEST_CASE("a newcomer is as popular as the one whose place it takes") {
  Popularity zipf{Popularity::Shape::zipf, 1.2};
  Population population{zipf, 100, {1, 1h}, Random{2}};
  const auto most_popular = [&population](Span elapsed) {
    std::vector<int> seen(1'000);
    for (int i = 0; i < 5'000; ++i) ++seen.at(population.next(elapsed));
    return std::max_element(seen.begin(), seen.end()) - seen.begin();
  };
  CHECK(most_popular(0h) == 0);
  CHECK(most_popular(1h) == 100);   // the first place fell vacant first
  CHECK(most_popular(99h) == 100);  // and is held while the other places change hands
  CHECK(most_popular(101h) == 200);
}

TEST_CASE("hot ones have their share, evenly, and the others the rest") {
  Popularity hot{.shape = Popularity::Shape::hot, .hot = 10, .share = 0.5};
  Population population{hot, 1'000, never, Random{3}};
  std::vector<int> seen(1'000);
  int to_hot = 0;
  for (int i = 0; i < draws; ++i) {
    const std::uint32_t drawn = population.next(0h);
    ++seen.at(drawn);
    to_hot += drawn < 10;
  }
  CHECK(to_hot / double{draws} == Catch::Approx(0.5).margin(0.008));
  for (int i = 0; i < 10; ++i)
    CHECK(seen[static_cast<std::size_t>(i)] / double{draws} == Catch::Approx(0.05).epsilon(0.1));
  CHECK(*std::min_element(seen.begin(), seen.end()) > 0);
}

TEST_CASE("a working set moves through all, round and round") {
  Popularity moving{.shape = Popularity::Shape::hot, .hot = 10, .share = 1, .moves = {30, 1h}};
  Population population{moving, 100, never, Random{4}};
  CHECK(drawn_at(population, 0h) == range(0, 10));
  CHECK(drawn_at(population, 2min) == range(1, 11));
  CHECK(drawn_at(population, 1h) == range(30, 40));
  std::set<std::uint32_t> around = range(95, 100);
  around.merge(range(0, 5));
  CHECK(drawn_at(population, 3h + 10min) == around);
}

}  // namespace
}  // namespace outlive::harness
