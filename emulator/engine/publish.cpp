#include "engine/publish.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "memory/footprint.hpp"

namespace outlive {
namespace {

// dict.c: a dict of clients with a pointer to the channel behind it, an entry of a set; hashtable.c
// with kvstore.c: a table's head, as in keyspace/database.cpp.
constexpr std::size_t clients_dict = footprint::dict_head + 8;  // 8.1
constexpr std::size_t entry_without_value = 16;

auto& names_of(Session& session, Channel kind) {
  switch (kind) {
    case Channel::plain:
      return session.channels;
    case Channel::pattern:
      return session.patterns;
    default:
      return session.shard_channels;
  }
}

}  // namespace

bool Publisher::subscribe(Session& session, Channel kind, std::string_view name) {
  if (!names_of(session, kind).emplace(name).second) return false;
  const auto [found, is_new] = of(kind).try_emplace(std::string(name));
  Subscribers& subscribers = found->second;
  const std::size_t text = footprint::argument(ledger_.allocation(), name.size());
  if (is_new) texts_[static_cast<int>(kind)] += text;
  if (is_new) dicts_[static_cast<int>(kind)].insert();
  if (!is_new) charge(kind, name, subscribers, -1);
  subscribers.sessions.push_back(&session);
  subscribers.tables.insert();
  charge(kind, name, subscribers, 1);
  charge_names(kind);
  return true;
}

bool Publisher::unsubscribe(Session& session, Channel kind, std::string_view name) {
  auto& names = names_of(session, kind);
  const auto own = names.find(name);
  if (own == names.end()) return false;
  const auto listeners = of(kind).find(name);
  Subscribers& subscribers = listeners->second;
  charge(kind, name, subscribers, -1);
  if (subscribers.sessions.front() == &session) subscribers.with_first = false;
  std::erase(subscribers.sessions, &session);
  subscribers.tables.erase();
  if (!subscribers.sessions.empty()) {
    charge(kind, name, subscribers, 1);
  } else {
    texts_[static_cast<int>(kind)] -= footprint::argument(ledger_.allocation(), name.size());
    of(kind).erase(listeners);
    dicts_[static_cast<int>(kind)].erase();
    charge_names(kind);
  }
  names.erase(own);
  return true;
}

// A name's dict of clients. Where they are in a list, each client's dict of channels keeps the name
// as it gave it; that of the first is counted with the names.
void Publisher::charge(Channel kind, std::string_view name, const Subscribers& subscribers,
                       std::int64_t sign) {
  const Allocation& allocation = ledger_.allocation();
  if (ledger_.profile().subscribing == Subscribing::in_lists) {
    const std::size_t clients = subscribers.sessions.size();
    std::size_t bytes = allocation.size(footprint::list_head) + clients * allocation.size(footprint::list_node);
    if (kind != Channel::pattern) {
      bytes += (clients - subscribers.with_first) * footprint::argument(allocation, name.size());
    }
    return ledger_.add(sign * static_cast<std::int64_t>(bytes));
  }
  if (ledger_.profile().subscribing == Subscribing::in_tables) {
    constexpr std::size_t name_pointer = 8;
    const std::size_t bytes = allocation.size(ledger_.profile().table_head + name_pointer) +
                              footprint::bucket_bytes(subscribers.sessions.size());
    return ledger_.add(sign * static_cast<std::int64_t>(bytes));
  }
  const bool chained = ledger_.profile().tables == TableKind::chains;
  const std::size_t bytes = allocation.size(chained ? footprint::dict_head : clients_dict) +
                            subscribers.tables.bytes(allocation) +
                            subscribers.sessions.size() * allocation.size(entry_without_value);
  ledger_.add(sign * static_cast<std::int64_t>(bytes));
}

// What all names of a kind are kept in: patterns in a dict; channels, with their names as the first
// subscriber gave them, in a hash table (8.0: a dict) that is made with the first and stays, but
// for shard channels.
void Publisher::charge_names(Channel kind) {
  const Allocation& allocation = ledger_.allocation();
  const std::size_t names = of(kind).size();
  std::size_t bytes = 0;
  const std::size_t in_dict = dicts_[static_cast<int>(kind)].bytes(allocation) +
                              names * allocation.size(footprint::dict_entry);
  const bool plain = ledger_.profile().kvstore_head == 0;
  if (kind == Channel::pattern) {
    bytes = in_dict;
  } else if (plain) {
    bytes = in_dict + texts_[static_cast<int>(kind)];
  } else if (names > 0 || kind == Channel::plain) {
    const bool chained = ledger_.profile().tables == TableKind::chains;
    bytes = chained ? allocation.size(footprint::dict_head + footprint::kvstore_metadata) + in_dict
                    : allocation.size(ledger_.profile().table_head + footprint::kvstore_metadata) +
                          footprint::bucket_bytes(names);
    bytes += texts_[static_cast<int>(kind)];
  }
  const auto now = static_cast<std::int64_t>(bytes);
  ledger_.add(now - std::exchange(names_charged_[static_cast<int>(kind)], now));
}

void Publisher::forget(Session& session) {
  for (const Channel kind : {Channel::plain, Channel::pattern, Channel::shard}) {
    while (!names_of(session, kind).empty()) {
      const std::string name = *names_of(session, kind).begin();
      unsubscribe(session, kind, name);
    }
  }
}

std::size_t Publisher::publish(std::string_view channel, std::string_view message, bool shard) {
  std::size_t receivers = 0;
  std::string bytes;
  const auto send = [&](Session& to, std::string_view type, const std::string* pattern) {
    bytes.clear();
    ReplyWriter push(bytes, to.protocol);
    push.push(pattern ? 4 : 3);
    push.bulk(type);
    if (pattern) push.bulk(*pattern);
    push.bulk(channel);
    push.bulk(message);
    deliver_(to, bytes);
    ++receivers;
  };
  const Listeners& direct = of(shard ? Channel::shard : Channel::plain);
  if (const auto found = direct.find(channel); found != direct.end()) {
    for (Session* session : found->second.sessions)
      send(*session, shard ? "smessage" : "message", nullptr);
  }
  if (shard) return receivers;
  for (const auto& [pattern, subscribers] : of(Channel::pattern)) {
    if (!glob_match(pattern, channel)) continue;
    for (Session* session : subscribers.sessions) send(*session, "pmessage", &pattern);
  }
  return receivers;
}

std::size_t Publisher::subscribers(Channel kind, std::string_view name) const {
  const auto found = listeners(kind).find(name);
  return found == listeners(kind).end() ? 0 : found->second.sessions.size();
}

}  // namespace outlive
