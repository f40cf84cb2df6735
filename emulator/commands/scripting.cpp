// EVAL, EVALSHA, their read-only forms, and SCRIPT (eval.c of 8.1).
#include <span>
#include <string>
#include <string_view>

#include "commands/families.hpp"
#include "commands/script_keys.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"
#include "scripting/scripts.hpp"

namespace outlive {
namespace {

void refuse_digest(Call& call) {
  const bool redis = call.keyspace.ledger.profile().is_redis();
  call.reply.error(std::string(errors::no_script) + (redis ? " Please use EVAL." : ""));
}

// ---- EVAL
// -----------------------------------------------------------------------------------------

// The script that the request names or brings along; null if the client was answered.
CachedScript* find_or_add(Call& call, bool by_digest) {
  Scripts& scripts = scripts_of(call);
  const std::string_view named = call.words[1];
  CachedScript* script = by_digest ? scripts.cache().find(named) : scripts.cache().find_body(named);
  if (script) return script;
  if (by_digest) {
    refuse_digest(call);
    return nullptr;
  }
  const auto added =
      scripts.cache().add(named, true, scripts.script_machine(), call.engine.stats.evicted_scripts);
  if (!added.script) call.reply.error("ERR " + added.error);
  return added.script;
}

void evaluate(Call& call, bool by_digest, bool read_only) {
  constexpr std::size_t digest_size = 40;
  // Before the commands that the script calls.
  call.engine.feed_monitors(call.session, call.words);
  if (by_digest && call.words[1].size() != digest_size) return refuse_digest(call);
  const auto words = split_keys(call, errors::not_integer);
  if (!words) return;
  CachedScript* script = find_or_add(call, by_digest);
  if (!script) return;
  Scripts& scripts = scripts_of(call);
  scripts.run(call, {.machine = scripts.script_machine(),
                     .function = script->function,
                     .name = script->digest,
                     .flags = script->flags,
                     .is_eval = true,
                     .read_only = read_only,
                     .keys = words->keys,
                     .arguments = words->arguments});
  scripts.cache().touch(*script);
}

void eval(Call& call) {
  evaluate(call, false, false);
}
void eval_ro(Call& call) {
  evaluate(call, false, true);
}
void evalsha(Call& call) {
  evaluate(call, true, false);
}
void evalsha_ro(Call& call) {
  evaluate(call, true, true);
}

// ---- SCRIPT
// ---------------------------------------------------------------------------------------

// Lua's debugger needs a connection that the script can wait on, which the core does not have.
void script_debug(Call& call) {
  const bool names_engine = call.keyspace.ledger.profile().has("9.1.0");
  if (names_engine && call.args.left() > 2) {
    return call.reply.error(errors::subcommand_syntax(call.words[1], call.command.container));
  }
  if (!call.reply.out().empty()) {
    return call.reply.error("ERR SCRIPT DEBUG must be called outside a pipeline");
  }
  if (names_engine && call.args.left() == 2 && !equal_ignoring_case(call.words[3], "lua")) {
    return call.reply.error("ERR No scripting engine found with name '" +
                            std::string(c_text(call.words[3])) + "' to enable debug");
  }
  if (call.args.take("no")) return call.reply.ok();
  if (call.args.take("yes") || call.args.take("sync")) {
    return call.reply.error("ERR SCRIPT DEBUG YES and SYNC are not supported by outlive");
  }
  call.reply.error("ERR Use SCRIPT DEBUG YES/SYNC/NO");
}

void exists(Call& call) {
  const auto digests = call.args.rest();
  call.reply.array(digests.size());
  for (const std::string_view digest : digests) {
    call.reply.integer(scripts_of(call).cache().find(digest) ? 1 : 0);
  }
}

// Memory is modelled as freed at once, however it is asked for.
void flush(Call& call) {
  const bool known = call.args.empty() || call.args.take("sync") || call.args.take("async");
  if (!known || !call.args.empty()) {
    return call.reply.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  }
  scripts_of(call).flush_scripts();
  call.engine.note_script_machine();
  call.reply.ok();
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      {"DEBUG (YES|SYNC|NO)", "", "9.0.0"},
      {"    Set the debug mode for subsequent scripts executed.", "", "9.0.0"},
      {"DEBUG (YES|SYNC|NO) [<engine_name>]", "9.0.0"},
      {"    Set the debug mode for subsequent scripts executed of the specified engine.", "9.0.0"},
      {"    Default engine name: 'lua'", "9.0.0"},
      "EXISTS <sha1> [<sha1> ...]",
      "    Return information about the existence of the scripts in the script cache.",
      "FLUSH [ASYNC|SYNC]",
      "    Flush the Lua scripts cache. Very dangerous on replicas.",
      {"    When called without the optional mode argument, the behavior is determined by the", "",
       "8.0.0"},
      {"    lazyfree-lazy-user-flush configuration directive. Valid modes are:", "", "8.0.0"},
      {"    When called without the optional mode argument, the behavior is determined", "8.0.0"},
      {"     by the lazyfree-lazy-user-flush configuration directive. Valid modes are:", "8.0.0"},
      "    * ASYNC: Asynchronously flush the scripts cache.",
      "    * SYNC: Synchronously flush the scripts cache.",
      "KILL",
      "    Kill the currently executing Lua script.",
      "LOAD <script>",
      "    Load a script into the scripts cache without executing it.",
      {"SHOW <sha1>", "8.0.0"},
      {"    Show a script from the scripts cache.", "8.0.0"},
  };
  reply_help(call, lines);
}

void kill(Call& call) {
  const std::string_view error = scripts_of(call).kill(true);
  error.empty() ? call.reply.ok() : call.reply.error(error);
}

void load(Call& call) {
  Scripts& scripts = scripts_of(call);
  const std::string_view body = call.args.next();
  CachedScript* script = scripts.cache().find_body(body);
  if (script) {
    scripts.cache().keep(*script);
  } else {
    const auto added = scripts.cache().add(body, false, scripts.script_machine(),
                                           call.engine.stats.evicted_scripts);
    if (!added.script) return call.reply.error("ERR " + added.error);
    script = added.script;
  }
  call.reply.bulk(script->digest);
}

void show(Call& call) {
  const CachedScript* script = scripts_of(call).cache().find(call.args.next());
  if (!script) return refuse_digest(call);
  call.reply.bulk(script->body);
}

constexpr Command script_subcommands[] = {
    {.name = "debug",
     .arity = 3,
     .flags = flag::noscript,
     .categories = category::scripting,
     .run = script_debug,
     .docs = {.summary = "Sets the debug mode of server-side Lua scripts.",
              .since = "3.2.0",
              .group = "scripting",
              .complexity = "O(1)"},
     .container = "script",
     .since_9_1 = {.arity = -3}},
    {.name = "exists",
     .arity = -3,
     .flags = flag::noscript,
     .categories = category::scripting,
     .run = exists,
     .docs = {.summary = "Determines whether server-side Lua scripts exist in the script cache.",
              .since = "2.6.0",
              .group = "scripting",
              .complexity = "O(N) with N being the number of scripts to check (so checking a "
                            "single script is an O(1) operation).",
              .tips = "request_policy:all_shards response_policy:agg_logical_and"},
     .container = "script",
     .since_9_1 = {.flags = flag::stale}},
    {.name = "flush",
     .arity = -2,
     .flags = flag::noscript,
     .categories = category::scripting,
     .run = flush,
     .docs = {.summary = "Removes all server-side Lua scripts from the script cache.",
              .since = "2.6.0",
              .group = "scripting",
              .complexity = "O(N) with N being the number of scripts in cache",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "script",
     .since_9_1 = {.flags = flag::stale}},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .categories = category::scripting,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "5.0.0",
              .group = "scripting",
              .complexity = "O(1)"},
     .container = "script"},
    {.name = "kill",
     .arity = 2,
     .flags = flag::noscript | flag::allow_busy,
     .categories = category::scripting,
     .run = kill,
     .docs = {.summary = "Terminates a server-side Lua script during execution.",
              .since = "2.6.0",
              .group = "scripting",
              .complexity = "O(1)",
              .tips = "request_policy:all_shards response_policy:one_succeeded"},
     .container = "script"},
    {.name = "load",
     .arity = 3,
     .flags = flag::noscript | flag::stale,
     .categories = category::scripting,
     .run = load,
     .docs = {.summary = "Loads a server-side Lua script to the script cache.",
              .since = "2.6.0",
              .group = "scripting",
              .complexity = "O(N) with N being the length in bytes of the script body.",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "script"},
    {.name = "show",
     .arity = 3,
     .flags = flag::noscript,
     .categories = category::scripting,
     .run = show,
     .docs = {.summary = "Show server-side Lua script in the script cache.",
              .since = "8.0.0",
              .group = "scripting",
              .complexity = "O(1)."},
     .container = "script",
     .since_9_1 = {.flags = flag::stale}},
};

constexpr Command rows[] = {
    {.name = "eval",
     .arity = -3,
     .flags = flag::noscript | flag::skip_monitor | flag::may_replicate | flag::no_mandatory_keys |
              flag::stale | flag::script,
     .categories = category::scripting,
     .keys = {any_write},
     .run = eval,
     .docs = {.summary = "Executes a server-side Lua script.",
              .since = "2.6.0",
              .group = "scripting",
              .complexity = "Depends on the script that is executed."}},
    {.name = "eval_ro",
     .arity = -3,
     .flags = flag::noscript | flag::skip_monitor | flag::no_mandatory_keys | flag::stale |
              flag::readonly | flag::script,
     .categories = category::scripting,
     .keys = {any_read},
     .run = eval_ro,
     .docs = {.summary = "Executes a read-only server-side Lua script.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "Depends on the script that is executed."}},
    {.name = "evalsha",
     .arity = -3,
     .flags = flag::noscript | flag::skip_monitor | flag::may_replicate | flag::no_mandatory_keys |
              flag::stale | flag::script,
     .categories = category::scripting,
     .keys = {KeySpec::counted(keyflag::rw | keyflag::access | keyflag::update, 2)},
     .run = evalsha,
     .docs = {.summary = "Executes a server-side Lua script by SHA1 digest.",
              .since = "2.6.0",
              .group = "scripting",
              .complexity = "Depends on the script that is executed."}},
    {.name = "evalsha_ro",
     .arity = -3,
     .flags = flag::noscript | flag::skip_monitor | flag::no_mandatory_keys | flag::stale |
              flag::readonly | flag::script,
     .categories = category::scripting,
     .keys = {KeySpec::counted(keyflag::ro | keyflag::access, 2)},
     .run = evalsha_ro,
     .docs = {.summary = "Executes a read-only server-side Lua script by SHA1 digest.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "Depends on the script that is executed."}},
    {.name = "script",
     .arity = -2,
     .subcommands = script_subcommands,
     .docs = {.summary = "A container for Lua scripts management commands.",
              .since = "2.6.0",
              .group = "scripting",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows scripting_commands() {
  return rows;
}

}  // namespace outlive
