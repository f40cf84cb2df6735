// 8.1's table: what SCAN promises, how it grows and shrinks, what samples meet.
#include "data/hashtable.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

using namespace outlive;

namespace {

struct Words {
  using Item = const std::string*;
  const bool* full;
  std::string_view key(Item item) const { return *item; }
  std::uint64_t hash(std::string_view key) const {
    // Any mixing will do: FNV-1a with a final shuffle, so that low bits and the top byte differ.
    std::uint64_t hash = 14695981039346656037u;
    for (const char letter : key)
      hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211u;
    hash ^= hash >> 32;
    return hash * 0x9E3779B97F4A7C15u;
  }
  bool may_resize(std::size_t) const { return !*full; }
  static constexpr std::size_t rehash_note = 0;
};
using Table = Hashtable<Words>;

class Fixture {
 public:
  bool full = false;
  Ledger ledger{quantum_16};
  Table table{Words{&full}, ledger};

  void add(int number) {
    const std::string name = "key:" + std::to_string(number);
    auto& owned = words_[name] = std::make_unique<std::string>(name);
    table.insert(owned.get(), table.policy().hash(name));
  }
  void add(int first, int last) {
    for (int i = first; i < last; ++i) add(i);
  }
  bool has(int number) { return table.find("key:" + std::to_string(number)) != nullptr; }
  void remove(int number) {
    const std::string name = "key:" + std::to_string(number);
    REQUIRE(table.erase(name, table.policy().hash(name)));
    words_.erase(name);
  }
  void settle() { table.rehash(1u << 20); }

 private:
  std::map<std::string, std::unique_ptr<std::string>> words_;
};

}  // namespace

TEST_CASE("what was put in is found until it is taken out, while the table grows and shrinks") {
  Fixture f;
  f.add(0, 5000);
  for (int i = 0; i < 5000; ++i) REQUIRE(f.has(i));
  for (int i = 0; i < 5000; ++i) {
    if (i % 50 != 0) f.remove(i);
  }
  CHECK(f.table.size() == 100);
  for (int i = 0; i < 5000; ++i) REQUIRE(f.has(i) == (i % 50 == 0));
}

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

TEST_CASE("a scan meets every key that stays, however the table grows and shrinks meanwhile") {
  for (const bool grow : {false, true}) {
    Fixture f;
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

TEST_CASE("a scan may remove what it meets") {
  Fixture f;
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

TEST_CASE("the fair draw meets every key about equally often") {
  Fixture f;
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
