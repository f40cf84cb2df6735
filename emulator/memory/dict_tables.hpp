// What the tables of a chained dictionary (dict.c of 8.1) take, without its entries: they double
// when full, halve when nearly empty, and for a while there are two.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>

#include "memory/allocation.hpp"

namespace outlive {

class DictTables {
 public:
  // A look-up, alone or before a change, moves a rehash on by one bucket.
  void look_up() {
    if (buckets_left_ > 0 && --buckets_left_ == 0) old_size_ = 0;
  }
  void insert() {
    look_up();
    if (size_ == 0) {
      size_ = size_min;
    } else if (used_ >= size_ && old_size_ == 0) {
      // About five of eight buckets of a full table hold something; the others cost no step.
      resize(2 * size_, (size_ * 5 + 7) / 8);
    }
    ++used_;
  }
  void erase() {
    look_up();
    --used_;
    if (old_size_ == 0 && size_ > size_min && used_ * fill_min <= size_) {
      resize(std::max(size_min, std::bit_ceil(used_)), std::max<std::size_t>(used_, 1));
    }
  }
  // Room for so many from the start, before the first comes (dict.c, dictExpand).
  void expand(std::size_t entries) { size_ = std::bit_ceil(std::max(size_min, entries)); }
  // Back to none, as dictEmpty and a new dictionary have.
  void clear() { *this = {}; }

  std::size_t used() const { return used_; }
  bool is_rehashed() const { return buckets_left_ > 0; }
  std::size_t buckets() const { return size_ + old_size_; }
  std::size_t bytes(const Allocation& allocation) const {
    const auto table = [&](std::size_t size) {
      return size == 0 ? 0 : allocation.size(size * sizeof(void*));
    };
    return table(size_) + table(old_size_);
  }

 private:
  static constexpr std::size_t size_min = 4;  // dict.h, DICT_HT_INITIAL_SIZE
  static constexpr std::size_t fill_min = 8;  // dict.c, HASHTABLE_MIN_FILL

  void resize(std::size_t size, std::size_t buckets) {
    old_size_ = used_ == 0 ? 0 : size_;
    size_ = size;
    buckets_left_ = used_ == 0 ? 0 : buckets;
  }

  std::size_t used_ = 0;
  std::size_t size_ = 0;
  std::size_t old_size_ = 0;      // of a rehash under way
  std::size_t buckets_left_ = 0;  // that it still has to move
};

}  // namespace outlive
