// What a server weighs before its first key, and what a client adds: measured on 8.1.1 by INFO memory
// right after the start, and after connecting 1, 10 and 100 clients.
#pragma once

#include <cstdint>

#include "memory/allocation.hpp"

namespace outlive::baseline {

// used_memory_startup.
constexpr std::int64_t startup(const Allocation& allocation) {
  return allocation.quantum() == 8 ? 879'728 : 892'080;
}
// A connection without its reply buffer.
constexpr std::int64_t client(const Allocation& allocation) {
  return allocation.quantum() == 8 ? 816 : 832;
}

}  // namespace outlive::baseline
