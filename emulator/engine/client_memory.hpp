// What Valkey 8.1 would weigh for one client: the figures of CLIENT LIST (networking.c,
// getClientMemoryUsage).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/session.hpp"

namespace outlive {

struct ClientMemory {
  std::uint64_t query_buffer = 0;       // qbuf: bytes of a request that has not arrived whole
  std::uint64_t query_buffer_free = 0;  // qbuf-free
  std::uint64_t arguments = 0;          // argv-mem: of the request that is running
  std::uint64_t queued = 0;             // multi-mem: arguments of what waits for EXEC
  std::uint64_t reply_buffer = 0;       // rbs
  std::uint64_t reply_buffer_peak = 0;  // rbp
  std::uint64_t reply_buffer_used = 0;  // obl
  std::uint64_t reply_blocks = 0;       // oll
  std::uint64_t output = 0;             // omem: what the reply blocks take
  std::uint64_t total = 0;              // tot-mem
};

// `running`: the words of the request that this client is having served, or none.
ClientMemory client_memory(const Session& session, std::span<const std::string_view> running = {});

}  // namespace outlive
