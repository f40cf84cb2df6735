#include "scripting/block_pool.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace outlive {

void* BlockPool::resize(void* block, std::size_t old_size, std::size_t new_size) {
  if (!block) return new_size == 0 ? nullptr : make(new_size);
  if (new_size == 0) {
    free(block, old_size);
    return nullptr;
  }
  if (!small(old_size) && !small(new_size)) return std::realloc(block, new_size);
  if (small(old_size) && small(new_size) && list_of(old_size) == list_of(new_size)) return block;
  void* moved = make(new_size);
  if (!moved) return nullptr;
  std::memcpy(moved, block, std::min(old_size, new_size));
  free(block, old_size);
  return moved;
}

void* BlockPool::make(std::size_t size) {
  if (!small(size)) return std::malloc(size);
  const std::size_t list = list_of(size);
  if (!free_[list] && !refill(list)) return nullptr;
  Free* block = free_[list];
  free_[list] = block->next;
  return block;
}

void BlockPool::free(void* block, std::size_t size) {
  if (!small(size)) return std::free(block);
  const std::size_t list = list_of(size);
  free_[list] = new (block) Free{free_[list]};
}

bool BlockPool::refill(std::size_t list) {
  const std::size_t size = (list + 1) * step;
  std::unique_ptr<std::byte[]> made(new (std::nothrow) std::byte[chunk]);
  if (!made) return false;
  for (std::size_t at = 0; at + size <= chunk; at += size) {
    free_[list] = new (made.get() + at) Free{free_[list]};
  }
  chunks_.push_back(std::move(made));
  return true;
}

}  // namespace outlive
