// Pub/sub: who listens to what, and delivery.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/session.hpp"
#include "memory/dict_tables.hpp"
#include "memory/ledger.hpp"

namespace outlive {

// Subscriptions of one kind: plain channels, patterns, or shard channels.
enum class Channel : std::uint8_t { plain, pattern, shard };

class Publisher {
 public:
  // `deliver` hands a finished push message to a session's outbox.
  using Deliver = std::function<void(Session&, std::string_view bytes)>;
  Publisher(Deliver deliver, Ledger& ledger) : deliver_(std::move(deliver)), ledger_(ledger) {}

  // True if it was not subscribed before.
  bool subscribe(Session& session, Channel kind, std::string_view name);
  bool unsubscribe(Session& session, Channel kind, std::string_view name);
  void forget(Session& session);

  // Sends to all subscribers (and, unless shard, to matching patterns); returns how many.
  std::size_t publish(std::string_view channel, std::string_view message, bool shard = false);

  // By name, sorted: the channels or patterns that have subscribers, with their sessions.
  struct Subscribers {
    std::vector<Session*> sessions;
    bool with_first = true;  // who gave the name first is still there
    DictTables tables;  // of the dict that Valkey keeps them in
  };
  using Listeners = std::map<std::string, Subscribers, std::less<>>;
  const Listeners& listeners(Channel kind) const { return listeners_[static_cast<int>(kind)]; }
  std::size_t subscribers(Channel kind, std::string_view name) const;

 private:
  Listeners& of(Channel kind) { return listeners_[static_cast<int>(kind)]; }
  void charge(Channel kind, std::string_view name, const Subscribers& subscribers, std::int64_t sign);
  void charge_names(Channel kind);

  Deliver deliver_;
  Ledger& ledger_;
  Listeners listeners_[3];
  DictTables dicts_[3];               // of patterns; of channels where tables are chained
  std::size_t texts_[3] = {0, 0, 0};  // bytes of the names
  std::int64_t names_charged_[3] = {0, 0, 0};
};

}  // namespace outlive
