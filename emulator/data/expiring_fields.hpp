// Which fields of a hash expire, in the order in which they will, and what Valkey 9's structure for
// that weighs (vset.c). One field costs nothing, up to 127 are a vector of pointers; beyond that a
// radix tree names windows of time by their ends. A window is a vector, too, which when it is full
// is split where times differ by 16 ms, or, where they don't, becomes a hash table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/hashtable.hpp"
#include "memory/footprint.hpp"
#include "memory/radix_tree.hpp"

namespace outlive {

// `Field` has `expiry_ms`, -1 for never, and `arrival`, which is ours.
template <class Field>
class ExpiringFields {
 public:
  explicit ExpiringFields(Ledger& ledger) : ledger_(&ledger) {}

  bool empty() const { return order_.empty(); }

  // The field had the time `before_ms`, and has its own now; `made_anew`: at another address.
  void update(Field* field, std::int64_t before_ms, bool made_anew) {
    const std::int64_t after_ms = field->expiry_ms;
    const bool was_in = before_ms != -1, is_in = after_ms != -1;
    if (was_in && is_in && stays(before_ms, after_ms, made_anew)) {
      if (before_ms != after_ms) reorder(field, before_ms);
      return;
    }
    if (was_in) erase(field, before_ms);
    if (is_in) insert(field);
  }
  void insert(Field* field) {
    field->arrival = ++arrivals_;
    order_.insert({{field->expiry_ms, field->arrival}, field});
    new_pair_ = order_.size() == 2;
    if (windows_.empty() && order_.size() <= vector_max) return;
    if (!windows_.empty()) return enter(field);
    for (const auto& one : order_) enter(one.second);
  }
  void erase(Field* field, std::int64_t expiry_ms) {
    order_.erase({{expiry_ms, field->arrival}, field});
    new_pair_ = false;
    if (!windows_.empty()) leave(field, expiry_ms);
  }

  // The field that expires first, and when; there must be one.
  std::pair<std::int64_t, Field*> first() const {
    return {order_.begin()->first.first, order_.begin()->second};
  }

  // Bytes of used_memory, but for those that tables charge themselves.
  std::size_t bytes() const {
    const Allocation& allocation = ledger_->allocation();
    const std::size_t n = order_.size();
    if (n <= 1) return 0;
    if (windows_.empty()) return allocation.size(vector_bytes(n));
    std::size_t sum = tree_->bytes();
    for (const auto& [end, window] : windows_) {
      if (window.table) {
        sum += allocation.size(ledger_->profile().table_head);
      } else if (window.fields.size() > 1) {
        sum += allocation.size(vector_bytes(window.fields.size()));
      }
    }
    return sum;
  }
  std::size_t table_bytes() const {
    std::size_t sum = 0;
    for (const auto& [end, window] : windows_)
      sum += window.table ? window.table->table_bytes() : 0;
    return sum;
  }
  // What MEMORY USAGE counts: of a vector that was just made, what was asked for.
  std::size_t told_bytes() const { return new_pair_ ? vector_bytes(2) : bytes() + table_bytes(); }

 private:
  static constexpr std::size_t vector_max = 127;  // VOLATILESET_VECTOR_BUCKET_MAX_SIZE
  static constexpr int short_bits = 4;            // VOLATILESET_BUCKET_INTERVAL_MIN, 16 ms
  static constexpr int long_bits = 13;            // VOLATILESET_BUCKET_INTERVAL_MAX

  struct FieldAddress {
    using Item = Field*;
    static std::string_view key(const Field* field) {
      return {reinterpret_cast<const char*>(&field->arrival), sizeof field->arrival};
    }
    static std::uint64_t hash(std::string_view key) { return hash_bytes(key, 0); }
    static bool may_resize(std::size_t) { return true; }
    static constexpr std::size_t rehash_note = 0;
  };
  struct Window {
    std::vector<Field*> fields;
    std::unique_ptr<Hashtable<FieldAddress>> table;  // instead, when there are too many
  };
  using Windows = std::map<std::int64_t, Window>;  // by the instant at which each ends

  static std::size_t vector_bytes(std::size_t n) { return sizeof(void*) * (1 + n); }
  static std::int64_t end_of(std::int64_t expiry_ms, int bits) {
    return ((expiry_ms >> bits) + 1) << bits;
  }
  static std::string name_of(std::int64_t end) {
    std::string name;
    for (int shift = 56; shift >= 0; shift -= 8) name.push_back(static_cast<char>(end >> shift));
    return name;
  }

  // Whether a field with these two times, one after the other, stays where it is (vsetUpdateEntry).
  bool stays(std::int64_t before_ms, std::int64_t after_ms, bool made_anew) const {
    if (windows_.empty()) return before_ms == after_ms;
    return !made_anew && end_of(before_ms, short_bits) == end_of(after_ms, short_bits);
  }
  void reorder(Field* field, std::int64_t before_ms) {
    order_.erase({{before_ms, field->arrival}, field});
    order_.insert({{field->expiry_ms, field->arrival}, field});
  }

  typename Windows::iterator window_of(std::int64_t expiry_ms) {
    const auto found = windows_.upper_bound(expiry_ms);
    const bool covers = found != windows_.end() && found->first <= end_of(expiry_ms, long_bits);
    return covers ? found : windows_.end();
  }
  typename Windows::iterator open(std::int64_t end) {
    if (!tree_) tree_.emplace(ledger_->allocation(), RadixTree::Values::pointers);
    tree_->insert(name_of(end));
    return windows_.try_emplace(end).first;
  }
  void close(typename Windows::iterator window) {
    tree_->erase(name_of(window->first));
    windows_.erase(window);
    if (windows_.empty()) tree_.reset();
  }

  void enter(Field* field) {
    auto at = window_of(field->expiry_ms);
    if (at == windows_.end()) at = open(end_of(field->expiry_ms, long_bits));
    Window& window = at->second;
    if (!window.table && window.fields.size() == vector_max) {
      if (divide(at)) return enter(field);
      make_table(window);
    }
    if (!window.table) return window.fields.push_back(field);
    window.table->insert(field, FieldAddress::hash(FieldAddress::key(field)));
  }

  // A full vector ends earlier than it might, or becomes two (splitBucketIfPossible).
  bool divide(typename Windows::iterator at) {
    std::vector<Field*>& fields = at->second.fields;
    std::ranges::sort(fields, {}, &Field::expiry_ms);
    const auto end = [&](std::size_t i) { return end_of(fields[i]->expiry_ms, short_bits); };
    const std::int64_t last = end(fields.size() - 1);
    if (last < at->first) {
      open(last)->second.fields = std::move(fields);
      close(at);
      return true;
    }
    if (end(0) == last) return false;
    const auto parts = [&](std::size_t i) {
      return i > 0 && i < fields.size() && end(i - 1) < end(i);
    };
    const std::size_t middle = fields.size() / 2;
    std::size_t split = middle;
    for (std::size_t off = 0;; ++off) {
      if (off <= middle && parts(split = middle - off)) break;
      if (parts(split = middle + off)) break;
    }
    std::vector<Field*> earlier(fields.begin(),
                                fields.begin() + static_cast<std::ptrdiff_t>(split));
    const std::int64_t earlier_end = end(split - 1);
    fields.erase(fields.begin(), fields.begin() + static_cast<std::ptrdiff_t>(split));
    open(earlier_end)->second.fields = std::move(earlier);
    return true;
  }

  void make_table(Window& window) {
    window.table = std::make_unique<Hashtable<FieldAddress>>(FieldAddress{}, *ledger_);
    for (Field* field : window.fields) {
      window.table->insert(field, FieldAddress::hash(FieldAddress::key(field)));
    }
    window.fields.clear();
  }

  void leave(Field* field, std::int64_t expiry_ms) {
    const auto at = window_of(expiry_ms);
    Window& window = at->second;
    if (window.table) {
      window.table->erase_item(field, FieldAddress::hash(FieldAddress::key(field)));
      if (window.table->size() == 1) {
        window.table->for_each([&](Field* last) { window.fields.push_back(last); });
        window.table.reset();
      }
    } else {
      std::erase(window.fields, field);
      if (window.fields.empty()) close(at);
    }
    if (windows_.size() != 1) return;
    const Window& only = windows_.begin()->second;
    if (!only.table && only.fields.size() < vector_max) close(windows_.begin());
  }

  Ledger* ledger_;
  // By expiry, then by arrival.
  std::set<std::pair<std::pair<std::int64_t, std::uint64_t>, Field*>> order_;
  std::uint64_t arrivals_ = 0;
  bool new_pair_ = false;
  Windows windows_;                // none while a vector does
  std::optional<RadixTree> tree_;  // of their names
};

}  // namespace outlive
