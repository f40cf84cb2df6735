// What a server weighs before its first key, and the structures that come with a connection.
#pragma once

#include <cstdint>

#include "memory/footprint.hpp"
#include "memory/ledger.hpp"

namespace outlive::baseline {

inline std::int64_t startup(const Ledger& ledger) {
  return ledger.profile().startup[ledger.allocation().quantum() == 8 ? 0 : 1];
}

// What a connection has besides its buffers and its place in the index of clients (networking.c,
// createClient; connection.c, connCreateSocket).
inline std::int64_t client(const Ledger& ledger) {
  constexpr std::size_t reply_list = 48;  // list of reply blocks (adlist.h)
  constexpr std::size_t list_node = 24;   // listNode in server.clients
  constexpr std::size_t connection = 56;  // struct connection (connection.h)
  std::int64_t bytes = ledger.block(ledger.profile().client_struct) + ledger.block(reply_list) +
                       ledger.block(list_node) + ledger.block(connection);
  if (ledger.profile().client_parts == ClientParts::at_once) {
    constexpr std::size_t watched_list = 48;  // list of watched keys (adlist.h)
    // Dictionaries of channels, patterns, shard channels and blocking keys.
    bytes += 3 * ledger.block(footprint::dict_head) + ledger.block(watched_list);
    const bool listed = ledger.profile().subscribing == Subscribing::in_lists;
    bytes += ledger.block(listed ? reply_list : footprint::dict_head);
  }
  return bytes;
}

}  // namespace outlive::baseline
