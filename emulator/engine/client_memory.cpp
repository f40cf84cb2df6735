#include "engine/client_memory.hpp"

#include <algorithm>
#include <bit>

#include "memory/footprint.hpp"

namespace outlive {
namespace {

constexpr std::uint64_t subscriptions_struct = 40;  // server.h, sizeof(ClientPubSubData)
constexpr std::uint64_t prefix_node = 4 * 8;        // sizeof(raxNode) * sizeof(raxNode *), as it is

std::uint64_t letters(std::span<const std::string_view> words) {
  std::uint64_t sum = 0;
  for (const std::string_view word : words) sum += word.size();
  return sum;
}

// A dict's tables have 4, 8, 16 … buckets.
std::uint64_t dict_buckets(std::size_t entries) {
  return std::max<std::size_t>(4, std::bit_ceil(entries));
}

// A dict of so many entries (dict.c, dictMemUsage).
std::uint64_t dict_bytes(std::size_t entries) {
  if (entries == 0) return 0;
  return entries * footprint::dict_entry + dict_buckets(entries) * sizeof(void*);
}

// The tables of the keys that a client watches, one a database: as asked for, or with `allocation`
// as got. They stay when it watches no more.
std::uint64_t watch_tables(const Session& session, const Profile& profile,
                           const Allocation* allocation = nullptr) {
  if (session.watched_in.empty()) return 0;
  const auto got = [&](std::size_t bytes) { return allocation ? allocation->size(bytes) : bytes; };
  std::uint64_t bytes = got(session.watched_databases * sizeof(void*));
  for (const int database : session.watched_in) {
    const auto keys = std::ranges::count(session.watched, database, &WatchedKey::database);
    bytes += got(profile.table_head);
    if (keys > 0) bytes += footprint::bucket_bytes(static_cast<std::size_t>(keys));
  }
  return bytes;
}

std::uint64_t subscription_bytes(const Session& session, const Profile& profile) {
  if (profile.subscribing == Subscribing::in_tables) {
    if (!session.had_subscriptions) return 0;
    std::uint64_t bytes = 0;
    for (const auto* names : {&session.channels, &session.patterns, &session.shard_channels}) {
      bytes += profile.table_head + (names->empty() ? 0 : footprint::bucket_bytes(names->size()));
    }
    return bytes;
  }
  const bool listed = profile.subscribing == Subscribing::in_lists;
  return dict_bytes(session.channels.size()) + dict_bytes(session.shard_channels.size()) +
         (listed ? session.patterns.size() * footprint::list_node : dict_bytes(session.patterns.size()));
}

}  // namespace

ClientMemory client_memory(const Session& session, const Profile& profile,
                           std::span<const std::string_view> running) {
  ClientMemory memory;
  const std::size_t waiting = session.waiting();
  memory.query_buffer = session.query_buffer.used();
  memory.query_buffer_free = session.query_buffer.left();
  memory.arguments = running.empty() ? session.arriving.letters : letters(running);
  memory.queued = session.transaction.letters;
  memory.reply_buffer = session.reply_buffer.size();
  memory.reply_buffer_peak = session.reply_buffer.peak();
  memory.reply_buffer_used = session.reply_buffer.filled(waiting);
  memory.reply_blocks = session.reply_buffer.blocks();
  memory.output = session.reply_buffer.output();
  const std::size_t words = running.empty() ? session.arriving.words : running.size();
  memory.total =
      profile.client_struct + memory.output + session.query_buffer.bytes() + memory.reply_buffer +
      memory.arguments + words * sizeof(void*) + memory.queued +
      session.transaction.room * profile.queued_command +
      session.watched.size() * profile.watched_key +
      watch_tables(session, profile) + subscription_bytes(session, profile) +
      session.tracking.prefixes.size() * prefix_node;
  return memory;
}

std::int64_t client_bytes(const Session& session, const Ledger& ledger) {
  const Allocation& allocation = ledger.allocation();
  const Profile& profile = ledger.profile();
  std::uint64_t bytes = session.reply_buffer.bytes() + session.query_buffer.bytes() +
                        session.arriving.bytes + session.transaction.bytes + session.watched_bytes;
  const bool tabled = profile.subscribing == Subscribing::in_tables;
  bytes += watch_tables(session, profile, &allocation);
  for (const auto* names : {&session.channels, &session.patterns, &session.shard_channels}) {
    if (names->empty()) continue;
    if (tabled) {
      bytes += footprint::bucket_bytes(names->size());
    } else if (profile.subscribing == Subscribing::in_lists && names == &session.patterns) {
      bytes += names->size() * allocation.size(footprint::list_node);
    } else {
      bytes += names->size() * allocation.size(footprint::dict_entry) +
               allocation.size(dict_buckets(names->size()) * sizeof(void*));
    }
  }
  // Channels' names are shared by all who listen, patterns' are not (pubsub.c).
  for (const std::string& pattern : session.patterns) {
    bytes += footprint::argument(allocation, pattern.size());
  }
  for (const std::string* text : {&session.name, &session.library_name, &session.library_version}) {
    if (!text->empty()) bytes += footprint::argument(allocation, text->size());
  }
  if (session.transaction.room > 0) {
    bytes += allocation.size(session.transaction.room * profile.queued_command);
  }
  if (profile.client_parts == ClientParts::on_use) {
    if (session.had_transaction) bytes += allocation.size(profile.transaction_struct);
    if (session.had_subscriptions) {
      const std::size_t head = tabled ? profile.table_head : footprint::dict_head;
      bytes += allocation.size(subscriptions_struct) + 3 * allocation.size(head);
    }
  }
  return static_cast<std::int64_t>(bytes);
}

void ClientBuckets::put(Session& session, std::uint64_t bytes) {
  const int log = std::clamp(static_cast<int>(std::bit_width(bytes)), log_min, log_max);
  const int bucket = log - log_min;
  if (session.memory_bucket == bucket) return;
  remove(session);
  session.memory_bucket = bucket;
  buckets_[static_cast<std::size_t>(bucket)].push_back(&session);
}

void ClientBuckets::remove(Session& session) {
  if (session.memory_bucket < 0) return;
  std::erase(buckets_[static_cast<std::size_t>(session.memory_bucket)], &session);
  session.memory_bucket = -1;
}

Session* ClientBuckets::first_of_largest() const {
  for (auto bucket = buckets_.rbegin(); bucket != buckets_.rend(); ++bucket) {
    if (!bucket->empty()) return bucket->front();
  }
  return nullptr;
}

}  // namespace outlive
