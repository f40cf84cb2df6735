// Publish and subscribe: channels, patterns, shard channels (pubsub.c of 8.1).
#include <string>

#include "commands/families.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"

namespace outlive {
namespace {

// What a kind of subscription is called on the wire.
struct Wording {
  std::string_view subscribed, unsubscribed, refused;
};
constexpr Wording wordings[] = {
    {"subscribe", "unsubscribe", "ERR SUBSCRIBE isn't allowed for a DENY BLOCKING client"},
    {"psubscribe", "punsubscribe", "ERR PSUBSCRIBE isn't allowed for a DENY BLOCKING client"},
    {"ssubscribe", "sunsubscribe", "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client"}};

const Wording& wording(Channel kind) {
  return wordings[static_cast<int>(kind)];
}

// Shard channels are counted apart from the rest (pubsub.c, pubSubShardType).
std::int64_t count(const Session& session, Channel kind) {
  return static_cast<std::int64_t>(kind == Channel::shard
                                       ? session.shard_channels.size()
                                       : session.channels.size() + session.patterns.size());
}

void write_notice(ReplyWriter& reply, std::string_view what, const std::string_view* name,
                  std::int64_t subscriptions) {
  reply.push(3);
  reply.bulk(what);
  name ? reply.bulk(*name) : reply.null();
  reply.integer(subscriptions);
}

void tell(Call& call, std::string_view what, const std::string_view* name, Channel kind) {
  const std::int64_t subscriptions = count(call.session, kind);
  if (call.session.replies == Session::Replies::on) {
    return write_notice(call.reply, what, name, subscriptions);
  }
  // CLIENT REPLY OFF silences replies; this is a push like the messages that follow it
  // (networking.c, prepareClientToWrite).
  std::string bytes;
  ReplyWriter push(bytes, call.session.protocol);
  write_notice(push, what, name, subscriptions);
  call.engine.deliver(call.session, bytes);
}

void subscribe_to(Call& call, Channel kind) {
  // MULTI is let through for old clients' sake, shard channels excepted.
  const bool in_script = call.session.internal;
  if (call.session.deny_blocking && (in_script || kind == Channel::shard)) {
    return call.reply.error(wording(kind).refused);
  }
  for (const auto name : call.args.rest()) {
    call.engine.publisher.subscribe(call.session, kind, name);
    tell(call, wording(kind).subscribed, &name, kind);
  }
}

std::vector<std::string> subscribed(const Session& session, Channel kind) {
  const auto& names = kind == Channel::plain     ? session.channels
                      : kind == Channel::pattern ? session.patterns
                                                 : session.shard_channels;
  return {names.begin(), names.end()};
}

void unsubscribe_from(Call& call, Channel kind) {
  if (!call.args.empty()) {
    for (const auto name : call.args.rest()) {
      call.engine.publisher.unsubscribe(call.session, kind, name);
      tell(call, wording(kind).unsubscribed, &name, kind);
    }
    return;
  }
  const auto all = subscribed(call.session, kind);
  if (all.empty()) return tell(call, wording(kind).unsubscribed, nullptr, kind);
  for (const std::string& text : all) {
    const std::string_view name = text;
    call.engine.publisher.unsubscribe(call.session, kind, name);
    tell(call, wording(kind).unsubscribed, &name, kind);
  }
}

void subscribe(Call& call) {
  subscribe_to(call, Channel::plain);
}
void psubscribe(Call& call) {
  subscribe_to(call, Channel::pattern);
}
void ssubscribe(Call& call) {
  subscribe_to(call, Channel::shard);
}
void unsubscribe(Call& call) {
  unsubscribe_from(call, Channel::plain);
}
void punsubscribe(Call& call) {
  unsubscribe_from(call, Channel::pattern);
}
void sunsubscribe(Call& call) {
  unsubscribe_from(call, Channel::shard);
}

void publish_on(Call& call, bool shard) {
  const auto channel = call.args.next();
  const auto message = call.args.next();
  call.reply.integer(
      static_cast<std::int64_t>(call.engine.publisher.publish(channel, message, shard)));
}
void publish(Call& call) {
  publish_on(call, false);
}
void spublish(Call& call) {
  publish_on(call, true);
}

void list_channels(Call& call, Channel kind) {
  if (call.args.left() > 1) {
    return call.reply.error(errors::subcommand_syntax(call.words[1], call.words[0]));
  }
  const bool all = call.args.empty();
  const auto pattern = call.args.peek();
  const std::size_t start = call.reply.defer();
  std::size_t shown = 0;
  for (const auto& [name, sessions] : call.engine.publisher.listeners(kind)) {
    if (!all && !glob_match(pattern, name)) continue;
    call.reply.bulk(name);
    ++shown;
  }
  call.reply.close_array(start, shown);
}
void channels(Call& call) {
  list_channels(call, Channel::plain);
}
void shardchannels(Call& call) {
  list_channels(call, Channel::shard);
}

void count_subscribers(Call& call, Channel kind) {
  const auto names = call.args.rest();
  call.reply.array(names.size() * 2);
  for (const auto name : names) {
    call.reply.bulk(name);
    call.reply.integer(static_cast<std::int64_t>(call.engine.publisher.subscribers(kind, name)));
  }
}
void numsub(Call& call) {
  count_subscribers(call, Channel::plain);
}
void shardnumsub(Call& call) {
  count_subscribers(call, Channel::shard);
}

void numpat(Call& call) {
  call.reply.integer(
      static_cast<std::int64_t>(call.engine.publisher.listeners(Channel::pattern).size()));
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "CHANNELS [<pattern>]",
      "    Return the currently active channels matching a <pattern> (default: '*').",
      "NUMPAT",
      "    Return number of subscriptions to patterns.",
      "NUMSUB [<channel> ...]",
      "    Return the number of subscribers for the specified channels, excluding",
      "    pattern subscriptions(default: no channels).",
      "SHARDCHANNELS [<pattern>]",
      "    Return the currently active shard level channels matching a <pattern> (default: '*').",
      "SHARDNUMSUB [<shardchannel> ...]",
      "    Return the number of subscribers for the specified shard level channel(s)"};
  reply_help(call, lines);
}

constexpr Command subcommands[] = {
    {.name = "channels",
     .arity = -2,
     .flags = flag::pubsub | flag::loading | flag::stale,
     .run = channels,
     .docs = {.summary = "Returns the active channels.",
              .since = "2.8.0",
              .group = "pubsub",
              .complexity = "O(N) where N is the number of active channels, and assuming constant "
                            "time pattern matching (relatively short channels and patterns)"},
     .container = "pubsub"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "6.2.0",
              .group = "pubsub",
              .complexity = "O(1)"},
     .container = "pubsub"},
    {.name = "numpat",
     .arity = 2,
     .flags = flag::pubsub | flag::loading | flag::stale,
     .run = numpat,
     .docs = {.summary = "Returns a count of unique pattern subscriptions.",
              .since = "2.8.0",
              .group = "pubsub",
              .complexity = "O(1)"},
     .container = "pubsub"},
    {.name = "numsub",
     .arity = -2,
     .flags = flag::pubsub | flag::loading | flag::stale,
     .run = numsub,
     .docs = {.summary = "Returns a count of subscribers to channels.",
              .since = "2.8.0",
              .group = "pubsub",
              .complexity =
                  "O(N) for the NUMSUB subcommand, where N is the number of requested channels"},
     .container = "pubsub"},
    {.name = "shardchannels",
     .arity = -2,
     .flags = flag::pubsub | flag::loading | flag::stale,
     .run = shardchannels,
     .docs = {.summary = "Returns the active shard channels.",
              .since = "7.0.0",
              .group = "pubsub",
              .complexity = "O(N) where N is the number of active shard channels, and assuming "
                            "constant time pattern matching (relatively short shard channels)."},
     .container = "pubsub"},
    {.name = "shardnumsub",
     .arity = -2,
     .flags = flag::pubsub | flag::loading | flag::stale,
     .run = shardnumsub,
     .docs = {.summary = "Returns the count of subscribers of shard channels.",
              .since = "7.0.0",
              .group = "pubsub",
              .complexity = "O(N) for the SHARDNUMSUB subcommand, where N is the number of "
                            "requested shard channels"},
     .container = "pubsub"},
};

constexpr Command rows[] = {
    {.name = "psubscribe",
     .arity = -2,
     .flags = flag::pubsub | flag::noscript | flag::loading | flag::stale | flag::while_subscribed,
     .run = psubscribe,
     .docs = {.summary =
                  "Listens for messages published to channels that match one or more patterns.",
              .since = "2.0.0",
              .group = "pubsub",
              .complexity = "O(N) where N is the number of patterns to subscribe to."}},
    {.name = "publish",
     .arity = 3,
     .flags = flag::pubsub | flag::loading | flag::stale | flag::fast | flag::may_replicate,
     .run = publish,
     .docs = {.summary = "Posts a message to a channel.",
              .since = "2.0.0",
              .group = "pubsub",
              .complexity =
                  "O(N+M) where N is the number of clients subscribed to the receiving channel and "
                  "M is the total number of subscribed patterns (by any client)."}},
    {.name = "pubsub",
     .arity = -2,
     .subcommands = subcommands,
     .docs = {.summary = "A container for Pub/Sub commands.",
              .since = "2.8.0",
              .group = "pubsub",
              .complexity = "Depends on subcommand."}},
    {.name = "punsubscribe",
     .arity = -1,
     .flags = flag::pubsub | flag::noscript | flag::loading | flag::stale | flag::while_subscribed |
              flag::unsubscribes,
     .run = punsubscribe,
     .docs =
         {.summary =
              "Stops listening to messages published to channels that match one or more patterns.",
          .since = "2.0.0",
          .group = "pubsub",
          .complexity = "O(N) where N is the number of patterns to unsubscribe."}},
    {.name = "spublish",
     .arity = 3,
     .flags = flag::pubsub | flag::loading | flag::stale | flag::fast | flag::may_replicate,
     .keys = {KeySpec::range(keyflag::not_key, 1, 0, 1)},
     .run = spublish,
     .docs =
         {.summary = "Post a message to a shard channel",
          .since = "7.0.0",
          .group = "pubsub",
          .complexity =
              "O(N) where N is the number of clients subscribed to the receiving shard channel."},
     .since_9_1 = {.summary = "Posts a message to a shard channel."}},
    {.name = "ssubscribe",
     .arity = -2,
     .flags = flag::pubsub | flag::noscript | flag::loading | flag::stale | flag::while_subscribed,
     .keys = {KeySpec::range(keyflag::not_key, 1, -1, 1)},
     .run = ssubscribe,
     .docs = {.summary = "Listens for messages published to shard channels.",
              .since = "7.0.0",
              .group = "pubsub",
              .complexity = "O(N) where N is the number of shard channels to subscribe to."}},
    {.name = "subscribe",
     .arity = -2,
     .flags = flag::pubsub | flag::noscript | flag::loading | flag::stale | flag::while_subscribed,
     .run = subscribe,
     .docs = {.summary = "Listens for messages published to channels.",
              .since = "2.0.0",
              .group = "pubsub",
              .complexity = "O(N) where N is the number of channels to subscribe to."}},
    {.name = "sunsubscribe",
     .arity = -1,
     .flags = flag::pubsub | flag::noscript | flag::loading | flag::stale | flag::while_subscribed |
              flag::unsubscribes,
     .keys = {KeySpec::range(keyflag::not_key, 1, -1, 1)},
     .run = sunsubscribe,
     .docs = {.summary = "Stops listening to messages posted to shard channels.",
              .since = "7.0.0",
              .group = "pubsub",
              .complexity = "O(N) where N is the number of shard channels to unsubscribe."}},
    {.name = "unsubscribe",
     .arity = -1,
     .flags = flag::pubsub | flag::noscript | flag::loading | flag::stale | flag::while_subscribed |
              flag::unsubscribes,
     .run = unsubscribe,
     .docs = {.summary = "Stops listening to messages posted to channels.",
              .since = "2.0.0",
              .group = "pubsub",
              .complexity = "O(N) where N is the number of channels to unsubscribe."}},
};

}  // namespace

CommandRows pubsub_commands() {
  return rows;
}

}  // namespace outlive
