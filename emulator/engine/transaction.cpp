// MULTI's queue and WATCH (multi.c of 8.1).
#include <algorithm>

#include "engine/engine.hpp"
#include "memory/footprint.hpp"

namespace outlive {

void Engine::queue(Session& session, const Command& command, std::uint64_t flags,
                   std::span<const std::string_view> words, ReplyWriter& reply) {
  Transaction& transaction = session.transaction;
  // What can't run any more isn't kept (multi.c, queueMultiCommand).
  if (!transaction.dirty_exec && !transaction.dirty_watch) {
    transaction.queue.push_back({&command, {words.begin(), words.end()}});
    if (transaction.queue.size() > transaction.room) {
      transaction.room = transaction.room == 0 ? 2 : 2 * transaction.room;
    }
    transaction.bytes += ledger.allocation().size(sizeof(void*) * words.size());
    for (const std::string_view word : words) {
      transaction.letters += sizeof(void*) + word.size();
      transaction.bytes += footprint::argument(ledger.allocation(), word.size());
    }
    recharge(session);
    transaction.flags |= flags;
    transaction.inverse_flags |= ~flags;
  }
  reply.simple("QUEUED");
}

void Engine::spoil_transaction(Session& session) {
  if (session.transaction.open) session.transaction.dirty_exec = true;
}

void Engine::discard_transaction(Session& session) {
  const bool charged = session.transaction.open || !session.watched.empty();
  session.transaction.reset();
  unwatch(session);
  if (charged) recharge(session);
}

void Engine::watch(Session& session, std::string_view key) {
  const auto same = [&](const WatchedKey& watched) {
    return watched.database == session.database && watched.key == key;
  };
  if (std::any_of(session.watched.begin(), session.watched.end(), same)) return;
  Database& database = keyspace.database(static_cast<std::size_t>(session.database));
  Entry** place = database.keys().find(key);
  session.watched.push_back(
      {session.database, std::string(key), place && database.expired(**place)});
  auto& watchers = watchers_[{session.database, std::string(key)}];
  // multi.c, watchForKey: watchedKey, its key and the client's list node; the first watcher pays for
  // the database's entry and its list of clients, too.
  constexpr std::size_t watched_key_struct = 56;
  constexpr std::size_t node = 24;
  constexpr std::size_t list = 48;
  const Allocation& allocation = ledger.allocation();
  session.watched_bytes += allocation.size(watched_key_struct) + allocation.size(node) +
                           footprint::argument(allocation, key.size());
  if (watchers.empty()) session.watched_bytes += allocation.size(node) + allocation.size(list);
  watchers.push_back(&session);
  session.had_transaction = true;
  recharge(session);
}

void Engine::unwatch(Session& session) {
  for (const WatchedKey& watched : session.watched) {
    const auto found = watchers_.find({watched.database, watched.key});
    std::erase(found->second, &session);
    if (found->second.empty()) watchers_.erase(found);
  }
  session.watched.clear();
  if (session.watched_bytes > 0) {
    session.watched_bytes = 0;
    recharge(session);
  }
  session.transaction.dirty_watch = false;
}

bool Engine::watched_key_expired(const Session& session) {
  return std::any_of(
      session.watched.begin(), session.watched.end(), [this](const WatchedKey& watched) {
        if (watched.expired_when_watched) return false;
        Database& database = keyspace.database(static_cast<std::size_t>(watched.database));
        Entry** place = database.keys().find(watched.key);
        return place && database.expired(**place);
      });
}

void Engine::touch_all_watched(int database, int swapped_with) {
  for (auto& [where, sessions] : watchers_) {
    if (where.first != database && where.first != swapped_with && database != -1) continue;
    const auto exists_in = [this, &key = where.second](int index) {
      Database& db = keyspace.database(static_cast<std::size_t>(index));
      return db.keys().find(key) != nullptr;
    };
    const bool existed = exists_in(where.first);
    const int other = where.first == database ? swapped_with : database;
    if (!existed && (swapped_with == -1 || !exists_in(other))) continue;
    for (Session* session : sessions) session->transaction.dirty_watch = true;
  }
}

}  // namespace outlive
