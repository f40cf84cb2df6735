// used_memory taken apart, as INFO memory and MEMORY STATS tell it (object.c,
// getMemoryOverheadData).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "memory/ledger.hpp"

namespace outlive {

// Bytes, but for the counts.
struct MemoryOverview {
  struct OfDatabase {
    int index;
    std::int64_t keys_table;
    std::int64_t expires_table;
  };
  std::int64_t used = 0;
  std::int64_t startup = 0;
  std::int64_t clients = 0;  // mem_clients_normal
  std::int64_t scripts = 0;
  std::int64_t tables = 0;     // all databases' tables
  std::int64_t rehashing = 0;  // the old tables of rehashes under way
  std::int64_t rehashing_count = 0;
  std::int64_t keys = 0;
  std::int64_t overhead = 0;          // everything but the data
  std::vector<OfDatabase> databases;  // those told of

  std::int64_t dataset() const { return used - overhead; }
};

// What the words of a request take while it runs.
std::int64_t request_weight(const Ledger& ledger, std::span<const std::string_view> words);

}  // namespace outlive
