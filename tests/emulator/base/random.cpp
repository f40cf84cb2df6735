#include "base/random.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>

namespace outlive {
namespace {

TEST_CASE("a seed gives the same draws for ever") {
  Random random{0};
  // The first draws of xoshiro256** seeded by splitmix64 from zero.
  CHECK(random.next() == 0x99ec'5f36'cb75'f2b4);
  CHECK(random.next() == 0xbf6e'1f78'4956'452a);
  CHECK(Random{7}.fork("eviction").next() == 0x9c96'410a'efef'b56a);
}

TEST_CASE("a fork hangs on the seed and the name alone") {
  Random random{7};
  const std::uint64_t before = random.fork("eviction").next();
  random.next();
  CHECK(random.fork("eviction").next() == before);
  CHECK(random.fork("lfu").next() != before);
  CHECK(Random{8}.fork("eviction").next() != before);
  CHECK(random.fork("a").fork("b").next() != random.fork("b").fork("a").next());
}

TEST_CASE("below() is even and stays below") {
  Random random{1};
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts.at(random.below(7));
  for (const int count : counts) {
    CHECK(count > 9'600);
    CHECK(count < 10'400);
  }
  CHECK(random.below(1) == 0);
}

TEST_CASE("below() does not favour small results where the range does not divide") {
  // Two thirds of 2^64: a plain remainder would draw from the lower half twice as often.
  constexpr std::uint64_t two_thirds = 0xaaaa'aaaa'aaaa'aaaa;
  Random random{2};
  int low = 0;
  for (int i = 0; i < 10'000; ++i) low += random.below(two_thirds) < two_thirds / 2;
  CHECK(low > 4'800);
  CHECK(low < 5'200);
}

TEST_CASE("unit() lies in [0, 1) with mean one half") {
  Random random{3};
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double drawn = random.unit();
    REQUIRE((drawn >= 0 && drawn < 1));
    sum += drawn;
  }
  CHECK(sum > 4'900);
  CHECK(sum < 5'100);
}

}  // namespace
}  // namespace outlive
