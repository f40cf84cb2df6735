// Texts that are appended to.
#pragma once

#include <algorithm>
#include <cstddef>

#include "memory/allocation.hpp"
#include "memory/footprint.hpp"

namespace outlive {

// What is asked for when a text must hold so much: as much again, up to a megabyte (sds.c,
// sdsMakeRoomFor; SDS_MAX_PREALLOC).
constexpr std::size_t greedy_capacity(std::size_t needed) {
  constexpr std::size_t preallocation_max = 1024 * 1024;
  return needed + std::min(needed, preallocation_max);
}

// The most room that Redis 7.0 knows of in a text made with this size: what its header, as short as
// can be, is able to count (sds.c, _sdsnewlen).
constexpr std::size_t countable_room(std::size_t size) {
  std::size_t head = 3;
  while (footprint::header_reach(head) < size) head = 2 * head - 1;  // 3, 5, 9, 17
  return footprint::header_reach(head);
}

// The block of a text that Valkey puts together piece by piece.
class GrowingText {
 public:
  explicit GrowingText(const Allocation& allocation)
      : allocation_(&allocation), block_(footprint::text_block(allocation, 0, true)) {}

  // Until it can hold that much, in one step.
  void make_room(std::size_t needed) {
    if (needed <= block_.room) return;
    block_ = footprint::text_block(*allocation_, greedy_capacity(needed), true);
  }
  std::size_t bytes() const { return block_.bytes; }

 private:
  const Allocation* allocation_;
  footprint::TextBlock block_;
};

}  // namespace outlive
