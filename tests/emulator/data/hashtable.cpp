// 8.1's table: how it grows and shrinks, what samples meet. What all tables have in common is in
// tables.cpp.
#include "data/hashtable.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/word_table.hpp"

using namespace outlive;
using namespace outlive::test;
using Fixture = WordTable<Hashtable<Words>>;

TEST_CASE("buckets of seven: growth begins when all slots are taken, and is stepwise") {
  Fixture f;
  f.add(0, 7);
  CHECK(f.table.buckets(0) == 1);
  f.add(7);
  CHECK(f.table.rehashing());
  CHECK(f.table.buckets(1) == 2);
  f.settle();
  CHECK(f.table.buckets(0) == 2);
  f.add(8, 1000);
  f.settle();
  // 64-byte buckets, and chained ones where more than seven keys fall together.
  CHECK(f.table.buckets(0) == 256);
  CHECK(f.table.table_bytes() == 64 * (256 + f.table.children(0)));
  CHECK(f.ledger.used() == static_cast<std::int64_t>(f.table.table_bytes()));
}

TEST_CASE("a key that a look-up just missed is added without a second step of the rehash") {
  Fixture fixture;
  fixture.add(0, 4 * 7 + 1);
  REQUIRE(fixture.table.rehashing());
  const auto moves = [&](auto&& act) {
    const std::size_t before = fixture.table.buckets(0);
    std::size_t steps = 0;
    act();
    while (fixture.table.rehash(1) == 1) ++steps;
    return before - steps;
  };
  const std::string name = "missed";
  const std::uint64_t hash = fixture.table.policy().hash(name);
  CHECK(moves([&] {
          REQUIRE_FALSE(fixture.table.find(name, hash));
          fixture.table.insert_missed(&name, hash);
        }) == 1);
}

TEST_CASE("a table of few keys shrinks") {
  Fixture f;
  f.add(0, 1000);
  for (int i = 0; i < 950; ++i) f.remove(i);
  f.settle();
  CHECK(f.table.buckets(0) == 64);
  // The next removal sees that this is still too large.
  f.add(1000);
  f.remove(1000);
  f.settle();
  CHECK(f.table.buckets(0) == 8);
  for (int i = 950; i < 1000; ++i) CHECK(f.has(i));
}

TEST_CASE("where no memory is left the table chains, up to five keys a place") {
  Fixture f;
  f.add(0, 7);
  f.full = true;
  f.add(7, 34);
  CHECK(f.table.buckets(0) == 1);
  CHECK_FALSE(f.table.rehashing());
  CHECK(f.table.children(0) == 5);
  f.add(34);
  CHECK(f.table.rehashing());
  for (int i = 0; i < 35; ++i) CHECK(f.has(i));
}

TEST_CASE("a sample gives as many different keys as it is asked for, or all") {
  Fixture f;
  f.add(0, 50);
  Random random(1);
  for (const std::size_t wanted : {1u, 5u, 10u, 50u, 80u}) {
    std::vector<const std::string*> out(wanted);
    const std::size_t found = f.table.sample(random, out.data(), wanted);
    CHECK(found == std::min<std::size_t>(wanted, 50));
    const std::set<const std::string*> different(out.begin(), out.begin() + std::ptrdiff_t(found));
    if (!f.table.rehashing()) CHECK(different.size() == found);
  }
}

TEST_CASE(
    "in 9.1 a table may be held from shrinking, and then passes over ten empty buckets a step") {
  Fixture f(*find_profile("valkey-9.1"));
  f.add(0, 5000);
  f.settle();
  REQUIRE(f.table.buckets(0) == 1024);
  f.table.hold_shrinking(true);
  for (int i = 0; i < 4990; ++i) f.remove(i);
  CHECK_FALSE(f.table.rehashing());
  f.table.hold_shrinking(false);
  REQUIRE(f.table.rehashing());
  std::size_t steps = 0;
  while (f.table.rehash(1) == 1) ++steps;
  CHECK(steps <= 1024 / 10 + 10);
  CHECK(f.table.buckets(0) == 2);
  for (int i = 4990; i < 5000; ++i) CHECK(f.has(i));
}
