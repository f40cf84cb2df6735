#include "engine/publish.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace outlive {
namespace {

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
  of(kind)[std::string(name)].push_back(&session);
  return true;
}

bool Publisher::unsubscribe(Session& session, Channel kind, std::string_view name) {
  auto& names = names_of(session, kind);
  const auto own = names.find(name);
  if (own == names.end()) return false;
  const auto listeners = of(kind).find(name);
  std::erase(listeners->second, &session);
  if (listeners->second.empty()) of(kind).erase(listeners);
  names.erase(own);
  return true;
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
  const auto send = [&](Session& to, std::string_view type, std::string_view pattern) {
    bytes.clear();
    ReplyWriter push(bytes, to.protocol);
    push.push(pattern.empty() ? 3 : 4);
    push.bulk(type);
    if (!pattern.empty()) push.bulk(pattern);
    push.bulk(channel);
    push.bulk(message);
    deliver_(to, bytes);
    ++receivers;
  };
  const Listeners& direct = of(shard ? Channel::shard : Channel::plain);
  if (const auto found = direct.find(channel); found != direct.end()) {
    for (Session* session : found->second) send(*session, shard ? "smessage" : "message", {});
  }
  if (shard) return receivers;
  for (const auto& [pattern, sessions] : of(Channel::pattern)) {
    if (!glob_match(pattern, channel)) continue;
    for (Session* session : sessions) send(*session, "pmessage", pattern);
  }
  return receivers;
}

std::size_t Publisher::subscribers(Channel kind, std::string_view name) const {
  const auto found = listeners(kind).find(name);
  return found == listeners(kind).end() ? 0 : found->second.size();
}

}  // namespace outlive
