// What every kind of hash table promises: finding, scanning, drawing, and a ledger that is right.
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "data/chained_table.hpp"
#include "data/hashtable.hpp"
#include "support/word_table.hpp"

using namespace outlive;
using namespace outlive::test;

TEMPLATE_TEST_CASE(
    "what was put in is found until it is taken out, while the table grows and shrinks", "",
    Hashtable<Words>, ChainedTable<Words>) {
  WordTable<TestType> f;
  f.add(0, 5000);
  for (int i = 0; i < 5000; ++i) REQUIRE(f.has(i));
  for (int i = 0; i < 5000; ++i) {
    if (i % 50 != 0) f.remove(i);
  }
  CHECK(f.table.size() == 100);
  for (int i = 0; i < 5000; ++i) REQUIRE(f.has(i) == (i % 50 == 0));
}

TEMPLATE_TEST_CASE(
    "a scan meets every key that stays, however the table grows and shrinks meanwhile", "",
    Hashtable<Words>, ChainedTable<Words>) {
  for (const bool grow : {false, true}) {
    WordTable<TestType> f;
    f.add(0, 3000);
    std::set<std::string> met;
    std::size_t cursor = 0;
    int next = 3000;
    int gone = 1000;
    do {
      cursor = f.table.scan(cursor, [&](const std::string* item) { met.insert(*item); });
      for (int i = 0; i < 20; ++i) {
        if (grow && next < 20'000) f.add(next++);
        if (!grow && gone < 3000) f.remove(gone++);
      }
    } while (cursor != 0);
    for (int i = 0; i < 1000; ++i) REQUIRE(met.contains("key:" + std::to_string(i)));
  }
}

TEMPLATE_TEST_CASE("a scan may remove what it meets", "", Hashtable<Words>, ChainedTable<Words>) {
  WordTable<TestType> f;
  f.add(0, 2000);
  std::size_t cursor = 0;
  do {
    std::vector<int> numbers;
    cursor = f.table.scan(
        cursor, [&](const std::string* item) { numbers.push_back(std::stoi(item->substr(4))); });
    for (const int number : numbers) f.remove(number);
  } while (cursor != 0);
  CHECK(f.table.empty());
}

TEMPLATE_TEST_CASE("the fair draw meets every key about equally often", "", Hashtable<Words>,
                   ChainedTable<Words>) {
  WordTable<TestType> f;
  constexpr int keys = 200;
  constexpr int draws = 40'000;
  f.add(0, keys);
  f.settle();
  Random random(7);
  std::map<const std::string*, int> met;
  for (int i = 0; i < draws; ++i) ++met[f.table.fair_random_item(random)];
  CHECK(met.size() == keys);
  for (const auto& [item, times] : met) {
    CHECK(times > draws / keys / 2);
    CHECK(times < draws / keys * 2);
  }
}

TEMPLATE_TEST_CASE("a rehash whose old table a scan has emptied meanwhile ends", "",
                   Hashtable<Words>, ChainedTable<Words>) {
  WordTable<TestType> f;
  int last = 0;
  while (!f.table.rehashing() || last < 60) f.add(last++);
  std::size_t cursor = 0;
  do {
    cursor = f.table.scan(cursor,
                          [&](const std::string* item) { f.remove(std::stoi(item->substr(4))); });
  } while (cursor != 0);
  CHECK(f.table.empty());
  f.settle();
  CHECK_FALSE(f.table.rehashing());
  f.add(0, 10);
  for (int i = 0; i < 10; ++i) CHECK(f.has(i));
}

TEMPLATE_TEST_CASE("the ledger knows what a table takes, and has it all back in the end", "",
                   Hashtable<Words>, ChainedTable<Words>) {
  WordTable<TestType> f;
  for (int round = 0; round < 3; ++round) {
    f.add(0, 3000);
    CHECK(f.ledger.used() == static_cast<std::int64_t>(f.table.charged_bytes()));
    for (int i = 0; i < 2900; ++i) f.remove(i);
    CHECK(f.ledger.used() == static_cast<std::int64_t>(f.table.charged_bytes()));
    for (int i = 2900; i < 3000; ++i) f.remove(i);
  }
  f.table.clear([](const std::string*) {});
  CHECK(f.ledger.used() == 0);
}

TEST_CASE("a scan's cursor counts its masked bits from the top, and ends at 0") {
  for (const std::size_t bits : {0, 1, 3, 6}) {
    const std::size_t buckets = std::size_t{1} << bits;
    const std::size_t mask = buckets - 1;
    std::set<std::size_t> seen;
    std::size_t cursor = 0;
    std::size_t mirrored = 0;  // what it would be, counted from the bottom
    do {
      seen.insert(cursor);
      const std::size_t beyond = ~mask & 0x5a5a'0000;  // of a table that was larger
      CHECK(next_cursor(cursor | beyond, mask) == next_cursor(cursor, mask));
      cursor = next_cursor(cursor, mask);
      mirrored = (mirrored + 1) & mask;
      std::size_t expected = 0;
      for (std::size_t bit = 0; bit < bits; ++bit) {
        if (mirrored & (std::size_t{1} << bit)) expected |= std::size_t{1} << (bits - 1 - bit);
      }
      CHECK(cursor == expected);
    } while (cursor != 0);
    CHECK(seen.size() == buckets);
  }
}
