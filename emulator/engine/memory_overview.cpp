#include "engine/memory_overview.hpp"

#include "engine/engine.hpp"
#include "memory/baseline.hpp"
#include "memory/footprint.hpp"

namespace outlive {
namespace {

// What Valkey counts as overhead of each key (kvstoreMemUsage), measured with MEMORY STATS: the
// object's head in 8.1, the head and the table's entry in 8.0.
constexpr auto object_head = static_cast<std::int64_t>(footprint::object_head);
constexpr auto table_entry = static_cast<std::int64_t>(footprint::dict_entry);

// A table with its head and the metadata behind it.
std::int64_t table_bytes(const Database::Table& table, const Profile& profile, bool present) {
  const std::size_t head = present && profile.kvstore_head != 0
                               ? Database::Table::head_bytes(profile) + footprint::kvstore_metadata
                               : 0;
  return static_cast<std::int64_t>(head + table.table_bytes());
}

std::int64_t rehashing_bytes(const Database::Table& table) {
  return table.rehashing() ? static_cast<std::int64_t>(table.bytes_of(0)) : 0;
}

// Which databases are told of: in 9.1 all that are there, before those that have had keys, and in
// Redis 7.0 those that have some.
bool is_told(const Database& database, const Profile& profile) {
  if (profile.lazy_databases) return database.is_open();
  return profile.is_redis() ? database.size() > 0 : database.has_had_keys();
}

}  // namespace

std::int64_t request_weight(const Ledger& ledger, std::span<const std::string_view> words) {
  std::int64_t weight = ledger.block(sizeof(void*) * words.size());
  for (const std::string_view word : words) {
    weight += static_cast<std::int64_t>(footprint::argument(ledger.allocation(), word.size()));
  }
  return weight;
}

MemoryOverview Engine::memory_overview() const {
  MemoryOverview overview;
  overview.used = ledger.used();
  overview.startup = baseline::startup(ledger) + startup_histograms_;
  const Profile& profile = ledger.profile();
  const auto kvstore_bytes = static_cast<std::int64_t>(profile.kvstore_head);
  const bool plain = profile.kvstore_head == 0;
  const bool chained = profile.tables == TableKind::chains;
  const std::int64_t entry_bytes = chained ? table_entry : 0;
  overview.clients = clients_memory_;
  if (scripts) {
    const ScriptMemory memory = scripts->memory();
    overview.scripts = memory.eval + memory.function_bytes;
  }
  std::int64_t databases = 0;
  for (std::size_t i = 0; i < keyspace.databases(); ++i) {
    const Database& database = keyspace.database(i);
    if (!is_told(database, profile)) continue;
    const std::int64_t keys = table_bytes(database.keys(), profile, database.has_had_keys());
    std::int64_t expires = table_bytes(database.expires(), profile, database.has_had_expiry());
    overview.tables += chained ? static_cast<std::int64_t>(database.keys().table_bytes() +
                                                           database.expires().table_bytes())
                               : keys + expires;
    expires += entry_bytes * static_cast<std::int64_t>(database.expires_size());
    const auto objects = (object_head + entry_bytes) * static_cast<std::int64_t>(database.size());
    overview.databases.push_back(
        {database.index(), kvstore_bytes + keys + objects, kvstore_bytes + expires});
    databases += 2 * kvstore_bytes + keys + objects + expires;
    for (const auto* table : {&database.keys(), &database.expires()}) {
      if (table->rehashing() && !plain) databases += EntryPolicy::rehash_note;
      overview.rehashing += rehashing_bytes(*table);
      overview.rehashing_count += table->rehashing();
    }
    overview.keys += static_cast<std::int64_t>(database.size());
  }
  overview.overhead = overview.startup + overview.clients + overview.scripts + databases;
  return overview;
}

}  // namespace outlive
