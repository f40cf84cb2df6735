// Which fields of a hash expire, in the order in which they will, and what Valkey 9's structure for
// that weighs (vset.c): nothing for one, a vector of pointers up to 127, beyond that a radix tree of
// time windows with a vector each, whose weight is estimated.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "memory/allocation.hpp"

namespace outlive {

template <class Field>
class ExpiringFields {
 public:
  bool empty() const { return order_.empty(); }
  std::size_t size() const { return order_.size(); }

  void insert(Field* field, std::int64_t expiry_ms) {
    field->arrival = ++arrivals_;
    order_.insert({{expiry_ms, field->arrival}, field});
    if (order_.size() > vector_max) windows_ = true;
  }
  void erase(Field* field, std::int64_t expiry_ms) {
    order_.erase({{expiry_ms, field->arrival}, field});
    if (order_.size() < vector_max) windows_ = false;
  }
  void clear() { *this = {}; }

  // The field that expires first, and when; there must be one.
  std::pair<std::int64_t, Field*> first() const {
    return {order_.begin()->first.first, order_.begin()->second};
  }

  std::size_t bytes(const Allocation& allocation) const {
    constexpr std::size_t pointer = 8, head = 8;
    const std::size_t n = order_.size();
    if (n <= 1) return 0;
    if (!windows_) return allocation.size(head + n * pointer);
    // Vectors between half full and full, each with its key of eight bytes in the tree.
    constexpr std::size_t fields_a_window = 96, tree_a_window = 48;
    return n * pointer + (n / fields_a_window + 1) * tree_a_window;
  }

 private:
  static constexpr std::size_t vector_max = 127;  // VOLATILESET_VECTOR_BUCKET_MAX_SIZE

  // By expiry, then by arrival.
  std::set<std::pair<std::pair<std::int64_t, std::uint64_t>, Field*>> order_;
  std::uint64_t arrivals_ = 0;
  bool windows_ = false;
};

}  // namespace outlive
