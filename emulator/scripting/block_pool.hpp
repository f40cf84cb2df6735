// Memory for one Lua machine: small blocks come from free lists, one for each size, because a script
// makes and drops dozens of them a run; large ones from malloc.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace outlive {

class BlockPool {
 public:
  // As lua_Alloc: makes, moves or (to 0 bytes) frees a block. Null when there is no memory.
  void* resize(void* block, std::size_t old_size, std::size_t new_size);

 private:
  static constexpr std::size_t step = 16;         // sizes are rounded up to this
  static constexpr std::size_t small_max = 128;   // tables, closures, strings of usual length
  static constexpr std::size_t chunk = 16 * 1024;

  struct Free {
    Free* next;
  };
  static std::size_t list_of(std::size_t size) { return (size - 1) / step; }
  static bool small(std::size_t size) { return size <= small_max; }
  void* make(std::size_t size);
  void free(void* block, std::size_t size);
  bool refill(std::size_t list);

  std::array<Free*, small_max / step> free_{};
  std::vector<std::unique_ptr<std::byte[]>> chunks_;
};

}  // namespace outlive
