#include "engine/memory_overview.hpp"

#include "engine/engine.hpp"
#include "memory/baseline.hpp"

namespace outlive {
namespace {

// The kvstore around a database's table (kvstoreMemUsage), and an object's head for each key, which
// Valkey counts as overhead too; measured on 8.1.1 with MEMORY STATS.
constexpr std::int64_t kvstore_bytes = 96;
constexpr std::int64_t object_bytes = 16;

// A table with its head and the metadata behind it.
std::int64_t table_bytes(const Database::Table& table, bool present) {
  const std::size_t head = present ? Database::Table::head_bytes + 16 : 0;
  return static_cast<std::int64_t>(head + table.table_bytes());
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
  overview.clients = clients_memory_;
  if (scripts) {
    const ScriptMemory memory = scripts->memory();
    overview.scripts = memory.eval + memory.function_bytes;
  }
  std::int64_t databases = 0;
  for (std::size_t i = 0; i < keyspace.databases(); ++i) {
    const Database& database = keyspace.database(i);
    if (!database.has_had_keys()) continue;
    const std::int64_t keys = table_bytes(database.keys(), true);
    const std::int64_t expires = table_bytes(database.expires(), database.has_had_expiry());
    const auto objects = object_bytes * static_cast<std::int64_t>(database.size());
    overview.databases.push_back(
        {database.index(), kvstore_bytes + keys + objects, kvstore_bytes + expires});
    overview.tables += keys + expires;
    databases += 2 * kvstore_bytes + keys + objects + expires;
    for (const auto* table : {&database.keys(), &database.expires()}) {
      if (table->rehashing()) databases += EntryPolicy::rehash_note;
      overview.rehashing += rehashing_bytes(*table);
      overview.rehashing_count += table->rehashing();
    }
    overview.keys += static_cast<std::int64_t>(database.size());
  }
  overview.overhead = overview.startup + overview.clients + overview.scripts + databases;
  return overview;
}

}  // namespace outlive
