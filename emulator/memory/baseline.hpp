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
// The reply buffer of a connection that is in use (PROTO_REPLY_CHUNK_BYTES), and of one that has
// been idle for some seconds, after the cron has halved it again and again.
inline constexpr std::int64_t reply_buffer = 16'384;
inline constexpr std::int64_t reply_buffer_idle = 1'024;

}  // namespace outlive::baseline
