#include "engine/memory_overview.hpp"

#include "engine/engine.hpp"
#include "memory/baseline.hpp"

namespace outlive {
namespace {

// kvstoreMemUsage: the tables, their heads, and the kvstore around them (kvstore.c; 112 bytes and
// one pointer to a table).
std::int64_t table_bytes(const Database::Table& table, bool present) {
  constexpr std::int64_t kvstore_bytes = 112;
  const auto head = static_cast<std::int64_t>(present ? Database::Table::head_bytes + 16 : 0);
  return kvstore_bytes + head + static_cast<std::int64_t>(table.table_bytes());
}

std::int64_t rehashing_bytes(const Database::Table& table) {
  if (!table.rehashing()) return 0;
  return static_cast<std::int64_t>(table.buckets(0) * Database::Table::bucket_bytes);
}

}  // namespace

MemoryOverview Engine::memory_overview() const {
  MemoryOverview overview;
  overview.used = ledger.used();
  overview.startup = baseline::startup(ledger.allocation());
  for (const auto& one : sessions_) overview.clients += one.second->charged;
  if (scripts) {
    const ScriptMemory memory = scripts->memory();
    overview.scripts = memory.eval + memory.function_bytes;
  }
  for (std::size_t i = 0; i < keyspace.databases(); ++i) {
    const Database& database = keyspace.database(i);
    if (database.size() == 0) continue;
    const std::int64_t keys = table_bytes(database.keys(), true);
    const std::int64_t expires = table_bytes(database.expires(), database.has_had_expiry());
    overview.databases.push_back({database.index(), keys, expires});
    overview.tables += keys + expires;
    for (const auto* table : {&database.keys(), &database.expires()}) {
      overview.rehashing += rehashing_bytes(*table);
      overview.rehashing_count += table->rehashing();
    }
    overview.keys += static_cast<std::int64_t>(database.size());
  }
  overview.overhead = overview.startup + overview.clients + overview.scripts + overview.tables;
  return overview;
}

}  // namespace outlive
