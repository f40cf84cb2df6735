// The hash table of a profile: 8.1's, or the dictionary that was there before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "data/chained_table.hpp"
#include "data/hashtable.hpp"

namespace outlive {

// One face for both; what each member does is told there. The ledger's profile chooses, for good.
template <class Policy>
class Table {
 public:
  using Item = typename Policy::Item;

  Table(Policy policy, Ledger& ledger) : bucketed_(policy, ledger) {
    if (ledger.profile().tables == TableKind::chains) chained_.emplace(policy, ledger);
  }

  // Bytes of an empty table of this profile.
  static std::size_t head_bytes(const Profile& profile) {
    return profile.tables == TableKind::chains ? ChainedTable<Policy>::head_bytes
                                               : profile.table_head;
  }

  std::size_t size() const {
    return on([](const auto& table) { return table.size(); });
  }
  bool empty() const { return size() == 0; }
  bool rehashing() const {
    return on([](const auto& table) { return table.rehashing(); });
  }
  std::size_t buckets(int half) const {
    return on([&](const auto& table) { return table.buckets(half); });
  }
  // Bytes of one of the two halves, chained buckets apart.
  std::size_t bytes_of(int half) const {
    return on([&](const auto& table) { return table.buckets(half) * table.bucket_bytes; });
  }
  std::size_t table_bytes() const {
    return on([](const auto& table) { return table.table_bytes(); });
  }
  std::size_t charged_bytes() const {
    return on([](const auto& table) { return table.charged_bytes(); });
  }
  std::uint64_t hash(std::string_view key) const { return bucketed_.policy().hash(key); }

  Item* find(std::string_view key, std::uint64_t hash) {
    return on([&](auto& table) { return table.find(key, hash); });
  }
  Item* find(std::string_view key) { return find(key, hash(key)); }
  Item* peek(std::string_view key, std::uint64_t hash) const {
    return on([&](const auto& table) { return table.peek(key, hash); });
  }
  void nudge(std::uint64_t hash) {
    on([&](auto& table) { table.nudge(hash); });
  }
  // A look-up that only versions with chained tables need.
  void nudge_chained(std::uint64_t hash) {
    if (chained_) chained_->nudge(hash);
  }
  void insert(Item item, std::uint64_t hash) {
    on([&](auto& table) { table.insert(item, hash); });
  }
  void insert_missed(Item item, std::uint64_t hash) {
    on([&](auto& table) { table.insert_missed(item, hash); });
  }
  void insert_after_find(Item item, std::uint64_t hash) {
    chained_ ? chained_->insert_after_find(item, hash) : bucketed_.insert_missed(item, hash);
  }
  Item erase(std::string_view key, std::uint64_t hash) {
    return on([&](auto& table) { return table.erase(key, hash); });
  }
  void erase_item(Item item, std::uint64_t hash) {
    on([&](auto& table) { table.erase_item(item, hash); });
  }
  void prefetch_bucket(std::uint64_t hash) const {
    on([&](const auto& table) { table.prefetch_bucket(hash); });
  }
  template <class Visit>
  void each_likely(std::uint64_t hash, Visit&& visit) const {
    on([&](const auto& table) { table.each_likely(hash, visit); });
  }
  void prefetch_scan(std::size_t cursor) const {
    on([&](const auto& table) { table.prefetch_scan(cursor); });
  }
  template <class Visit>
  void each_ahead(std::size_t cursor, std::size_t wanted, Visit&& visit) const {
    on([&](const auto& table) { table.each_ahead(cursor, wanted, visit); });
  }
  template <class Visit>
  std::size_t scan(std::size_t cursor, Visit&& visit) {
    return on([&](auto& table) { return table.scan(cursor, visit); });
  }
  std::size_t count_at(std::size_t cursor) const {
    return on([&](const auto& table) { return table.count_at(cursor); });
  }
  std::size_t sample(Random& random, Item* out, std::size_t wanted) {
    return on([&](auto& table) { return table.sample(random, out, wanted); });
  }
  Item random_item(Random& random) {
    return on([&](auto& table) { return table.random_item(random); });
  }
  Item fair_random_item(Random& random) {
    return on([&](auto& table) { return table.fair_random_item(random); });
  }
  template <class Visit>
  void for_each(Visit&& visit) const {
    on([&](const auto& table) { table.for_each(visit); });
  }
  template <class Dispose>
  void clear(Dispose&& dispose) {
    on([&](auto& table) { table.clear(dispose); });
  }
  bool expand(std::size_t capacity) {
    return on([&](auto& table) { return table.expand(capacity); });
  }
  void hold_shrinking(bool hold) {
    if (!chained_) bucketed_.hold_shrinking(hold);
  }
  void resize_if_needed() {
    on([](auto& table) { table.resize_if_needed(); });
  }
  std::size_t rehash(std::size_t steps) {
    return on([&](auto& table) { return table.rehash(steps); });
  }
  TableShape shape(int half) const {
    return on([&](const auto& table) { return table.shape(half); });
  }

 private:
  template <class Do>
  decltype(auto) on(Do&& run) {
    if (chained_) [[unlikely]]
      return run(*chained_);
    return run(bucketed_);
  }
  template <class Do>
  decltype(auto) on(Do&& run) const {
    if (chained_) [[unlikely]]
      return run(*chained_);
    return run(bucketed_);
  }

  Hashtable<Policy> bucketed_;
  std::optional<ChainedTable<Policy>> chained_;
};

}  // namespace outlive
