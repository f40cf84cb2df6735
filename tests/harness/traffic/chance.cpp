#include "traffic/chance.hpp"

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

namespace outlive::harness {
namespace {

constexpr int draws = 200'000;

TEST_CASE("exponential draws have the mean and the tail they should") {
  Random random{1};
  double sum = 0;
  int beyond_3 = 0;
  for (int i = 0; i < draws; ++i) {
    const double drawn = exponential(random);
    sum += drawn;
    beyond_3 += drawn > 3;
  }
  CHECK(sum / draws == Catch::Approx(1).margin(0.01));
  CHECK(beyond_3 / double{draws} == Catch::Approx(std::exp(-3)).margin(0.002));
}

TEST_CASE("normal draws have mean 0, deviation 1 and few beyond two") {
  Random random{2};
  double sum = 0, squares = 0;
  int beyond_2 = 0;
  for (int i = 0; i < draws; ++i) {
    const double drawn = normal(random);
    sum += drawn;
    squares += drawn * drawn;
    beyond_2 += std::abs(drawn) > 2;
  }
  CHECK(sum / draws == Catch::Approx(0).margin(0.01));
  CHECK(squares / draws == Catch::Approx(1).margin(0.02));
  CHECK(beyond_2 / double{draws} == Catch::Approx(0.0455).margin(0.002));
}

TEST_CASE("our exp and log agree with the library's to the last digits") {
  for (double x = -30; x < 30; x += 0.37) {
    CAPTURE(x);
    CHECK(portable_exp(x) == Catch::Approx(std::exp(x)).epsilon(1e-14));
    CHECK(portable_log(std::exp(x)) == Catch::Approx(x).epsilon(1e-13).margin(1e-14));
  }
  CHECK(portable_exp(0) == 1);
  CHECK(portable_log(1) == 0);
}

TEST_CASE("Zipf's first are drawn as often as their weights say") {
  constexpr std::uint64_t count = 1'000;
  Chooser chooser{{Popularity::Shape::zipf, 1.0}, count, Random{3}};
  std::vector<int> seen(count);
  for (int i = 0; i < draws; ++i) ++seen.at(chooser.next());
  double weights = 0;
  for (std::uint64_t k = 1; k <= count; ++k) weights += 1.0 / static_cast<double>(k);
  for (const std::size_t k : {1U, 2U, 10U}) {
    CAPTURE(k);
    CHECK(seen[k - 1] / double{draws} ==
          Catch::Approx(1 / (static_cast<double>(k) * weights)).epsilon(0.05));
  }
}

TEST_CASE("once visits each one time, in order, and ends") {
  Chooser chooser{{Popularity::Shape::once, 0}, 3, Random{4}};
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK_FALSE(chooser.exhausted());
    CHECK(chooser.next() == i);
  }
  CHECK(chooser.exhausted());
}

TEST_CASE("sizes keep within their bounds, and half of lognormal ones below the median") {
  const Sizes lognormal{Sizes::Shape::lognormal, 100, 100'000, 2'000, 1.0};
  int below = 0;
  for (const std::uint32_t size : draw_sizes(lognormal, draws, Random{5})) {
    REQUIRE((size >= 100 && size <= 100'000));
    below += size < 2'000;
  }
  CHECK(below / double{draws} == Catch::Approx(0.5).margin(0.01));
  for (const std::uint32_t size :
       draw_sizes({Sizes::Shape::uniform, 10, 12, 0, 0}, 100, Random{6})) {
    REQUIRE((size >= 10 && size <= 12));
  }
}

TEST_CASE("sizes from a histogram fall into its bins by their weights, evenly within") {
  Sizes sizes{.shape = Sizes::Shape::histogram};
  sizes.bins = {{100, 3}, {200, 0}, {1'000, 1}};
  int small = 0, upper_half = 0;
  for (const std::uint32_t size : draw_sizes(sizes, draws, Random{9})) {
    REQUIRE((size >= 1 && size <= 1'000 && (size <= 100 || size > 200)));
    small += size <= 100;
    upper_half += size > 600;
  }
  CHECK(small / double{draws} == Catch::Approx(0.75).margin(0.005));
  CHECK(upper_half / double{draws} == Catch::Approx(0.125).margin(0.005));
}

TEST_CASE("draws are the same on every platform, to the bit") {
  Random random{7};
  CHECK(exponential(random) == 0x1.fb2938731e807p+0);
  CHECK(normal(random) == -0x1.a59b9dda4ddb2p-1);
  CHECK(portable_exp(1) == 0x1.5bf0a8b14576ap+1);
  CHECK(portable_log(10) == 0x1.26bb1bbb55516p+1);
  CHECK(draw_sizes({Sizes::Shape::lognormal, 1, 1'000'000, 2'000, 1.0}, 3, Random{8}) ==
        std::vector<std::uint32_t>{1519, 4562, 682});
}

}  // namespace
}  // namespace outlive::harness
