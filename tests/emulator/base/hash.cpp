#include "base/hash.hpp"

#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <set>
#include <string>

namespace outlive {
namespace {

TEST_CASE("a hash hangs on every byte, the length and the seed") {
  for (std::size_t size = 1; size < 100; ++size) {
    const std::string key(size, 'k');
    const std::uint64_t whole = hash_bytes(key, 1);
    CHECK(hash_bytes(key, 2) != whole);
    CHECK(hash_bytes(key + "k", 1) != whole);
    for (std::size_t i = 0; i < size; ++i) {
      std::string changed = key;
      changed[i] = 'K';
      CHECK(hash_bytes(changed, 1) != whole);
    }
  }
}

TEST_CASE("zero bytes of different lengths hash apart") {
  std::set<std::uint64_t> hashes;
  for (std::size_t size = 0; size < 200; ++size)
    hashes.insert(hash_bytes(std::string(size, '\0'), 0));
  CHECK(hashes.size() == 200);
}

TEST_CASE("one changed bit flips about half of the bits") {
  double flipped = 0;
  int trials = 0;
  for (std::size_t size : {1u, 4u, 10u, 16u, 17u, 40u, 100u}) {
    for (std::size_t bit = 0; bit < size * 8; ++bit) {
      std::string key(size, 'a');
      const std::uint64_t before = hash_bytes(key, 7);
      key[bit / 8] = static_cast<char>(key[bit / 8] ^ (1 << bit % 8));
      flipped += std::popcount(before ^ hash_bytes(key, 7));
      ++trials;
    }
  }
  const double mean = flipped / trials;
  CHECK(mean > 31);
  CHECK(mean < 33);
}

// Pearson's statistic over 256 cells of keys that differ in a counter alone; its mean is 255, its
// standard deviation 22.6.
double unevenness(std::uint64_t seed, int shift) {
  constexpr int count = 64 * 1024;
  std::array<int, 256> cells{};
  for (int i = 0; i < count; ++i) {
    const std::string key = "tensorzero_ratelimit:" + std::to_string(i);
    ++cells[hash_bytes(key, seed) >> shift & 0xff];
  }
  constexpr double expected = count / 256.0;
  double sum = 0;
  for (const int cell : cells) sum += (cell - expected) * (cell - expected) / expected;
  return sum;
}

TEST_CASE("numbered keys spread evenly over the low byte and over the top byte") {
  for (std::uint64_t seed : {0u, 1u, 2u, 12345u}) {
    CHECK(unevenness(seed, 0) < 400);
    CHECK(unevenness(seed, 56) < 400);
  }
}

TEST_CASE("a seed gives the same hashes for ever") {
  CHECK(hash_bytes("", 0) == 0x30ca'b22f'7729'36a5);
  CHECK(hash_bytes("key", 0) == 0xb678'58c5'61e5'6574);
  CHECK(hash_bytes("a longer key, of three blocks or so: 0123456789", 7) == 0x78ab'8619'8fe2'bc5d);
}

}  // namespace
}  // namespace outlive
