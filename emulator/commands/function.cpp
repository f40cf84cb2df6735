// FUNCTION, FCALL, FCALL_RO (functions.c of 8.1).
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/c_text.hpp"
#include "base/text.hpp"
#include "commands/families.hpp"
#include "commands/script_keys.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"
#include "scripting/library_dump.hpp"
#include "scripting/scripts.hpp"
#include "snapshot/rdb_writer.hpp"

namespace outlive {
namespace {

// ---- FCALL
// ----------------------------------------------------------------------------------------

void call_function(Call& call, bool read_only) {
  // Before the commands that the function calls.
  call.engine.feed_monitors(call.session, call.words);
  Scripts& scripts = scripts_of(call);
  const RegisteredFunction* function = scripts.libraries().find(call.words[1]);
  if (!function) return call.reply.error("ERR Function not found");
  const auto words = split_keys(call, "ERR Bad number of keys provided");
  if (!words) return;
  scripts.run(call, {.machine = scripts.function_machine(),
                     .function = function->callback,
                     .name = function->name,
                     .flags = function->flags,
                     .is_eval = false,
                     .read_only = read_only,
                     .keys = words->keys,
                     .arguments = words->arguments});
}

void fcall(Call& call) {
  call_function(call, false);
}
void fcall_ro(Call& call) {
  call_function(call, true);
}

// ---- FUNCTION
// -------------------------------------------------------------------------------------

// Answers OK and counts a change, or answers with the error.
void finish(Call& call, const std::string& error) {
  if (!error.empty()) return call.reply.error("ERR " + error);
  ++call.keyspace.changes;
  call.reply.ok();
}

void load(Call& call) {
  constexpr std::int64_t limit_ms = 500;  // LOAD_TIMEOUT_MS
  bool replace = false;
  while (call.args.left() > 1) {
    const std::string_view option = call.args.next();
    if (!equal_ignoring_case(option, "replace")) {
      return call.reply.error("ERR Unknown option given: " + std::string(c_text(option)));
    }
    replace = true;
  }
  Scripts& scripts = scripts_of(call);
  scripts.limit_loading(limit_ms);
  const auto loaded =
      scripts.libraries().load(call.args.next(), replace, scripts.function_machine());
  if (!loaded.error.empty()) return call.reply.error("ERR " + loaded.error);
  ++call.keyspace.changes;
  call.reply.bulk(loaded.name);
}

void remove(Call& call) {
  Scripts& scripts = scripts_of(call);
  const bool removed = scripts.libraries().remove(call.args.next(), scripts.function_machine());
  finish(call, removed ? "" : "Library not found");
}

// Memory is modelled as freed at once, however it is asked for.
void flush(Call& call) {
  if (call.args.left() > 1) {
    return call.reply.error(errors::subcommand_syntax(call.words[1], call.command.container));
  }
  if (!call.args.empty() && !call.args.take("sync") && !call.args.take("async")) {
    return call.reply.error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  }
  Scripts& scripts = scripts_of(call);
  scripts.libraries().clear(scripts.function_machine());
  call.engine.note_script_machine();
  finish(call, "");
}

void kill(Call& call) {
  const std::string_view error = scripts_of(call).kill(false);
  error.empty() ? call.reply.ok() : call.reply.error(error);
}

void reply_function(ReplyWriter& reply, const RegisteredFunction& function) {
  reply.map(3);
  reply.bulk("name");
  reply.bulk(function.name);
  reply.bulk("description");
  function.described ? reply.bulk(function.description) : reply.null();
  reply.bulk("flags");
  const auto declared = [&](const ScriptFlagName& known) {
    return (function.flags & known.flag) != 0;
  };
  reply.set(static_cast<std::size_t>(
      std::count_if(script_flag_names.begin(), script_flag_names.end(), declared)));
  for (const ScriptFlagName& known : script_flag_names) {
    if (declared(known)) reply.simple(known.name);
  }
}

void reply_library(ReplyWriter& reply, const Library& library, bool with_code) {
  reply.map(with_code ? 4 : 3);
  reply.bulk("library_name");
  reply.bulk(library.name);
  reply.bulk("engine");
  reply.bulk("LUA");
  reply.bulk("functions");
  reply.array(library.functions.size());
  for (const RegisteredFunction& function : library.functions) reply_function(reply, function);
  if (!with_code) return;
  reply.bulk("library_code");
  reply.bulk(library.code);
}

void list(Call& call) {
  bool with_code = false;
  std::optional<std::string_view> pattern;
  while (!call.args.empty()) {
    if (!with_code && call.args.take("withcode")) {
      with_code = true;
    } else if (!pattern && call.args.take("libraryname")) {
      if (call.args.empty()) return call.reply.error("ERR library name argument was not given");
      pattern = call.args.next();
    } else {
      return call.reply.error("ERR Unknown argument " + std::string(c_text(call.args.peek())));
    }
  }
  const std::size_t start = call.reply.defer();
  std::size_t listed = 0;
  for (const auto& [name, library] : scripts_of(call).libraries().all()) {
    if (pattern && !glob_match(*pattern, name, true)) continue;
    reply_library(call.reply, *library, with_code);
    ++listed;
  }
  call.reply.close_array(start, listed);
}

void stats(Call& call) {
  Scripts& scripts = scripts_of(call);
  const auto running = scripts.current();
  if (running && running->is_eval) return call.reply.error(scripts.busy_with(true));
  ReplyWriter& reply = call.reply;
  reply.map(2);
  reply.bulk("running_script");
  if (running) {
    reply.map(3);
    reply.bulk("name");
    reply.bulk(running->name);
    reply.bulk("command");
    reply.array(running->command.size());
    for (const std::string_view word : running->command) reply.bulk(word);
    reply.bulk("duration_ms");
    reply.integer(running->ms);
  } else {
    reply.null();
  }
  reply.bulk("engines");
  reply.map(1);
  reply.bulk("LUA");
  reply.map(2);
  reply.bulk("libraries_count");
  reply.integer(static_cast<std::int64_t>(scripts.libraries().all().size()));
  reply.bulk("functions_count");
  reply.integer(static_cast<std::int64_t>(scripts.libraries().registered()));
}

void dump(Call& call) {
  call.reply.bulk(dump_libraries(scripts_of(call).libraries(), call.engine.options.rdb_compression,
                                 rdb_version(call.keyspace.ledger.profile())));
}

// Loads a payload's libraries beside the present ones, then puts them in their place.
std::string restore_payload(Call& call, std::string_view payload, bool flush_first, bool replace) {
  Scripts& scripts = scripts_of(call);
  Interpreter& machine = scripts.function_machine();
  scripts.limit_loading(0);
  Libraries incoming(call.engine.ledger);
  const ParsedDump parsed = parse_dump(payload);
  std::string error;
  for (const std::string& code : parsed.codes) {
    if (error.empty()) error = incoming.load(code, false, machine).error;
  }
  if (error.empty()) error = parsed.error;
  if (error.empty() && flush_first) scripts.libraries().clear(machine);
  if (error.empty()) error = scripts.libraries().join(incoming, replace, machine);
  incoming.clear(machine);
  return error;
}

void restore(Call& call) {
  if (call.args.left() > 2) {
    return call.reply.error(errors::subcommand_syntax(call.words[1], call.command.container));
  }
  const std::string_view payload = call.args.next();
  const bool flush_first = call.args.take("flush");
  const bool replace = call.args.take("replace");
  if (!call.args.take("append") && !call.args.empty()) {
    return call.reply.error(
        "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
  }
  if (!dump_is_intact(payload, rdb_version(call.keyspace.ledger.profile()))) {
    return call.reply.error("ERR DUMP payload version or checksum are wrong");
  }
  finish(call, restore_payload(call, payload, flush_first, replace));
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "LOAD [REPLACE] <FUNCTION CODE>",
      "    Create a new library with the given library name and code.",
      "DELETE <LIBRARY NAME>",
      "    Delete the given library.",
      "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
      "    Return general information on all the libraries:",
      "    * Library name",
      "    * The engine used to run the Library",
      {"    * Library description", "", "8.0.0"},
      "    * Functions list",
      "    * Library code (if WITHCODE is given)",
      "    It also possible to get only function that matches a pattern using LIBRARYNAME "
      "argument.",
      "STATS",
      "    Return information about the current function running:",
      "    * Function name",
      "    * Command used to run the function",
      "    * Duration in MS that the function is running",
      "    If no function is running, return nil",
      "    In addition, returns a list of available engines.",
      "KILL",
      "    Kill the current running function.",
      "FLUSH [ASYNC|SYNC]",
      "    Delete all the libraries.",
      "    When called without the optional mode argument, the behavior is determined by the",
      "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
      "    * ASYNC: Asynchronously flush the libraries.",
      "    * SYNC: Synchronously flush the libraries.",
      "DUMP",
      "    Return a serialized payload representing the current libraries, can be restored using "
      "FUNCTION RESTORE command",
      "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
      "    Restore the libraries represented by the given payload, it is possible to give a "
      "restore "
      "policy to",
      "    control how to handle existing libraries (default APPEND):",
      "    * FLUSH: delete all existing libraries.",
      "    * APPEND: appends the restored libraries to the existing libraries. On collision, "
      "abort.",
      "    * REPLACE: appends the restored libraries to the existing libraries, On collision, "
      "replace "
      "the old",
      "      libraries with the new libraries (notice that even on this option there is a chance "
      "of "
      "failure",
      "      in case of functions name collision with another library).",
  };
  reply_help(call, lines);
}

constexpr Command function_subcommands[] = {
    {.name = "delete",
     .arity = 3,
     .flags = flag::noscript | flag::write,
     .categories = category::scripting,
     .run = remove,
     .docs = {.summary = "Deletes a library and its functions.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(1)",
              .tips = "request_policy:all_shards response_policy:all_succeeded"},
     .container = "function"},
    {.name = "dump",
     .arity = 2,
     .flags = flag::noscript,
     .categories = category::scripting,
     .run = dump,
     .docs = {.summary = "Dumps all libraries into a serialized binary payload.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(N) where N is the number of functions"},
     .container = "function"},
    {.name = "flush",
     .arity = -2,
     .flags = flag::noscript | flag::write,
     .categories = category::scripting,
     .run = flush,
     .docs = {.summary = "Deletes all libraries and functions.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(N) where N is the number of functions deleted",
              .tips = "request_policy:all_shards response_policy:all_succeeded"},
     .container = "function"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .categories = category::scripting,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(1)"},
     .container = "function"},
    {.name = "kill",
     .arity = 2,
     .flags = flag::noscript | flag::allow_busy,
     .categories = category::scripting,
     .run = kill,
     .docs = {.summary = "Terminates a function during execution.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(1)",
              .tips = "request_policy:all_shards response_policy:one_succeeded"},
     .container = "function"},
    {.name = "list",
     .arity = -2,
     .flags = flag::noscript,
     .categories = category::scripting,
     .run = list,
     .docs = {.summary = "Returns information about all libraries.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(N) where N is the number of functions",
              .tips = "nondeterministic_output_order"},
     .container = "function"},
    {.name = "load",
     .arity = -3,
     .flags = flag::noscript | flag::write | flag::denyoom,
     .categories = category::scripting,
     .run = load,
     .docs = {.summary = "Creates a library.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(1) (considering compilation time is redundant)",
              .tips = "request_policy:all_shards response_policy:all_succeeded"},
     .container = "function"},
    {.name = "restore",
     .arity = -3,
     .flags = flag::noscript | flag::write | flag::denyoom,
     .categories = category::scripting,
     .run = restore,
     .docs = {.summary = "Restores all libraries from a payload.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(N) where N is the number of functions on the payload",
              .tips = "request_policy:all_shards response_policy:all_succeeded"},
     .container = "function"},
    {.name = "stats",
     .arity = 2,
     .flags = flag::noscript | flag::allow_busy,
     .categories = category::scripting,
     .run = stats,
     .docs = {.summary = "Returns information about a function during execution.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "O(1)",
              .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
     .container = "function"},
};

constexpr Command rows[] = {
    {.name = "fcall",
     .arity = -3,
     .flags = flag::noscript | flag::skip_monitor | flag::may_replicate | flag::no_mandatory_keys |
              flag::stale | flag::script,
     .categories = category::scripting,
     .keys = {any_write},
     .run = fcall,
     .docs = {.summary = "Invokes a function.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "Depends on the function that is executed."}},
    {.name = "fcall_ro",
     .arity = -3,
     .flags = flag::noscript | flag::skip_monitor | flag::no_mandatory_keys | flag::stale |
              flag::readonly | flag::script,
     .categories = category::scripting,
     .keys = {any_read},
     .run = fcall_ro,
     .docs = {.summary = "Invokes a read-only function.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "Depends on the function that is executed."}},
    {.name = "function",
     .arity = -2,
     .subcommands = function_subcommands,
     .docs = {.summary = "A container for function commands.",
              .since = "7.0.0",
              .group = "scripting",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows function_commands() {
  return rows;
}

}  // namespace outlive
