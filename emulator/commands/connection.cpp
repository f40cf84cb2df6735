// The connection itself: AUTH, HELLO, SELECT, PING, RESET and the like. CLIENT is in client.cpp.
#include <string>

#include "base/c_text.hpp"
#include "commands/families.hpp"
#include "commands/module_list.hpp"
#include "engine/directives.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

void ping(Call& call) {
  if (call.args.left() > 1) {
    return call.reply.error(errors::wrong_arity(call.command.full_name()));
  }
  const bool bare = call.args.empty();
  const std::string_view text = call.args.peek();
  if (call.session.protocol == Protocol::resp2 && call.session.subscriptions() > 0) {
    call.reply.array(2);
    call.reply.bulk("pong");
    call.reply.bulk(text);
  } else {
    bare ? call.reply.simple("PONG") : call.reply.bulk(text);
  }
}

void echo(Call& call) {
  call.reply.bulk(call.args.next());
}

// object.c, getIntFromObjectOrReply.
constexpr std::string_view no_c_int =
    "ERR value is out of range, value must between -2147483648 and 2147483647";

void select(Call& call) {
  const auto index = call.args.next_integer();
  if (!call.args.done(call.reply)) return;
  if (index != static_cast<std::int32_t>(index)) return call.reply.error(no_c_int);
  if (index < 0 || index >= static_cast<std::int64_t>(call.keyspace.databases())) {
    return call.reply.error(errors::database_out_of_range);
  }
  call.session.database = static_cast<int>(index);
  call.keyspace.database(static_cast<std::size_t>(index)).open();
  call.reply.ok();
}

// True if the name and the password are the default user's, who is the only one there is.
bool signs_in(Call& call, std::string_view user, std::string_view password) {
  const std::string& required = call.engine.options.requirepass;
  if (user == "default" && (required.empty() || password == required)) {
    call.session.authenticated = call.session.ever_authenticated = true;
    return true;
  }
  ++call.engine.stats.denied_sign_ins;
  call.reply.error("WRONGPASS invalid username-password pair or user is disabled.");
  return false;
}

void auth(Call& call) {
  if (call.args.left() > 2) return call.reply.error(errors::syntax);
  const bool with_user = call.args.left() == 2;
  if (!with_user && call.engine.options.requirepass.empty()) {
    return call.reply.error(
        "ERR AUTH <password> called without any password configured for the default user. Are you "
        "sure your configuration is correct?");
  }
  const auto user = with_user ? call.args.next() : std::string_view("default");
  if (signs_in(call, user, call.args.next())) call.reply.ok();
}

struct HelloRequest {
  std::int64_t version = 0;  // 0: unchanged
  bool auth = false;
  std::string_view user, password;
  bool named = false;
  std::string_view name;
};

void take_name(Call& call, std::string_view name) {
  call.session.name = name;
  call.engine.recharge(call.session);
}

// An error reply was written if it is false.
bool read_hello(Call& call, HelloRequest& request) {
  if (!call.args.empty()) {
    request.version =
        call.args.next_integer("ERR Protocol version is not an integer or out of range");
    if (!call.args.done(call.reply)) return false;
    if (request.version < 2 || request.version > 3) {
      call.reply.error("NOPROTO unsupported protocol version");
      return false;
    }
  }
  // Redis 7.0 signed in and took the name as it read them, whatever followed.
  const bool at_once = call.keyspace.ledger.profile().is_redis();
  while (!call.args.empty()) {
    if (call.args.left() > 2 && call.args.take("AUTH")) {
      request.auth = !at_once;
      request.user = call.args.next();
      request.password = call.args.next();
      if (at_once && !signs_in(call, request.user, request.password)) return false;
    } else if (call.args.left() > 1 && call.args.take("SETNAME")) {
      request.named = true;
      request.name = call.args.next();
      if (!valid_client_name(request.name, call.keyspace.ledger.profile())) {
        call.reply.error(errors::bad_client_name);
        return false;
      }
      if (at_once) take_name(call, request.name);
    } else {
      call.reply.error("ERR Syntax error in HELLO option '" +
                       std::string(c_text(call.args.next())) + "'");
      return false;
    }
  }
  return true;
}

void describe_server(Call& call) {
  ReplyWriter reply(call.reply.out(), call.session.protocol);
  const std::string zone =
      directive_value(call.engine.options, *find_directive("availability-zone"));
  reply.map(zone.empty() ? 7 : 8);
  const bool poses = poses_as_redis(call.engine.options);
  reply.bulk("server");
  reply.bulk(poses ? "redis" : call.keyspace.ledger.profile().server);
  reply.bulk("version");
  reply.bulk(poses ? "7.2.4" : call.keyspace.ledger.profile().version);
  reply.bulk("proto");
  reply.integer(static_cast<std::int64_t>(call.session.protocol));
  reply.bulk("id");
  reply.integer(static_cast<std::int64_t>(call.session.id));
  reply.bulk("mode");
  reply.bulk("standalone");
  reply.bulk("role");
  reply.bulk("master");
  reply.bulk("modules");
  write_modules(reply, call.keyspace.ledger.profile());
  if (zone.empty()) return;
  reply.bulk("availability_zone");
  reply.bulk(zone);
}

void hello(Call& call) {
  HelloRequest request;
  if (!read_hello(call, request)) return;
  if (request.auth && !signs_in(call, request.user, request.password)) return;
  if (!call.session.authenticated) {
    const bool redis = call.keyspace.ledger.profile().is_redis();
    return call.reply.error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO " +
        std::string(redis ? "" : "<proto> ") +
        "AUTH <user> <pass> option can be used to authenticate the client and select the RESP "
        "protocol version at the same time");
  }
  if (request.named) take_name(call, request.name);
  if (request.version) call.session.protocol = static_cast<Protocol>(request.version);
  describe_server(call);
}

void quit(Call& call) {
  call.reply.ok();
  call.session.close_after_reply = true;
}

void reset(Call& call) {
  call.engine.reset_session(call.session);
  ReplyWriter(call.reply.out(), call.session.protocol).simple("RESET");
}

void monitor(Call& call) {
  if (call.session.deny_blocking) {
    return call.reply.error("ERR MONITOR isn't allowed for DENY BLOCKING client");
  }
  if (!call.session.monitor) call.engine.start_monitoring(call.session);
  call.reply.ok();
}

constexpr Command rows[] = {
    {.name = "auth",
     .arity = -2,
     .flags = flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_auth |
              flag::allow_busy,
     .categories = category::connection,
     .run = auth,
     .docs = {.summary = "Authenticates the connection.",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(N) where N is the number of passwords defined for the user"}},
    {.name = "echo",
     .arity = 2,
     .flags = flag::loading | flag::stale | flag::fast,
     .categories = category::connection,
     .run = echo,
     .docs = {.summary = "Returns the given string.",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(1)"}},
    {.name = "hello",
     .arity = -1,
     .flags = flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_auth |
              flag::allow_busy,
     .categories = category::connection,
     .run = hello,
     .docs = {.summary = "Handshakes with the server.",
              .since = "6.0.0",
              .group = "connection",
              .complexity = "O(1)"}},
    {.name = "monitor",
     .arity = 1,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = monitor,
     .docs = {.summary = "Listens for all requests received by the server in real-time.",
              .since = "1.0.0",
              .group = "server"}},
    {.name = "ping",
     .arity = -1,
     .flags = flag::fast | flag::while_subscribed,
     .categories = category::connection,
     .run = ping,
     .docs = {.summary = "Returns the server's liveliness response.",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(1)",
              .tips = "request_policy:all_shards response_policy:all_succeeded"}},
    {.name = "quit",
     .arity = -1,
     .flags = flag::allow_busy | flag::noscript | flag::loading | flag::stale | flag::fast |
              flag::no_auth | flag::never_queued | flag::while_subscribed,
     .categories = category::connection,
     .run = quit,
     .docs = {.summary = "Closes the connection.",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(1)",
              .deprecated_since = "7.2.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "just closing the connection"}},
    {.name = "reset",
     .arity = 1,
     .flags = flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_auth |
              flag::allow_busy | flag::never_queued | flag::while_subscribed,
     .categories = category::connection,
     .run = reset,
     .docs = {.summary = "Resets the connection.",
              .since = "6.2.0",
              .group = "connection",
              .complexity = "O(1)"}},
    {.name = "select",
     .arity = 2,
     .flags = flag::loading | flag::stale | flag::fast,
     .categories = category::connection,
     .run = select,
     .docs = {.summary = "Changes the selected database.",
              .since = "1.0.0",
              .group = "connection",
              .complexity = "O(1)"},
     .since_9_1 = {.flags = flag::allow_busy}},
};

}  // namespace

CommandRows connection_commands() {
  return rows;
}

}  // namespace outlive
