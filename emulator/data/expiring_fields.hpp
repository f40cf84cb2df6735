// Which fields of a hash expire, in the order in which they will, and what Valkey 9's structure for
// that weighs (vset.c): nothing for one, a vector of pointers up to 127. Beyond that it is a radix
// tree of time windows, each with a vector that is split where times differ by 16 ms, or, where
// they don't, a hash table; that is estimated, to some percent of it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "memory/allocation.hpp"
#include "memory/footprint.hpp"

namespace outlive {

template <class Field>
class ExpiringFields {
 public:
  bool empty() const { return order_.empty(); }
  std::size_t size() const { return order_.size(); }

  void insert(Field* field, std::int64_t expiry_ms) {
    field->arrival = ++arrivals_;
    order_.insert({{expiry_ms, field->arrival}, field});
    count(expiry_ms, 1);
    new_pair_ = order_.size() == 2;
    if (order_.size() > vector_max) windows_ = true;
  }
  void erase(Field* field, std::int64_t expiry_ms) {
    order_.erase({{expiry_ms, field->arrival}, field});
    count(expiry_ms, -1);
    new_pair_ = false;
    if (order_.size() < vector_max) windows_ = false;
  }

  // The field that expires first, and when; there must be one.
  std::pair<std::int64_t, Field*> first() const {
    return {order_.begin()->first.first, order_.begin()->second};
  }

  // Bytes of used_memory.
  std::size_t bytes(const Allocation& allocation, std::size_t table_head) const {
    const std::size_t n = order_.size();
    if (n <= 1) return 0;
    return windows_ ? windows_bytes(allocation, table_head) : allocation.size(vector_bytes(n));
  }
  // What MEMORY USAGE counts: of a vector that was just made, what was asked for.
  std::size_t told_bytes(const Allocation& allocation, std::size_t table_head) const {
    return new_pair_ ? vector_bytes(2) : bytes(allocation, table_head);
  }

 private:
  static constexpr std::size_t vector_max = 127;  // VOLATILESET_VECTOR_BUCKET_MAX_SIZE
  static constexpr int window_bits = 4;           // VOLATILESET_BUCKET_INTERVAL_MIN, 16 ms

  static std::size_t vector_bytes(std::size_t n) { return sizeof(void*) * (1 + n); }

  void count(std::int64_t expiry_ms, int by) {
    const auto window = crowds_.try_emplace(expiry_ms >> window_bits, 0).first;
    const bool was_crowded = window->second > vector_max;
    crowded_ -= was_crowded ? window->second : 0;
    window->second = static_cast<std::size_t>(static_cast<std::int64_t>(window->second) + by);
    const bool is_crowded = window->second > vector_max;
    crowded_ += is_crowded ? window->second : 0;
    crowded_windows_ = crowded_windows_ - was_crowded + is_crowded;
    if (window->second == 0) crowds_.erase(window);
  }

  // A table that fields are added to one by one, each of which moves a bucket on to the next table.
  static std::size_t table_bytes(std::size_t n) {
    constexpr std::size_t slots = 7;
    constexpr std::size_t bucket = 64;
    const std::size_t now = footprint::bucket_bytes(n) / bucket;
    const bool moving = now > 1 && n <= now / 2 * slots + now / 2;
    return (now + (moving ? now / 2 : 0)) * bucket;
  }

  std::size_t windows_bytes(const Allocation& allocation, std::size_t table_head) const {
    constexpr std::size_t tree = 208, window = 48;  // measured; a key of eight bytes more
    std::size_t bytes = tree;
    if (crowded_ > 0) {
      bytes += crowded_windows_ * allocation.size(table_head) + (crowded_windows_ - 1) * window;
      if (crowded_windows_ == 1) {
        bytes += table_bytes(crowded_);
      } else {
        bytes += crowded_windows_ * footprint::bucket_bytes(crowded_ / crowded_windows_);
      }
    }
    const std::size_t others = order_.size() - crowded_;
    constexpr std::size_t fields_a_vector = 96;  // between half full and full
    if (others > 0) bytes += others * sizeof(void*) + (others / fields_a_vector + 1) * window;
    return bytes;
  }

  // By expiry, then by arrival.
  std::set<std::pair<std::pair<std::int64_t, std::uint64_t>, Field*>> order_;
  std::map<std::int64_t, std::size_t> crowds_;  // how many fields expire within the same 16 ms
  std::size_t crowded_ = 0;                     // of them those in windows too full for a vector
  std::size_t crowded_windows_ = 0;
  std::uint64_t arrivals_ = 0;
  bool windows_ = false;
  bool new_pair_ = false;
};

}  // namespace outlive
