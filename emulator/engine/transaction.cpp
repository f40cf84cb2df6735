// MULTI's queue and WATCH (multi.c of 8.1).
#include <algorithm>

#include "engine/engine.hpp"
#include "memory/footprint.hpp"

namespace outlive {
namespace {

constexpr std::size_t watched_key_struct = 56;  // sizeof(watchedKey) (multi.c)

WatchedKey& watched_by(Session& session, const std::pair<int, std::string>& where) {
  return *std::find_if(session.watched.begin(), session.watched.end(), [&](const WatchedKey& one) {
    return one.database == where.first && one.key == where.second;
  });
}

}  // namespace

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
  const Entry* entry = database.find_as_it_is(key);
  session.watched.push_back(
      {session.database, std::string(key), entry && database.expired(*entry)});
  auto& watchers = watchers_[{session.database, std::string(key)}];
  const Allocation& allocation = ledger.allocation();
  session.watched_bytes += allocation.size(watched_key_struct) + allocation.size(footprint::list_node) +
                           footprint::argument(allocation, key.size());
  if (ledger.profile().has_parsed_queue() &&
      std::ranges::count(session.watched_in, session.database) == 0) {
    session.watched_in.push_back(session.database);
    session.watched_databases = keyspace.databases();
  }
  charge_watched(session.database, &DictTables::look_up);
  if (watchers.empty()) charge_watched(session.database, &DictTables::insert);
  watchers.push_back(&session);
  session.had_transaction = true;
  recharge(session);
}

// The database's own side: an entry with a list for each key that anybody watches.
void Engine::charge_watched(int database, void (DictTables::*change)()) {
  DictTables& tables = watched_tables_[database];
  const auto weight = [&] {
    return static_cast<std::int64_t>(tables.bytes(ledger.allocation())) +
           static_cast<std::int64_t>(tables.used()) *
               (ledger.block(footprint::dict_entry) + ledger.block(footprint::list_head));
  };
  const std::int64_t before = weight();
  (tables.*change)();
  ledger.add(weight() - before);
}

void Engine::unwatch(Session& session) {
  for (const WatchedKey& watched : session.watched) {
    const auto found = watchers_.find({watched.database, watched.key});
    std::erase(found->second, &session);
    if (!found->second.empty()) continue;
    watchers_.erase(found);
    charge_watched(watched.database, &DictTables::erase);
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
        const Entry* entry = database.find_as_it_is(watched.key);
        return entry && database.expired(*entry);
      });
}

// Tells the watchers of a key that it changed. A key that had expired when it was watched, and that
// is gone now, is what it was (multi.c, touchWatchedKey).
void Engine::touch_watchers(Database& database, std::string_view key) {
  charge_watched(database.index(), &DictTables::look_up);
  const std::pair<int, std::string> where(database.index(), key);
  const auto found = watchers_.find(where);
  if (found == watchers_.end()) return;
  const bool gone = database.find_as_it_is(key) == nullptr;
  const std::vector<Session*> watchers = found->second;  // those who are told watch no more
  for (Session* session : watchers) {
    WatchedKey& watched = watched_by(*session, where);
    if (!watched.expired_when_watched) {
      unwatch(*session);
      spoil_watch(*session);
    } else if (gone) {
      watched.expired_when_watched = false;
    } else {
      break;  // bug for bug: those who came to watch after this one are told nothing
    }
  }
}

// A watched key changed: what is queued will never run, and is not kept.
void Engine::spoil_watch(Session& session) {
  const Transaction before = std::move(session.transaction);
  session.transaction = {};
  session.transaction.open = before.open;
  session.transaction.dirty_exec = before.dirty_exec;
  session.transaction.dirty_watch = true;
  recharge(session);
}

void Engine::touch_all_watched(int emptied, int replaced_with) {
  enum class State : std::uint8_t { absent, expired, alive };
  const auto state_in = [this](int index, std::string_view key) {
    if (index < 0) return State::absent;
    Database& database = keyspace.database(static_cast<std::size_t>(index));
    const Entry* entry = database.find_as_it_is(key);
    return !entry ? State::absent : database.expired(*entry) ? State::expired : State::alive;
  };
  for (const auto& [where, sessions] : watchers_) {
    if (where.first != emptied) continue;
    const State before = state_in(emptied, where.second);
    const State after = state_in(replaced_with, where.second);
    if (before == State::absent && after == State::absent) continue;
    for (Session* session : sessions) {
      WatchedKey& watched = watched_by(*session, where);
      // Neither an expired key that goes or stays expired nor one that comes expired is a change
      // (multi.c, touchAllWatchedKeysInDb).
      if (watched.expired_when_watched && after != State::alive) {
        watched.expired_when_watched = after == State::expired;
      } else if (before == State::absent && after == State::expired) {
        watched.expired_when_watched = true;
      } else {
        spoil_watch(*session);
      }
    }
  }
}

}  // namespace outlive
