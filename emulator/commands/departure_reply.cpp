#include "commands/departure_reply.hpp"

#include <cctype>

#include "base/text.hpp"

namespace outlive {
namespace {

std::string by_whom(const Departure& departure) {
  std::string text = departure.cause.empty() ? "the server" : to_upper(departure.cause);
  if (departure.client != 0) text += " of client " + std::to_string(departure.client);
  return text;
}

// "idle for 12000 ms", "used 5 times by the LFU counter"; and what was left of its TTL.
std::string condition(const Departure& departure) {
  std::string text = departure.frequency >= 0
                         ? "its LFU counter was " + std::to_string(departure.frequency)
                         : "it had been idle for " + std::to_string(departure.idle_ms) + " ms";
  text += departure.ttl_ms < 0
              ? ", it had no TTL"
              : ", " + std::to_string(departure.ttl_ms) + " ms of its TTL were left";
  return text;
}

std::string evicted(const Departure& departure) {
  std::string text = "evicted by " + departure.cause + " to make room: " + condition(departure);
  if (!departure.lost_to_it.empty()) {
    text +=
        "; it ranked before " + std::to_string(departure.lost_to_it.size()) + " other candidates";
  }
  if (departure.stale_score) {
    text += "; its score was out of date, for it was pooled before its last use or renewal";
  }
  return text;
}

}  // namespace

std::string sentence(const Departure& departure) {
  switch (departure.reason) {
    case Departure::Reason::evicted:
      return evicted(departure);
    case Departure::Reason::expired_lazily:
      return "expired: its TTL was over when " + by_whom(departure) + " looked for it";
    case Departure::Reason::expired_actively:
      return "expired: its TTL was over when the cron came by";
    case Departure::Reason::overwritten:
      return "overwritten by " + by_whom(departure);
    case Departure::Reason::flushed:
      return "flushed by " + by_whom(departure);
    case Departure::Reason::renamed:
      return "renamed by " + by_whom(departure);
    case Departure::Reason::moved:
      return "moved by " + by_whom(departure);
    case Departure::Reason::deleted:
      break;
  }
  return "deleted by " + by_whom(departure);
}

void reply_departure(ReplyWriter& reply, const Departure& departure) {
  const auto text = [&](std::string_view name, std::string_view value) {
    reply.bulk(name);
    reply.bulk(value);
  };
  const auto number = [&](std::string_view name, auto value) {
    reply.bulk(name);
    reply.integer(static_cast<std::int64_t>(value));
  };
  const bool evicted = departure.reason == Departure::Reason::evicted;
  reply.map(evicted ? 16 : 13);
  text("state", to_string(departure.reason));
  text("why", sentence(departure));
  number("sequence", departure.sequence);
  number("unix_us", departure.when.time_since_epoch().count());
  number("database", departure.database);
  text("key", departure.key);
  text("type", departure.type);
  text("cause", departure.cause);
  number("client", departure.client);
  number("ttl_ms", departure.ttl_ms);
  number("idle_ms", departure.idle_ms);
  number("frequency", departure.frequency);
  number("size", departure.size);
  if (!evicted) return;
  text("score", std::to_string(departure.score));
  number("stale_score", departure.stale_score ? 1 : 0);
  reply.bulk("lost_to_it");
  reply.array(departure.lost_to_it.size());
  for (const Departure::Candidate& candidate : departure.lost_to_it) {
    reply.map(3);
    number("database", candidate.database);
    text("key", candidate.key);
    text("score", std::to_string(candidate.score));
  }
}

}  // namespace outlive
