// The server as such: time, roles, waiting for replicas, modules, the end (server.c, replication.c,
// db.c of 8.1). What needs replicas, files or modules is refused by name.
#include <algorithm>
#include <limits>
#include <string>

#include "commands/families.hpp"
#include "commands/module_list.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"

namespace outlive {
namespace {

void refuse(Call& call, std::string_view what, std::string_view reason) {
  call.reply.error("ERR " + std::string(what) +
                   " is not supported by outlive: " + std::string(reason));
}

constexpr std::string_view no_persistence = "persistence is not emulated";
constexpr std::string_view no_replication = "replication is not emulated";
constexpr std::string_view no_modules = "modules are not emulated";

void time(Call& call) {
  const std::int64_t now_us = unix_us(call.engine.now());
  call.reply.array(2);
  call.reply.bulk_integer(now_us / 1'000'000);
  call.reply.bulk_integer(now_us % 1'000'000);
}

// ---- persistence

// Nothing was ever saved: the time of the start, as with Valkey.
void lastsave(Call& call) {
  call.reply.integer(unix_seconds(call.engine.started()));
}
void save(Call& call) {
  refuse(call, to_upper(call.command.name), no_persistence);
}

struct ShutdownWord {
  std::string_view word;
  unsigned bit;
};
namespace shutdown_flag {
constexpr unsigned nosave = 1, save = 2, now = 4, force = 8, abort = 16;
}
constexpr ShutdownWord shutdown_words[] = {{"nosave", shutdown_flag::nosave},
                                           {"save", shutdown_flag::save},
                                           {"now", shutdown_flag::now},
                                           {"force", shutdown_flag::force},
                                           {"abort", shutdown_flag::abort}};

void shutdown(Call& call) {
  unsigned flags = 0;
  for (const std::string_view word : call.args.rest()) {
    const auto* known =
        std::find_if(std::begin(shutdown_words), std::end(shutdown_words),
                     [&](const ShutdownWord& row) { return equal_ignoring_case(row.word, word); });
    if (known == std::end(shutdown_words)) return call.reply.error(errors::syntax);
    flags |= known->bit;
  }
  constexpr unsigned save_or_not = shutdown_flag::save | shutdown_flag::nosave;
  const bool aborts = flags & shutdown_flag::abort;
  if ((aborts && flags != shutdown_flag::abort) || (flags & save_or_not) == save_or_not) {
    return call.reply.error(errors::syntax);
  }
  if (aborts) return call.reply.error("ERR No shutdown in progress.");
  if (flags & shutdown_flag::save) return refuse(call, "SHUTDOWN SAVE", no_persistence);
  if (!(flags & shutdown_flag::now) && call.session.deny_blocking) {
    return call.reply.error(
        "ERR SHUTDOWN without NOW or ABORT isn't allowed for DENY BLOCKING client");
  }
  const ScriptHost* scripts = call.engine.scripts.get();
  if (scripts && !(flags & shutdown_flag::nosave) && !scripts->busy().empty()) {
    return call.reply.error(scripts->busy());
  }
  if (!call.engine.on_shutdown) return refuse(call, "SHUTDOWN", "there is no server around it");
  call.engine.on_shutdown(call.engine.now());
}

// ---- replication

void role(Call& call) {
  call.reply.array(3);
  call.reply.bulk("master");
  call.reply.integer(0);
  call.reply.empty_array();
}

void replicaof(Call& call) {
  if (equal_ignoring_case(call.words[1], "no") && equal_ignoring_case(call.words[2], "one")) {
    return call.reply.ok();
  }
  refuse(call, to_upper(call.command.name), no_replication);
}

void failover(Call& call) {
  if (call.words.size() == 2 && equal_ignoring_case(call.words[1], "abort")) {
    return call.reply.error("ERR No failover in progress.");
  }
  call.reply.error("ERR FAILOVER requires connected replicas.");
}

void sync(Call& call) {
  refuse(call, to_upper(call.command.name), no_replication);
}

// Waits in vain for replicas, which there are none of: `answer` comes when the time is over.
void wait_in_vain(Call& call, std::int64_t timeout_ms, void (*answer)(ReplyWriter&)) {
  if (call.session.deny_blocking) return answer(call.reply);
  Session& session = call.session;
  call.engine.block(session, {.until = call.engine.now() + Duration{timeout_ms * 1000},
                              .forever = timeout_ms == 0,
                              .on_timeout = [&session, answer] {
                                ReplyWriter reply(session.out, session.protocol);
                                answer(reply);
                              }});
}

std::int64_t next_timeout(Call& call) {
  // timeout.c, getTimeoutFromObjectOrReply.
  const std::int64_t timeout_ms =
      call.args.next_integer("ERR timeout is not an integer or out of range");
  if (!call.args.failed() && timeout_ms < 0) call.args.fail("ERR timeout is negative");
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 1'000'000;
  if (timeout_ms > most) call.args.fail("ERR timeout is out of range");
  return timeout_ms;
}

void wait(Call& call) {
  const std::int64_t replicas = call.args.next_integer();
  const std::int64_t timeout_ms = next_timeout(call);
  if (!call.args.done(call.reply)) return;
  const auto answer = [](ReplyWriter& reply) { reply.integer(0); };
  replicas <= 0 ? answer(call.reply) : wait_in_vain(call, timeout_ms, answer);
}

void waitaof(Call& call) {
  const std::int64_t local = call.args.next_integer();
  if (local < 0 || local > 1) {
    call.args.fail("ERR value is out of range, value must between 0 and 1");
  }
  const std::int64_t replicas =
      call.args.next_integer_in(0, std::numeric_limits<std::int64_t>::max(), errors::negative);
  const std::int64_t timeout_ms = next_timeout(call);
  if (!call.args.done(call.reply)) return;
  if (local) {
    return call.reply.error(
        "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.");
  }
  const auto answer = [](ReplyWriter& reply) {
    reply.array(2);
    reply.integer(0);
    reply.integer(0);
  };
  replicas <= 0 ? answer(call.reply) : wait_in_vain(call, timeout_ms, answer);
}

// ---- modules

void module_list(Call& call) {
  write_modules(call.reply, call.keyspace.ledger.profile());
}

void module_load(Call& call) {
  refuse(call, "MODULE " + to_upper(call.command.name), no_modules);
}

void module_help(Call& call) {
  static constexpr HelpLine lines[] = {
      "LIST",
      "    Return a list of loaded modules.",
      "LOAD <path> [<arg> ...]",
      "    Load a module library from <path>, passing to it any optional arguments.",
      "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
      "    Load a module library from <path>, while passing it module configurations and optional "
      "arguments.",
      "UNLOAD <name>",
      "    Unload a module."};
  reply_help(call, lines);
}

constexpr Command module_subcommands[] = {
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = module_help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "5.0.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "module"},
    {.name = "list",
     .arity = 2,
     .flags = flag::admin | flag::noscript,
     .run = module_list,
     .docs = {.summary = "Returns all loaded modules.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(N) where N is the number of loaded modules.",
              .tips = "nondeterministic_output_order"},
     .container = "module"},
    {.name = "load",
     .arity = -3,
     .flags = flag::no_async_loading | flag::admin | flag::noscript | flag::is_protected,
     .run = module_load,
     .docs =
         {.summary = "Loads a module.", .since = "4.0.0", .group = "server", .complexity = "O(1)"},
     .container = "module"},
    {.name = "loadex",
     .arity = -3,
     .flags = flag::no_async_loading | flag::admin | flag::noscript | flag::is_protected,
     .run = module_load,
     .docs = {.summary = "Loads a module using extended parameters.",
              .since = "7.0.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "module"},
    {.name = "unload",
     .arity = 3,
     .flags = flag::no_async_loading | flag::admin | flag::noscript | flag::is_protected,
     .run = module_load,
     .docs = {.summary = "Unloads a module.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "module"},
};

constexpr Command rows[] = {
    {.name = "bgrewriteaof",
     .arity = 1,
     .flags = flag::no_async_loading | flag::admin | flag::noscript,
     .run = save,
     .docs = {.summary = "Asynchronously rewrites the append-only file to disk.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "bgsave",
     .arity = -1,
     .flags = flag::no_async_loading | flag::admin | flag::noscript,
     .run = save,
     .docs = {.summary = "Asynchronously saves the database(s) to disk.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "failover",
     .arity = -1,
     .flags = flag::admin | flag::noscript | flag::stale,
     .run = failover,
     .docs = {.summary = "Starts a coordinated failover from a server to one of its replicas.",
              .since = "6.2.0",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "lastsave",
     .arity = 1,
     .flags = flag::loading | flag::stale | flag::fast,
     .categories = category::admin | category::dangerous,
     .run = lastsave,
     .docs = {.summary = "Returns the Unix timestamp of the last successful save to disk.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"}},
    {.name = "module",
     .arity = -2,
     .subcommands = module_subcommands,
     .docs = {.summary = "A container for module commands.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "Depends on subcommand."}},
    {.name = "psync",
     .arity = -3,
     .flags = flag::no_async_loading | flag::admin | flag::no_multi | flag::noscript,
     .run = sync,
     .docs = {.summary = "An internal command used in replication.",
              .since = "2.8.0",
              .group = "server"}},
    {.name = "replicaof",
     .arity = 3,
     .flags = flag::no_async_loading | flag::admin | flag::noscript | flag::stale,
     .run = replicaof,
     .docs = {.summary = "Configures a server as replica of another, or promotes it to a primary.",
              .since = "5.0.0",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "role",
     .arity = 1,
     .flags = flag::noscript | flag::loading | flag::stale | flag::fast,
     .categories = category::admin | category::dangerous,
     .run = role,
     .docs = {.summary = "Returns the replication role.",
              .since = "2.8.12",
              .group = "server",
              .complexity = "O(1)"}},
    {.name = "save",
     .arity = 1,
     .flags = flag::no_async_loading | flag::admin | flag::noscript | flag::no_multi,
     .run = save,
     .docs = {.summary = "Synchronously saves the database(s) to disk.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(N) where N is the total number of keys in all databases"}},
    {.name = "shutdown",
     .arity = -1,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale | flag::no_multi |
              flag::allow_busy,
     .run = shutdown,
     .docs = {.summary = "Synchronously saves the database(s) to disk and shuts down the server.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(N) when saving, where N is the total number of keys in all "
                            "databases when saving data, otherwise O(1)"}},
    {.name = "slaveof",
     .arity = 3,
     .flags = flag::no_async_loading | flag::admin | flag::noscript | flag::stale,
     .run = replicaof,
     .docs = {.summary =
                  "Sets a server as a replica of another, or promotes it to being a primary.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(1)",
              .deprecated_since = "5.0.0",
              .replaced_by = "`REPLICAOF`"}},
    {.name = "sync",
     .arity = 1,
     .flags = flag::no_async_loading | flag::admin | flag::no_multi | flag::noscript,
     .run = sync,
     .docs = {.summary = "An internal command used in replication.",
              .since = "1.0.0",
              .group = "server"}},
    {.name = "time",
     .arity = 1,
     .flags = flag::loading | flag::stale | flag::fast,
     .run = time,
     .docs = {.summary = "Returns the server time.",
              .since = "2.6.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"}},
    {.name = "wait",
     .arity = 3,
     .flags = flag::blocking,
     .categories = category::connection,
     .run = wait,
     .docs = {.summary = "Blocks until the asynchronous replication of all preceding write "
                         "commands sent by the connection is completed.",
              .since = "3.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "request_policy:all_shards response_policy:agg_min"},
     .before_8_0 = {.flags = flag::noscript, .without = flag::blocking}},
    {.name = "waitaof",
     .arity = 4,
     .flags = flag::blocking,
     .categories = category::connection,
     .run = waitaof,
     .docs = {.summary = "Blocks until all of the preceding write commands sent by the connection "
                         "are written to the append-only file of the primary and/or replicas.",
              .since = "7.2.0",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "request_policy:all_shards response_policy:agg_min"}},
};

}  // namespace

CommandRows server_commands() {
  return rows;
}

}  // namespace outlive
