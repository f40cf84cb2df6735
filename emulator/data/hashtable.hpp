// Valkey 8.1's hash table (hashtable.c): 64-byte buckets of seven entries, chained when full, grown
// and shrunk step by step. Which keys a sample meets follows from this layout, and memory from its
// growth, so both are reproduced; the code is our own.
//
// Always holds: an item is in table 0 unless its bucket index there is below `rehash_index_`, then
// in table 1. A chained bucket uses its seventh slot for the pointer to its child.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "base/prefetch.hpp"
#include "base/random.hpp"
#include "data/table_core.hpp"
#include "data/table_shape.hpp"

namespace outlive {

// `Policy` says what the items are:
//   using Item = T*;
//   std::string_view key(Item) const;            the text it is found by
//   std::uint64_t hash(std::string_view) const;  seeded; low bits choose the bucket, the top byte is kept
//   std::uint64_t hash_of(Item) const;           optional: the same of an item that remembers it
//   bool may_resize(std::size_t bytes) const;    false: stay as you are (full memory)
//   std::size_t rehash_note;                     bytes allocated while a rehash is under way
template <class Policy>
class Hashtable : public TableCore<Policy> {
  using Core = TableCore<Policy>;
  using Core::hash_of;
  using Core::ledger_;
  using Core::note;
  using Core::pauses_;
  using Core::policy_;
  using Core::rehash_index_;
  using Core::used_;

 public:
  using typename Core::Item;
  using Core::rehashing;
  using Core::size;

  static constexpr int slots_per_bucket = 7;
  static constexpr std::size_t bucket_bytes = 64;

  using Core::Core;
  ~Hashtable() {
    clear([](Item) {});
  }

  std::size_t buckets(int table) const { return count(exponent_[table]); }
  std::size_t children(int table) const { return children_[table]; }
  // Bytes of the tables and chained buckets, without the head.
  std::size_t table_bytes() const {
    return bucket_bytes * (buckets(0) + buckets(1) + children_[0] + children_[1]);
  }
  // All that the ledger was charged, but for a rehash under way.
  std::size_t charged_bytes() const { return table_bytes(); }

  // Where the item with this key is kept, or null. Moves a rehash on by a step, as every look-up of
  // Valkey's does. The place is good until the table changes.
  Item* find(std::string_view key, std::uint64_t hash) {
    if (size() == 0) return nullptr;
    step_if_rehashing();
    const Place place = locate(key, hash);
    return place.bucket ? &place.bucket->slots[place.slot] : nullptr;
  }
  Item* find(std::string_view key) { return find(key, policy_.hash(key)); }
  // The same, but nothing moves.
  Item* peek(std::string_view key, std::uint64_t hash) const {
    const Place place = locate(key, hash);
    return place.bucket ? &place.bucket->slots[place.slot] : nullptr;
  }
  // A look-up of Valkey's that only moves a rehash on, for we know what it would find.
  void nudge(std::uint64_t) {
    if (rehash_index_ >= 0 && size() > 0) step_if_rehashing();
  }

  // Adds an item whose key is known to be absent, with a look-up of its own, as Valkey does where it
  // adds to a database. The table grows first when it is full.
  void insert(Item item, std::uint64_t hash) {
    step_if_rehashing();
    insert_missed(item, hash);
  }
  // Adds an item that a find() just missed: one look-up for both (hashtableFindPositionForInsert).
  void insert_missed(Item item, std::uint64_t hash) {
    expand_if_needed();
    const auto [bucket, slot] = place_for(hash);
    fill(*bucket, slot, item, top_byte(hash));
    ++used_[rehashing() ? 1 : 0];
  }

  // Removes the item with this key; returns it, or null.
  Item erase(std::string_view key, std::uint64_t hash) {
    if (size() == 0) return nullptr;
    step_if_rehashing();
    const Place place = locate(key, hash);
    if (!place.bucket) return nullptr;
    const Item item = place.bucket->slots[place.slot];
    clear_place(place);
    return item;
  }
  // The same for an item that is there.
  void erase_item(Item item, std::uint64_t hash) {
    step_if_rehashing();
    clear_place(locate(hash, [item](Item other) { return other == item; }));
  }

  // Fetches the bucket of a hash into the cache; then names the items that it might be the hash of.
  void prefetch_bucket(std::uint64_t hash) const {
    for (int table = 0; table <= 1; ++table) {
      if (used_[table]) prefetch(&tables_[table][hash & mask(table)]);
    }
  }
  template <class Visit>
  void each_likely(std::uint64_t hash, Visit&& visit) const {
    for (int table = 0; table <= 1; ++table) {
      if (!used_[table]) continue;
      const Bucket& bucket = tables_[table][hash & mask(table)];
      for (unsigned hits = bucket.matches(top_byte(hash)); hits; hits &= hits - 1) {
        visit(bucket.slots[std::countr_zero(hits)]);
      }
    }
  }

  // Fetches the buckets that a scan from here on begins with; then names up to `wanted` of what is
  // in them, children apart.
  static constexpr std::size_t buckets_ahead = 2;
  void prefetch_scan(std::size_t cursor) const {
    if (!used_[0]) return;
    for (std::size_t i = 0; i < buckets_ahead; ++i, cursor = next_cursor(cursor, mask(0))) {
      prefetch(&tables_[0][cursor & mask(0)]);
    }
  }
  template <class Visit>
  void each_ahead(std::size_t cursor, std::size_t wanted, Visit&& visit) const {
    if (!used_[0]) return;
    for (std::size_t i = 0; i < buckets_ahead; ++i, cursor = next_cursor(cursor, mask(0))) {
      const Bucket& bucket = tables_[0][cursor & mask(0)];
      for (unsigned slots = bucket.presence(); slots; slots &= slots - 1) {
        if (wanted-- == 0) return;
        visit(bucket.slots[std::countr_zero(slots)]);
      }
    }
  }

  // SCAN's step: calls visit(item) for the bucket(s) the cursor names and returns the next cursor,
  // 0 at the end. Every item present from the first step to the last is visited at least once,
  // whatever the table does in between. visit() may remove the item that it is given.
  template <class Visit>
  std::size_t scan(std::size_t cursor, Visit&& visit) {
    if (size() == 0) return 0;
    ++pauses_;
    if (!rehashing()) {
      // Holes that visit() makes here stay in 8.1.1; only a scan during a rehash closes them.
      const std::size_t used_before = used_[0];
      visit_chain(0, cursor & mask(0), visit);
      if (used_[0] < used_before && hurried()) compact(0, cursor & mask(0));
      cursor = next_cursor(cursor, mask(0));
    } else {
      const int small = exponent_[0] <= exponent_[1] ? 0 : 1;
      const int large = 1 - small;
      visit_if_unmoved(small, cursor & mask(small), visit);
      do {
        visit_if_unmoved(large, cursor & mask(large), visit);
        cursor = next_cursor(cursor, mask(large));
      } while (cursor & (mask(small) ^ mask(large)));
    }
    --pauses_;
    shrink_after_pause();
    return cursor;
  }

  // How many items a step of a scan would visit. Not while rehashing.
  std::size_t count_at(std::size_t cursor) const {
    std::size_t items = 0;
    for (const Bucket* bucket = &tables_[0][cursor & mask(0)]; bucket; bucket = bucket->child()) {
      items += static_cast<std::size_t>(std::popcount(bucket->presence()));
    }
    return items;
  }

  // Up to `count` items met from a random place onward: runs of neighbouring buckets, so not
  // independent, exactly as eviction samples. Returns how many are in `out`.
  std::size_t sample(Random& random, Item* out, std::size_t wanted) {
    if (wanted > size()) wanted = size();
    std::size_t seen = 0;
    std::size_t cursor = random.next();
    while (seen < wanted) {
      cursor = scan(cursor, [&](Item item) {
        if (seen < wanted) {
          out[seen++] = item;
          return;
        }
        // More than wanted in a long chain: reservoir sampling (hashtable.c, sampleEntriesScanFn).
        const std::uint64_t at = random.below(++seen);
        if (at < wanted) out[at] = item;
      });
    }
    step_if_rehashing();
    return seen < wanted ? seen : wanted;
  }

  // One item, quickly (samples 7) or more evenly (samples 280). The table must not be empty.
  Item random_item(Random& random) { return pick<slots_per_bucket>(random); }
  Item fair_random_item(Random& random) {
    return hurried() ? pick<slots_per_bucket * 10>(random) : pick<slots_per_bucket * 40>(random);
  }

  // Calls visit(item) for every item, in table order. The table must not change meanwhile.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (int table = 0; table <= 1; ++table) {
      for (std::size_t i = 0; i < buckets(table); ++i) {
        for (const Bucket* bucket = &tables_[table][i]; bucket; bucket = bucket->child()) {
          for (unsigned hits = bucket->presence(); hits; hits &= hits - 1) {
            visit(bucket->slots[std::countr_zero(hits)]);
          }
        }
      }
    }
  }

  // Gives every item to `dispose` and frees the tables; a rehash is forgotten.
  template <class Dispose>
  void clear(Dispose&& dispose) {
    for (int table = 0; table <= 1; ++table) {
      for (std::size_t i = 0; i < buckets(table); ++i) {
        Bucket* first = &tables_[table][i];
        for (Bucket* bucket = first; bucket;) {
          for (unsigned hits = bucket->presence(); hits; hits &= hits - 1) {
            dispose(bucket->slots[std::countr_zero(hits)]);
          }
          Bucket* next = bucket->child();
          if (bucket != first) free_child(bucket, table);
          bucket = next;
        }
      }
      drop_table(table);
    }
    if (rehashing()) note(-1);
    rehash_index_ = -1;
  }

  // Makes room for `capacity` items at once (hashtableExpand).
  bool expand(std::size_t capacity) {
    if (hurried() && rehashing()) return false;
    return capacity >= size() && resize(capacity);
  }
  bool expand_if_needed() {
    if (hurried() && rehashing()) return turn_round_if_needed();
    const std::size_t wanted = size() + 1;
    const std::size_t capacity = buckets(rehashing() ? 1 : 0) * slots_per_bucket;
    return wanted > capacity && resize(wanted);
  }
  // Shrinks at a fill of at most 13 % (MIN_FILL_PERCENT_SOFT).
  bool shrink_if_needed() {
    if (rehashing() || shrink_holds_ > 0 || (pauses_ > 0 && hurried())) return false;
    if (used_[0] * 100 > buckets(0) * slots_per_bucket * 13) return false;
    return resize(used_[0]);
  }
  // While it is held a table does not shrink; at the end of it, it may.
  void hold_shrinking(bool hold) {
    shrink_holds_ += hold ? 1 : -1;
    shrink_after_pause();
  }
  // The cron's look: an emptied table, which has no bucket, gets its first (kvstore.c,
  // kvstoreTryResizeHashtables).
  void resize_if_needed() {
    if (!shrink_if_needed()) expand_if_needed();
  }
  // Moves up to `steps` buckets of a rehash; returns how many were moved.
  std::size_t rehash(std::size_t steps) {
    std::size_t done = 0;
    while (done < steps && rehashing() && pauses_ == 0) {
      step();
      ++done;
    }
    return done;
  }

  TableShape shape(int table) const {
    TableShape shape{.capacity = buckets(table) * slots_per_bucket,
                     .used = used_[table],
                     .buckets = buckets(table),
                     .children = children_[table]};
    for (std::size_t i = 0; i < shape.buckets; ++i) {
      std::size_t length = 0;
      for (const Bucket* b = tables_[table][i].child(); b; b = b->child()) ++length;
      shape.longest = std::max(shape.longest, length);
      ++shape.chains[std::min(length, TableShape::lengths_max - 1)];
    }
    return shape;
  }

 private:
  // Byte 0 holds bit 0 `chained` and bits 1 to 7 the presence of slots 0 to 6; bytes 1 to 7 hold the
  // top byte of each item's hash. One 8-byte load tells the candidates of a whole bucket.
  struct alignas(64) Bucket {
    std::uint8_t meta;
    std::uint8_t hashes[slots_per_bucket];
    Item slots[slots_per_bucket];

    bool chained() const { return meta & 1; }
    unsigned presence() const { return meta >> 1; }
    bool has(int slot) const { return meta & (2u << slot); }
    bool full() const { return presence() == (chained() ? 0x3fu : 0x7fu); }
    void clear(int slot) { meta = static_cast<std::uint8_t>(meta & ~(2u << slot)); }
    Bucket* child() const {
      if (!chained()) return nullptr;
      Bucket* next;
      std::memcpy(&next, &slots[slots_per_bucket - 1], sizeof next);
      return next;
    }
    void set_child(Bucket* next) {
      meta |= 1;
      std::memcpy(&slots[slots_per_bucket - 1], &next, sizeof next);
    }
    // Bit i is set when slot i is filled and may hold an item with this top byte.
    unsigned matches(std::uint8_t byte) const {
      std::uint64_t word;
      std::memcpy(&word, this, sizeof word);
      word ^= 0x0101010101010101u * byte;
      const std::uint64_t zero = (word - 0x0101010101010101u) & ~word & 0x8080808080808080u;
      // Gather the high bit of bytes 1 to 7 into bits 0 to 6.
      const auto bits = static_cast<unsigned>(((zero >> 8) * 0x0002040810204081u) >> 56);
      return bits & presence();
    }
  };
  static_assert(sizeof(Bucket) == bucket_bytes);

  struct Place {
    Bucket* bucket = nullptr;
    int slot = 0;
    int table = 0;
  };

  static std::uint8_t top_byte(std::uint64_t hash) { return static_cast<std::uint8_t>(hash >> 56); }
  static std::size_t count(int exponent) {
    return exponent < 0 ? 0 : std::size_t{1} << exponent;
  }
  std::size_t mask(int table) const { return exponent_[table] < 0 ? 0 : count(exponent_[table]) - 1; }

  // Buckets for `capacity` items: five for every 32, rounded up to a power of two, which leaves a
  // fill of at most 91.43 % (hashtable.c, nextBucketExp).
  static int exponent_for(std::size_t capacity) {
    const std::size_t least = (capacity * 5 - 1) / 32 + 1;
    return std::countr_zero(std::bit_ceil(least));
  }

  Place locate(std::string_view key, std::uint64_t hash) const {
    return locate(hash, [&](Item item) { return policy_.key(item) == key; });
  }
  template <class Wanted>
  Place locate(std::uint64_t hash, Wanted&& wanted) const {
    for (int table = 0; table <= 1; ++table) {
      if (used_[table] == 0) continue;
      const std::size_t index = hash & mask(table);
      if (table == 0 && rehash_index_ >= 0 && index < static_cast<std::size_t>(rehash_index_)) {
        continue;
      }
      for (Bucket* bucket = &tables_[table][index]; bucket; bucket = bucket->child()) {
        for (unsigned hits = bucket->matches(top_byte(hash)); hits; hits &= hits - 1) {
          const int slot = std::countr_zero(hits);
          if (wanted(bucket->slots[slot])) return {bucket, slot, table};
        }
      }
    }
    return {};
  }

  static void fill(Bucket& bucket, int slot, Item item, std::uint8_t byte) {
    bucket.slots[slot] = item;
    bucket.hashes[slot] = byte;
    bucket.meta = static_cast<std::uint8_t>(bucket.meta | (2u << slot));
  }
  static void move(Bucket& to, int to_slot, Bucket& from, int from_slot) {
    fill(to, to_slot, from.slots[from_slot], from.hashes[from_slot]);
    from.clear(from_slot);
  }

  void clear_place(const Place& place) {
    place.bucket->clear(place.slot);
    --used_[place.table];
    if (place.bucket->chained() && pauses_ == 0) fill_hole(*place.bucket, place.slot, place.table);
    shrink_if_needed();
  }

  // A free slot for an item with this hash, in the table that takes new items.
  std::pair<Bucket*, int> place_for(std::uint64_t hash) {
    const int table = rehashing() ? 1 : 0;
    Bucket* bucket = &tables_[table][hash & mask(table)];
    while (bucket->full()) {
      if (!bucket->chained()) {
        Bucket* child = new_buckets(1);
        ++children_[table];
        move(*child, 0, *bucket, slots_per_bucket - 1);
        bucket->set_child(child);
      }
      bucket = bucket->child();
    }
    return {bucket, std::countr_one(bucket->presence())};
  }

  Bucket* new_buckets(std::size_t n) {
    void* memory = std::aligned_alloc(bucket_bytes, n * bucket_bytes);
    if (!memory) throw std::bad_alloc();
    std::memset(memory, 0, n * bucket_bytes);
    ledger_->add(static_cast<std::int64_t>(n * bucket_bytes));
    return static_cast<Bucket*>(memory);
  }
  void free_child(Bucket* bucket, int table) {
    std::free(bucket);
    --children_[table];
    ledger_->add(-static_cast<std::int64_t>(bucket_bytes));
  }
  void drop_table(int table) {
    std::free(tables_[table]);
    ledger_->add(-static_cast<std::int64_t>(buckets(table) * bucket_bytes));
    tables_[table] = nullptr;
    used_[table] = 0;
    exponent_[table] = -1;
    children_[table] = 0;
  }

  // Fills the hole left in a chain with the first item of its last bucket, and frees that bucket
  // once at most one item is left in it.
  void fill_hole(Bucket& bucket, int slot, int table) {
    Bucket* before_last = &bucket;
    Bucket* last = bucket.child();
    while (last->chained()) {
      before_last = last;
      last = last->child();
    }
    if (last->presence()) move(bucket, slot, *last, std::countr_zero(last->presence()));
    if (std::popcount(last->presence()) <= 1) prune(*before_last, last, table);
  }
  void prune(Bucket& before_last, Bucket* last, int table) {
    before_last.meta = static_cast<std::uint8_t>(before_last.meta & ~1u);
    if (last->presence()) {
      move(before_last, slots_per_bucket - 1, *last, std::countr_zero(last->presence()));
    }
    free_child(last, table);
  }
  // Closes the gaps that removals left in a chain while rehashing was paused.
  void compact(int table, std::size_t index) {
    Bucket* bucket = &tables_[table][index];
    while (bucket->chained()) {
      Bucket* next = bucket->child();
      if (next->chained() && next->presence() == 0) {
        bucket->set_child(next->child());
        free_child(next, table);
        continue;
      }
      if (!next->chained() && std::popcount(next->presence()) <= 1) {
        prune(*bucket, next, table);
        return;
      }
      for (int slot = 0; slot < slots_per_bucket - 1; ++slot) {
        if (bucket->has(slot)) continue;
        fill_hole(*bucket, slot, table);
        if (!bucket->chained()) return;
      }
      bucket = next;
    }
  }

  template <class Visit>
  void visit_chain(int table, std::size_t index, Visit& visit) {
    for (Bucket* bucket = &tables_[table][index]; bucket; bucket = bucket->child()) {
      for (unsigned hits = bucket->presence(); hits; hits &= hits - 1) {
        const int slot = std::countr_zero(hits);
        if (bucket->has(slot)) visit(bucket->slots[slot]);
      }
    }
  }
  template <class Visit>
  void visit_if_unmoved(int table, std::size_t index, Visit& visit) {
    if (table == 0 && index < static_cast<std::size_t>(rehash_index_)) return;
    const std::size_t used_before = used_[table];
    visit_chain(table, index, visit);
    if (used_[table] < used_before) compact(table, index);
  }

  template <std::size_t samples>
  Item pick(Random& random) {
    Item found[samples];
    const std::size_t n = sample(random, found, samples);
    return found[random.below(n)];
  }

  bool hurried() const { return ledger_->profile().buckets == BucketHabits::hurried; }
  void shrink_after_pause() {
    if (pauses_ == 0 && hurried()) shrink_if_needed();
  }
  // A table that was shrinking, and would be overfull (500 %) at the end of it, grows again
  // (hashtable.c, abortShrinkIfNeeded).
  bool turn_round_if_needed() {
    if (exponent_[1] >= exponent_[0] || pauses_ > 0) return false;
    if (size() + 1 <= buckets(1) * slots_per_bucket * 5) return false;
    swap_tables();
    rehash_index_ = 0;
    return true;
  }

  bool resize(std::size_t capacity) {
    if (capacity == 0) capacity = 1;
    const int exponent = exponent_for(capacity);
    const int old_exponent = exponent_[rehashing() ? 1 : 0];
    if (exponent == old_exponent) return false;
    const std::size_t bytes = count(exponent) * bucket_bytes;
    // Very full tables (500 %) grow whatever memory says (MAX_FILL_PERCENT_HARD).
    const bool bursting = capacity >= count(old_exponent) * slots_per_bucket * 5;
    const bool shrinking = exponent < old_exponent && hurried();
    if (!bursting && !shrinking && !policy_.may_resize(bytes)) return false;
    if (rehashing()) {
      if (pauses_ > 0) return false;
      while (rehashing()) step();
    }
    tables_[1] = new_buckets(count(exponent));
    exponent_[1] = exponent;
    rehash_index_ = 0;
    note(1);
    // Whoever paused the rehash may be looking at a bucket of the old table.
    const bool done = hurried() ? children_[0] == 0 : pauses_ == 0;
    if (used_[0] == 0 && done) complete();
    return true;
  }

  void step_if_rehashing() {
    if (rehash_index_ >= 0 && pauses_ == 0) step();
  }
  void step() {
    if (hurried()) return hurried_step();
    move_bucket();
    if (static_cast<std::size_t>(rehash_index_) >= buckets(0)) complete();
  }
  // Shrinking, up to ten empty buckets are passed over on the way to one with something in it; done
  // when nothing is left, wherever that is.
  void hurried_step() {
    const bool shrinking = exponent_[1] < exponent_[0];
    for (int empty_left = shrinking ? 10 : 0; empty_left > 0; --empty_left) {
      const Bucket& bucket = tables_[0][rehash_index_];
      if (bucket.presence() != 0 || bucket.chained()) break;
      ++rehash_index_;
      if (used_[0] == 0 && children_[0] == 0) return complete();
      if (empty_left == 1) return;
    }
    move_bucket();
    if (used_[0] == 0 && children_[0] == 0) complete();
  }
  void move_bucket() {
    const auto index = static_cast<std::size_t>(rehash_index_);
    const bool shrinking = exponent_[1] < exponent_[0];
    Bucket* first = &tables_[0][index];
    for (Bucket* bucket = first; bucket;) {
      for (unsigned hits = bucket->presence(); hits; hits &= hits - 1) {
        const int slot = std::countr_zero(hits);
        const Item item = bucket->slots[slot];
        // Shrinking, the index itself has the low bits of the hash.
        const std::uint64_t hash = shrinking ? index : hash_of(item);
        const auto [to, to_slot] = place_for(hash);
        fill(*to, to_slot, item, bucket->hashes[slot]);
        --used_[0];
        ++used_[1];
      }
      Bucket* next = bucket->child();
      if (bucket != first) free_child(bucket, 0);
      bucket = next;
    }
    first->meta = 0;
    ++rehash_index_;
  }
  void complete() {
    note(-1);
    drop_table(0);
    swap_tables();
    rehash_index_ = -1;
  }
  void swap_tables() {
    std::swap(tables_[0], tables_[1]);
    std::swap(used_[0], used_[1]);
    std::swap(exponent_[0], exponent_[1]);
    std::swap(children_[0], children_[1]);
  }

  Bucket* tables_[2] = {nullptr, nullptr};
  std::size_t children_[2] = {0, 0};
  int exponent_[2] = {-1, -1};
  int shrink_holds_ = 0;
};

}  // namespace outlive
