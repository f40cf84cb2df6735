// The dictionary of Valkey up to 8.0 (dict.c): a power of two of buckets, each a chain of entries,
// doubled when there is an entry a bucket, halved when seven in eight would be free, moved from the
// old table to the new one a bucket at a time. It has the face of Hashtable, which took its place
// in 8.1; which keys a sample meets, and what growth costs, are its own.
//
// Always holds: an item is in table 0 unless its bucket there is below `rehash_index_` or was moved
// out of turn, then it is in table 1. A chain begins with the item that came last.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/prefetch.hpp"
#include "base/random.hpp"
#include "data/table_core.hpp"
#include "data/table_shape.hpp"
#include "memory/footprint.hpp"

namespace outlive {

// `Policy` as for Hashtable, and
//   std::size_t entry_bytes;   what the table's own entry takes for an item, as asked of the
//                              allocator; 0 if the item's weight tells it
//   bool may_resize(std::size_t bytes) is only asked while there are less than 1.618 items a bucket
template <class Policy>
class ChainedTable : public TableCore<Policy> {
  using Core = TableCore<Policy>;
  using Core::hash_of;
  using Core::ledger_;
  using Core::note;
  using Core::pauses_;
  using Core::policy_;
  using Core::rehash_index_;
  using Core::used_;

 public:
  using Core::rehashing;
  using Core::size;
  using typename Core::Item;

  static constexpr std::size_t bucket_bytes = sizeof(void*);
  static constexpr std::size_t head_bytes = footprint::dict_head;  // without metadata

  using Core::Core;
  ~ChainedTable() {
    clear([](Item) {});
  }

  std::size_t buckets(int table) const { return tables_[table].size(); }
  std::size_t table_bytes() const { return bucket_bytes * (buckets(0) + buckets(1)); }

  // The same and the entries: all that the ledger was charged, but for a rehash under way.
  std::size_t charged_bytes() const {
    return table_bytes() + size() * static_cast<std::size_t>(charge());
  }

  Item* find(std::string_view key, std::uint64_t hash) {
    if (size() == 0) return nullptr;
    step_near(hash);
    return peek(key, hash);
  }
  Item* peek(std::string_view key, std::uint64_t hash) const {
    Node* const* link = locate(hash, [&](Item item) { return policy_.key(item) == key; }).link;
    return link ? &(*link)->item : nullptr;
  }
  void nudge(std::uint64_t hash) {
    if (size() > 0) step_near(hash);
  }

  void insert(Item item, std::uint64_t hash) {
    step_near(hash);
    insert_missed(item, hash);
  }
  void insert_missed(Item item, std::uint64_t hash) {
    expand_if_needed();
    place(item, hash);
  }

  Item erase(std::string_view key, std::uint64_t hash) {
    if (size() == 0) return nullptr;
    step_near(hash);
    const Place found = locate(hash, [&](Item item) { return policy_.key(item) == key; });
    if (!found.link) return nullptr;
    const Item item = (*found.link)->item;
    unlink(found);
    return item;
  }
  void erase_item(Item item, std::uint64_t hash) {
    step_near(hash);
    unlink(locate(hash, [item](Item other) { return other == item; }));
  }
  // Redis 7.0 looks for its place once more (dict.c, dictAdd).
  void insert_after_find(Item item, std::uint64_t hash) {
    calm() ? insert(item, hash) : insert_missed(item, hash);
  }

  void prefetch_bucket(std::uint64_t hash) const {
    for (int table = 0; table <= 1; ++table) {
      if (used_[table]) prefetch(&tables_[table][hash & mask(table)]);
    }
  }
  template <class Visit>
  void each_likely(std::uint64_t hash, Visit&& visit) const {
    for (int table = 0; table <= 1; ++table) {
      if (!used_[table]) continue;
      if (const Node* first = tables_[table][hash & mask(table)]) visit(first->item);
    }
  }

  void prefetch_scan(std::size_t cursor) const {
    if (used_[0]) prefetch(&tables_[0][cursor & mask(0)]);
  }
  template <class Visit>
  void each_ahead(std::size_t cursor, std::size_t, Visit&& visit) const {
    if (!used_[0]) return;
    if (const Node* first = tables_[0][cursor & mask(0)]) visit(first->item);
  }

  // SCAN's step, with the promise that Hashtable::scan makes (dict.c, dictScan).
  template <class Visit>
  std::size_t scan(std::size_t cursor, Visit&& visit) {
    if (size() == 0) return 0;
    ++pauses_;
    if (!rehashing()) {
      const std::size_t bits = mask(0);
      visit_chain(0, cursor & bits, visit);
      cursor = next_cursor(cursor, bits);
    } else {
      const int small = buckets(0) <= buckets(1) ? 0 : 1;
      const std::size_t small_bits = mask(small);
      const std::size_t large_bits = mask(1 - small);
      visit_chain(small, cursor & small_bits, visit);
      do {
        visit_chain(1 - small, cursor & large_bits, visit);
        cursor = next_cursor(cursor, large_bits);
      } while (cursor & (small_bits ^ large_bits));
    }
    --pauses_;
    return cursor;
  }
  std::size_t count_at(std::size_t cursor) const { return length(tables_[0][cursor & mask(0)]); }

  // A few items from a random bucket onward; fewer than wanted where little is found in a while
  // (dict.c, dictGetSomeKeys).
  std::size_t sample(Random& random, Item* out, std::size_t wanted) {
    wanted = std::min(wanted, size());
    for (std::size_t i = 0; i < wanted && rehashing(); ++i) step();
    const int tables = rehashing() ? 2 : 1;
    const std::size_t bits = std::max(mask(0), tables == 2 ? mask(1) : 0);
    std::size_t at = random.next() & bits;
    std::size_t seen = 0;
    std::size_t empty_run = 0;
    for (std::size_t steps = wanted * 10; seen < wanted && steps > 0; --steps) {
      for (int table = 0; table < tables; ++table) {
        if (tables == 2 && table == 0 && at < static_cast<std::size_t>(rehash_index_)) {
          // Nothing is left below the index; beyond the new table there is nothing at all.
          if (at < buckets(1)) continue;
          at = static_cast<std::size_t>(rehash_index_);
        }
        if (at >= buckets(table)) continue;
        const Node* node = tables_[table][at];
        if (!node) {
          if (++empty_run >= 5 && empty_run > wanted) {
            at = random.next() & bits;
            empty_run = 0;
          }
          continue;
        }
        empty_run = 0;
        for (; node; node = node->next, ++seen) {
          if (seen < wanted) {
            out[seen] = node->item;
          } else if (const std::uint64_t other = random.below(seen + 1); other < wanted) {
            out[other] = node->item;
          }
        }
        if (seen >= wanted) return wanted;
      }
      at = (at + 1) & bits;
    }
    return std::min(seen, wanted);
  }

  // A random bucket that is not empty, and one of its items (dictGetRandomKey). There must be one.
  Item random_item(Random& random) {
    if (rehashing()) step();
    const Node* node = nullptr;
    while (!node) {
      if (rehashing()) {
        const auto moved = static_cast<std::size_t>(rehash_index_);
        const std::size_t at = moved + random.below(buckets(0) + buckets(1) - moved);
        node = at < buckets(0) ? tables_[0][at] : tables_[1][at - buckets(0)];
      } else {
        node = tables_[0][random.next() & mask(0)];
      }
    }
    for (std::uint64_t skip = random.below(length(node)); skip > 0; --skip) node = node->next;
    return node->item;
  }
  // One of a run of fifteen, so that long chains count less (dictGetFairRandomKey).
  Item fair_random_item(Random& random) {
    constexpr std::size_t run = 15;
    Item found[run];
    const std::size_t n = sample(random, found, run);
    return n == 0 ? random_item(random) : found[random.below(n)];
  }

  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto& table : tables_) {
      for (const Node* node : table) {
        for (; node; node = node->next) visit(node->item);
      }
    }
  }

  template <class Dispose>
  void clear(Dispose&& dispose) {
    if (rehashing()) note(-1);
    rehash_index_ = -1;
    for (int table = 0; table <= 1; ++table) {
      for (Node* node : tables_[table]) {
        while (node) {
          const std::unique_ptr<Node> gone(node);
          node = node->next;
          dispose(gone->item);
        }
      }
      ledger_->add(-charge() * static_cast<std::int64_t>(used_[table]));
      used_[table] = 0;
      drop_table(table);
    }
  }

  bool expand(std::size_t capacity) {
    return !rehashing() && capacity >= size() && capacity > buckets(0) && resize(capacity);
  }
  bool expand_if_needed() {
    if (rehashing()) return false;
    if (buckets(0) == 0) return resize(buckets_min);
    return used_[0] >= buckets(0) && may_resize(used_[0] + 1) && resize(used_[0] + 1);
  }
  bool shrink_if_needed() {
    if (rehashing() || buckets(0) <= buckets_min) return false;
    return nearly_empty() && (calm() || may_resize(used_[0])) && resize(used_[0]);
  }
  // The cron's look: small tables are left alone (kvstore.c, kvstoreTryResizeDicts).
  void resize_if_needed() {
    if (rehashing() || buckets(0) <= buckets_min) return;
    if (nearly_empty()) {
      shrink_if_needed();
    } else if (!calm()) {
      expand_if_needed();
    }
  }
  std::size_t rehash(std::size_t steps) {
    std::size_t done = 0;
    while (done < steps && rehashing() && pauses_ == 0) {
      step();
      ++done;
    }
    return done;
  }

  TableShape shape(int table) const {
    TableShape shape{.capacity = buckets(table), .used = used_[table]};
    for (const Node* node : tables_[table]) {
      const std::size_t items = length(node);
      shape.buckets += items > 0;
      shape.longest = std::max(shape.longest, items);
      ++shape.chains[std::min(items, TableShape::lengths_max - 1)];
    }
    return shape;
  }

 private:
  struct Node {
    Item item;
    Node* next;
  };
  // Whatever points to a node of table `table`.
  struct Place {
    Node** link = nullptr;
    int table = 0;
  };
  static constexpr std::size_t buckets_min = 4;  // DICT_HT_INITIAL_SIZE

  std::size_t mask(int table) const { return tables_[table].empty() ? 0 : buckets(table) - 1; }
  static std::size_t length(const Node* node) {
    std::size_t items = 0;
    for (; node; node = node->next) ++items;
    return items;
  }
  std::int64_t charge() const {
    return policy_.entry_bytes == 0 ? 0 : ledger_->block(policy_.entry_bytes);
  }

  template <class Wanted>
  Place locate(std::uint64_t hash, Wanted&& wanted) const {
    for (int table = 0; table <= 1; ++table) {
      if (used_[table] == 0) continue;
      Node** link = const_cast<Node**>(&tables_[table][hash & mask(table)]);
      for (; *link; link = &(*link)->next) {
        if (wanted((*link)->item)) return {link, table};
      }
    }
    return {};
  }
  void place(Item item, std::uint64_t hash) {
    const int table = rehashing() ? 1 : 0;
    Node*& first = tables_[table][hash & mask(table)];
    first = new Node{item, first};
    ++used_[table];
    ledger_->add(charge());
  }
  void unlink(const Place& found) {
    const std::unique_ptr<Node> gone(*found.link);
    *found.link = gone->next;
    --used_[found.table];
    ledger_->add(-charge());
    if (Policy::shrinks_at_once || !calm()) shrink_if_needed();
  }

  template <class Visit>
  void visit_chain(int table, std::size_t index, Visit& visit) {
    for (Node* node = tables_[table][index]; node;) {
      Node* next = node->next;
      visit(node->item);
      node = next;
    }
  }

  bool calm() const { return ledger_->profile().chains == ChainHabits::calm; }

  // At most one item for eight buckets, or less than a tenth (HASHTABLE_MIN_FILL).
  bool nearly_empty() const {
    constexpr std::size_t fill_min = 8;
    constexpr std::size_t fill_min_calm = 10;
    return calm() ? used_[0] * fill_min_calm < buckets(0) : used_[0] * fill_min <= buckets(0);
  }
  bool may_resize(std::size_t capacity) const {
    constexpr double load_max =
        1.618;  // HASHTABLE_MAX_LOAD_FACTOR: then it grows whatever it costs
    const double load = static_cast<double>(used_[0]) / static_cast<double>(buckets(0));
    return load > load_max || policy_.may_resize(bucket_bytes * buckets_for(capacity));
  }
  static std::size_t buckets_for(std::size_t capacity) {
    return std::max(buckets_min, std::bit_ceil(capacity));
  }
  bool resize(std::size_t capacity) {
    const std::size_t wanted = buckets_for(capacity);
    if (wanted == buckets(0)) return false;
    tables_[1].assign(wanted, nullptr);
    ledger_->add(ledger_->block(wanted * bucket_bytes));
    rehash_index_ = 0;
    note(1);
    if (buckets(0) == 0 || (used_[0] == 0 && !calm())) complete();
    return true;
  }

  // A look-up moves the bucket that it looks at, or else the next one (dict.c, dictFind).
  void step_near(std::uint64_t hash) {
    if (!rehashing() || pauses_ > 0) return;
    const std::size_t index = hash & mask(0);
    if (calm() || index < static_cast<std::size_t>(rehash_index_) || !tables_[0][index]) {
      return step();
    }
    move_bucket(index);
    if (used_[0] == 0) complete();
  }
  // Moves the next bucket, but passes at most ten empty ones (dict.c, dictRehash).
  void step() {
    if (pauses_ > 0) return;
    constexpr int empty_max = 10;
    if (used_[0] > 0) {
      for (int passed = 0; !tables_[0][static_cast<std::size_t>(rehash_index_)];) {
        ++rehash_index_;
        if (++passed == empty_max) return;
      }
      move_bucket(static_cast<std::size_t>(rehash_index_++));
    }
    if (used_[0] == 0) complete();
  }
  void move_bucket(std::size_t index) {
    for (Node* node = std::exchange(tables_[0][index], nullptr); node;) {
      Node* const next = node->next;
      Node*& first = tables_[1][hash_of(node->item) & mask(1)];
      node->next = first;
      first = node;
      --used_[0];
      ++used_[1];
      node = next;
    }
  }
  void complete() {
    note(-1);
    drop_table(0);
    std::swap(tables_[0], tables_[1]);
    std::swap(used_[0], used_[1]);
    rehash_index_ = -1;
  }
  void drop_table(int table) {
    if (!tables_[table].empty()) ledger_->add(-ledger_->block(buckets(table) * bucket_bytes));
    tables_[table] = {};
  }

  std::vector<Node*> tables_[2];
};

}  // namespace outlive
