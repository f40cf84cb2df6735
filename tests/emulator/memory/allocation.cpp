// jemalloc's size classes, as its manual lists them.
#include "memory/allocation.hpp"

#include <catch2/catch_test_macros.hpp>

#include "memory/ledger.hpp"

using namespace outlive;

TEST_CASE("Debian's jemalloc has the size classes of its manual") {
  // jemalloc(3), "Size classes", quantum 16; up to 14 KiB "small", then "large".
  constexpr std::size_t classes[] = {8,      16,     32,      48,
                                     64,     80,     96,      112,
                                     128,    160,    192,     224,
                                     256,    320,    384,     448,
                                     512,    640,    768,     896,
                                     1024,   1280,   1536,    1792,
                                     2048,   2560,   3072,    3584,
                                     4096,   5120,   6144,    7168,
                                     8192,   10240,  12288,   14336,
                                     16384,  20480,  24576,   28672,
                                     32768,  40960,  49152,   57344,
                                     65536,  81920,  98304,   114688,
                                     131072, 163840, 1 << 20, (1 << 20) + (1 << 18)};
  std::size_t before = 0;
  for (const std::size_t size : classes) {
    CHECK(quantum_16.size(size) == size);
    if (size <= 163840) CHECK(quantum_16.size(before + 1) == size);
    before = size;
  }
}

TEST_CASE("the bundled allocator has classes eight bytes apart up to 64") {
  for (std::size_t n = 1; n <= 64; ++n) CHECK(quantum_8.size(n) == (n + 7) / 8 * 8);
  CHECK(quantum_8.size(65) == 80);
  CHECK(quantum_8.size(81) == 96);
  CHECK(quantum_8.size(129) == 160);
}

TEST_CASE("both agree above 64 bytes") {
  for (std::size_t n = 65; n < 100'000; ++n) REQUIRE(quantum_8.size(n) == quantum_16.size(n));
}

TEST_CASE("a class is never less than what was asked, and never more than a quarter above it") {
  for (std::size_t n = 128; n < 3'000'000; n += 97) {
    const std::size_t size = quantum_8.size(n);
    REQUIRE(size >= n);
    REQUIRE(size <= n + n / 4 + 8);
  }
}

TEST_CASE("a ledger keeps the peak until it is reset") {
  Ledger ledger(quantum_16);
  ledger.add(100);
  ledger.add(-60);
  CHECK(ledger.used() == 40);
  CHECK(ledger.peak() == 100);
  ledger.reset_peak();
  CHECK(ledger.peak() == 40);
  CHECK(ledger.block(33) == 48);
}
