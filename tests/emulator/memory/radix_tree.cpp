#include "memory/radix_tree.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"

using namespace outlive;

namespace {

constexpr std::size_t empty_bytes = 40;

std::string id(std::uint64_t number) {
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(number);
  return bytes;
}

// Short words of few letters, so that they share beginnings and begin one another.
std::vector<std::string> words(Random& random, std::size_t count) {
  std::vector<std::string> made;
  while (made.size() < count) {
    std::string word;
    for (std::size_t i = random.below(9); i > 0; --i) {
      word.push_back(static_cast<char>('a' + random.below(3)));
    }
    if (std::find(made.begin(), made.end(), word) == made.end()) made.push_back(word);
  }
  return made;
}

}  // namespace

TEST_CASE("a tree of keys weighs what CLIENT TRACKING's does") {
  // used_memory of Valkey 8.1.1, Debian's build, after a tracking client read key:0, key:1 ….
  RadixTree tree(quantum_16, RadixTree::Values::pointers);
  CHECK(tree.bytes() == empty_bytes);
  for (int i = 0; i < 100; ++i) {
    tree.insert("key:" + std::to_string(i));
    if (i + 1 == 1) CHECK(tree.bytes() == empty_bytes + 40);
    if (i + 1 == 2) CHECK(tree.bytes() == empty_bytes + 72);
    if (i + 1 == 10) CHECK(tree.bytes() == empty_bytes + 264);
    if (i + 1 == 11) CHECK(tree.bytes() == empty_bytes + 296);
  }
  CHECK(tree.size() == 100);
  CHECK(tree.bytes() == empty_bytes + 2568);
}

TEST_CASE("a tree of ids weighs what a tracked key's readers do") {
  RadixTree tree(quantum_16, RadixTree::Values::none);
  for (std::uint64_t number = 1; number <= 10; ++number) {
    CHECK(tree.insert(id(number)));
    CHECK_FALSE(tree.insert(id(number)));
    if (number == 1) CHECK(tree.bytes() == 72);
    if (number == 2) CHECK(tree.bytes() == 144);
    if (number == 3) CHECK(tree.bytes() == 184);
  }
  CHECK(tree.bytes() == 528);
}

TEST_CASE("the order in which keys come does not change what they weigh") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    std::vector<std::string> keys = words(random, 1 + random.below(60));
    RadixTree one(quantum_16, RadixTree::Values::pointers);
    for (const std::string& key : keys) CHECK(one.insert(key));
    std::sort(keys.begin(), keys.end());
    RadixTree other(quantum_16, RadixTree::Values::pointers);
    for (const std::string& key : keys) CHECK(other.insert(key));
    INFO("seed " << seed);
    CHECK(one.bytes() == other.bytes());
  }
}

TEST_CASE("what comes and goes leaves nothing but the root's room") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    RadixTree tree(quantum_8, RadixTree::Values::pointers);
    const std::vector<std::string> keys = words(random, 80);
    std::vector<bool> held(keys.size(), false);
    for (int i = 0; i < 500; ++i) {
      const std::size_t at = random.below(keys.size());
      CHECK((held[at] ? tree.erase(keys[at]) : tree.insert(keys[at])));
      held[at] = !held[at];
    }
    for (std::size_t i = 0; i < keys.size(); ++i) CHECK(tree.erase(keys[i]) == held[i]);
    INFO("seed " << seed);
    CHECK(tree.size() == 0);
    CHECK(tree.bytes() >= empty_bytes);
    CHECK(tree.bytes() <= empty_bytes + 32);
  }
}
