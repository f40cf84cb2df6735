// MULTI's queue and WATCH (multi.c of 8.1).
#include <algorithm>

#include "engine/engine.hpp"

namespace outlive {

void Engine::queue(Session& session, const Command& command, std::uint64_t flags,
                   std::span<const std::string_view> words, ReplyWriter& reply) {
  Transaction& transaction = session.transaction;
  // What can't run any more isn't kept (multi.c, queueMultiCommand).
  if (!transaction.dirty_exec && !transaction.dirty_watch) {
    transaction.queue.push_back({&command, {words.begin(), words.end()}});
    transaction.flags |= flags;
    transaction.inverse_flags |= ~flags;
  }
  reply.simple("QUEUED");
}

void Engine::spoil_transaction(Session& session) {
  if (session.transaction.open) session.transaction.dirty_exec = true;
}

void Engine::discard_transaction(Session& session) {
  session.transaction.reset();
  unwatch(session);
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
  watchers_[{session.database, std::string(key)}].push_back(&session);
}

void Engine::unwatch(Session& session) {
  for (const WatchedKey& watched : session.watched) {
    const auto found = watchers_.find({watched.database, watched.key});
    std::erase(found->second, &session);
    if (found->second.empty()) watchers_.erase(found);
  }
  session.watched.clear();
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
