// A hash table of words, for tests of either kind of table.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "memory/ledger.hpp"

namespace outlive::test {

// Items that are words; `full` forbids the table to grow.
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
  static constexpr bool shrinks_at_once = true;
  static constexpr std::size_t entry_bytes = 24;
};
// A table of words "key:NUMBER" that it owns.
template <class Table>
class WordTable {
 public:
  using Item = typename Table::Item;
  bool full = false;
  Ledger ledger;
  Table table{Words{&full}, ledger};

  explicit WordTable(const Profile& profile = profile_default) : ledger(quantum_16, profile) {}

  void add(int number) {
    const std::string name = "key:" + std::to_string(number);
    auto& owned = words_[name] = std::make_unique<std::string>(name);
    table.insert(owned.get(), table.policy().hash(name));
  }
  void add(int first, int last) {
    for (int i = first; i < last; ++i) add(i);
  }
  bool has(int number) {
    const std::string name = "key:" + std::to_string(number);
    return table.find(name, table.policy().hash(name)) != nullptr;
  }
  void remove(int number) {
    const std::string name = "key:" + std::to_string(number);
    REQUIRE(table.erase(name, table.policy().hash(name)));
    words_.erase(name);
  }
  void settle() { table.rehash(1u << 20); }

 private:
  std::map<std::string, std::unique_ptr<std::string>> words_;
};

}  // namespace outlive::test
