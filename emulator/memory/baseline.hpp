// What a server weighs before its first key, and the structures that come with a connection.
#pragma once

#include <array>
#include <cstdint>

#include "memory/allocation.hpp"

namespace outlive::baseline {

// used_memory_startup: measured on 8.1.1 by INFO memory right after the start. A file, a folder or
// an address named on the command line moves it by some dozens of bytes.
constexpr std::int64_t startup(const Allocation& allocation) {
  return allocation.quantum() == 8 ? 879'728 : 892'080;
}

// What a connection has besides its buffers and its place in the index of clients (networking.c,
// createClient; connection.c, connCreateSocket).
inline constexpr std::array<std::size_t, 4> client_structs = {
    640,  // client (server.h), as a size class
    48,   // list of reply blocks (adlist.h)
    24,   // listNode in server.clients
    56,   // struct connection (connection.h)
};
constexpr std::int64_t client(const Allocation& allocation) {
  std::size_t bytes = 0;
  for (const std::size_t size : client_structs) bytes += allocation.size(size);
  return static_cast<std::int64_t>(bytes);
}

}  // namespace outlive::baseline
