// What Valkey 8.1 would weigh for one client: the figures of CLIENT LIST (networking.c,
// getClientMemoryUsage), and how maxmemory-clients finds the largest.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/session.hpp"
#include "memory/ledger.hpp"

namespace outlive {

struct ClientMemory {
  std::uint64_t query_buffer = 0;       // qbuf: bytes of a request that has not arrived whole
  std::uint64_t query_buffer_free = 0;  // qbuf-free
  std::uint64_t arguments = 0;          // argv-mem: of the request that is running or arriving
  std::uint64_t queued = 0;             // multi-mem: arguments of what waits for EXEC
  std::uint64_t reply_buffer = 0;       // rbs
  std::uint64_t reply_buffer_peak = 0;  // rbp
  std::uint64_t reply_buffer_used = 0;  // obl
  std::uint64_t reply_blocks = 0;       // oll
  std::uint64_t output = 0;             // omem: what the reply blocks take
  std::uint64_t total = 0;              // tot-mem
};

// `running`: the words of the request that this client is having served, or none.
ClientMemory client_memory(const Session& session, const Profile& profile,
                           std::span<const std::string_view> running = {});

// What the client takes of used_memory, but for the structure that every connection has: buffers,
// arguments that have arrived or wait for EXEC, watched keys.
std::int64_t client_bytes(const Session& session, const Ledger& ledger);

// Clients that may be evicted, by their memory: a list for each doubling from 32 KiB to 4 GiB
// (server.h, CLIENT_MEM_USAGE_BUCKETS).
class ClientBuckets {
 public:
  void put(Session& session, std::uint64_t bytes);
  void remove(Session& session);
  // The first of the topmost list that is not empty; null if all are.
  Session* first_of_largest() const;

 private:
  static constexpr int log_min = 15;
  static constexpr int log_max = 33;
  std::array<std::vector<Session*>, 1 + log_max - log_min> buckets_;
};

}  // namespace outlive
