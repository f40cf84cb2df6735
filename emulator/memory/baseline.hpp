// What a server weighs before its first key, and the structures that come with a connection.
#pragma once

#include <cstdint>

#include "memory/footprint.hpp"
#include "memory/ledger.hpp"

namespace outlive::baseline {

inline std::int64_t startup(const Ledger& ledger) {
  return ledger.profile().startup[ledger.allocation().quantum() == 8 ? 0 : 1];
}

// What is allocated once used_memory_startup has been taken: the list of the AOF's files, which is
// there without an AOF (aof.c, aofManifestCreate).
inline std::int64_t after_startup(const Ledger& ledger) {
  constexpr std::size_t manifest = 48;             // its head; then two lists
  constexpr std::int64_t module_of_scripts = 272;  // Lua's, measured
  return ledger.block(manifest) + 2 * ledger.block(footprint::list_head) +
         (ledger.profile().scripts == ScriptKeeping::by_module ? module_of_scripts : 0);
}

// What a connection has besides its buffers and its place in the index of clients (networking.c,
// createClient; connection.c, connCreateSocket).
inline std::int64_t client(const Ledger& ledger) {
  using footprint::dict_head, footprint::list_head, footprint::list_node;
  constexpr std::size_t connection = 64;  // struct connection (connection.h)
  // A list of reply blocks, a place in that of clients.
  std::int64_t bytes = ledger.block(ledger.profile().client_struct) + ledger.block(list_head) +
                       ledger.block(list_node) + ledger.block(connection);
  if (ledger.profile().client_parts == ClientParts::at_once) {
    // Dictionaries of channels, shard channels and blocking keys, a list of watched keys; patterns.
    bytes += 3 * ledger.block(dict_head) + ledger.block(list_head);
    const bool listed = ledger.profile().subscribing == Subscribing::in_lists;
    bytes += ledger.block(listed ? list_head : dict_head);
  }
  return bytes;
}

}  // namespace outlive::baseline
