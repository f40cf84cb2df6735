// Pub/sub: who listens to what, and delivery.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/session.hpp"

namespace outlive {

// Subscriptions of one kind: plain channels, patterns, or shard channels.
enum class Channel : std::uint8_t { plain, pattern, shard };

class Publisher {
 public:
  // `deliver` hands a finished push message to a session's outbox.
  using Deliver = std::function<void(Session&, std::string_view bytes)>;
  explicit Publisher(Deliver deliver) : deliver_(std::move(deliver)) {}

  // True if it was not subscribed before.
  bool subscribe(Session& session, Channel kind, std::string_view name);
  bool unsubscribe(Session& session, Channel kind, std::string_view name);
  void forget(Session& session);

  // Sends to all subscribers (and, unless shard, to matching patterns); returns how many.
  std::size_t publish(std::string_view channel, std::string_view message, bool shard = false);

  // By name, sorted: the channels or patterns that have subscribers, with their sessions.
  using Listeners = std::map<std::string, std::vector<Session*>, std::less<>>;
  const Listeners& listeners(Channel kind) const { return listeners_[static_cast<int>(kind)]; }
  std::size_t subscribers(Channel kind, std::string_view name) const;

 private:
  Listeners& of(Channel kind) { return listeners_[static_cast<int>(kind)]; }

  Deliver deliver_;
  Listeners listeners_[3];
};

}  // namespace outlive
