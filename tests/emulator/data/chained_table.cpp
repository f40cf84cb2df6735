// The dictionary of 8.0: how it grows and shrinks, what samples meet. What all tables have in
// common is in tables.cpp.
#include "data/chained_table.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "support/word_table.hpp"

using namespace outlive;
using namespace outlive::test;
using Fixture = WordTable<ChainedTable<Words>>;

TEST_CASE("a dictionary doubles at the item that finds it full, and moves step by step") {
  Fixture f;
  f.add(0, 4);
  CHECK(f.table.buckets(0) == 4);
  CHECK_FALSE(f.table.rehashing());
  f.add(4);
  CHECK(f.table.rehashing());
  CHECK(f.table.buckets(1) == 8);
  f.settle();
  f.add(5, 1000);
  f.settle();
  CHECK(f.table.buckets(0) == 1024);
  CHECK(f.table.table_bytes() == 8 * 1024);
}

TEST_CASE("a dictionary shrinks when seven of eight places would be free") {
  Fixture f;
  f.add(0, 1000);
  f.settle();
  for (int i = 0; i < 871; ++i) f.remove(i);
  CHECK_FALSE(f.table.rehashing());
  f.remove(871);
  CHECK(f.table.rehashing());
  f.settle();
  CHECK(f.table.buckets(0) == 128);
  for (int i = 872; i < 1000; ++i) CHECK(f.has(i));
}

TEST_CASE("where no memory is left a dictionary chains, up to 1.618 items a place") {
  Fixture f;
  f.add(0, 64);
  f.settle();
  f.full = true;
  f.add(64, 104);
  CHECK_FALSE(f.table.rehashing());
  f.add(104);
  CHECK(f.table.rehashing());
  for (int i = 0; i < 105; ++i) CHECK(f.has(i));
}

TEST_CASE("a dictionary's sample has no more than it is asked for, and nothing that is not there") {
  Fixture f;
  f.add(0, 50);
  Random random(1);
  for (const std::size_t wanted : {1u, 5u, 16u, 50u, 80u}) {
    for (int draw = 0; draw < 100; ++draw) {
      std::vector<const std::string*> out(wanted);
      const std::size_t found = f.table.sample(random, out.data(), wanted);
      REQUIRE(found <= std::min<std::size_t>(wanted, 50));
      REQUIRE(found > 0);
      for (std::size_t i = 0; i < found; ++i) {
        Fixture::Item* place = f.table.find(*out[i], f.table.policy().hash(*out[i]));
        REQUIRE(place);
        CHECK(*place == out[i]);
      }
    }
  }
}
