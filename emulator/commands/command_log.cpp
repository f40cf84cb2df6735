// SLOWLOG and COMMANDLOG: requests that took long or were long (commandlog.c of 8.1).
#include <algorithm>
#include <limits>
#include <optional>

#include "commands/families.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"

namespace outlive {
namespace {

using Kind = CommandLog::Kind;

std::optional<Kind> read_kind(Call& call) {
  const std::string_view word = call.args.next();
  if (equal_ignoring_case(word, "slow")) return CommandLog::slow;
  if (equal_ignoring_case(word, "large-request")) return CommandLog::large_request;
  if (equal_ignoring_case(word, "large-reply")) return CommandLog::large_reply;
  call.reply.error("ERR type should be one of the following: slow, large-request, large-reply");
  return {};
}

// -1 means all.
std::optional<std::size_t> read_count(Call& call) {
  constexpr std::string_view error = "ERR count should be greater than or equal to -1";
  const std::int64_t count =
      call.args.next_integer_in(-1, std::numeric_limits<std::int64_t>::max(), error);
  if (!call.args.done(call.reply)) return {};
  return static_cast<std::size_t>(count);
}

void reply_entries(Call& call, Kind kind, std::size_t count) {
  const auto& entries = call.engine.command_log.entries(kind);
  count = std::min(count, entries.size());
  call.reply.array(count);
  for (std::size_t i = 0; i < count; ++i) {
    const CommandLog::Entry& entry = entries[i];
    call.reply.array(6);
    call.reply.integer(entry.id);
    call.reply.integer(entry.unix_seconds);
    call.reply.integer(entry.value);
    call.reply.array(entry.words.size());
    for (const std::string& word : entry.words) call.reply.bulk(word);
    call.reply.bulk(entry.address);
    call.reply.bulk(entry.client_name);
  }
}

void reply_length(Call& call, Kind kind) {
  call.reply.integer(static_cast<std::int64_t>(call.engine.command_log.entries(kind).size()));
}

void clear(Call& call, Kind kind) {
  call.engine.command_log.clear(kind);
  call.reply.ok();
}

// ---- SLOWLOG

void slowlog_get(Call& call) {
  constexpr std::size_t count_default = 10;
  if (call.words.size() > 3) {
    return call.reply.error(errors::subcommand_syntax(call.words[1], call.command.container));
  }
  const auto count = call.args.empty() ? count_default : read_count(call);
  if (count) reply_entries(call, CommandLog::slow, *count);
}

void slowlog_len(Call& call) {
  reply_length(call, CommandLog::slow);
}

void slowlog_reset(Call& call) {
  clear(call, CommandLog::slow);
}

void slowlog_help(Call& call) {
  static constexpr HelpLine lines[] = {
      "GET [<count>]",
      "    Return top <count> entries from the slowlog (default: 10, -1 mean all).",
      "    Entries are made of:",
      "    id, timestamp, time in microseconds, arguments array, client IP and port,",
      "    client name",
      "LEN",
      "    Return the length of the slowlog.",
      "RESET",
      "    Reset the slowlog."};
  reply_help(call, lines);
}

// ---- COMMANDLOG

void commandlog_get(Call& call) {
  const auto count = read_count(call);
  if (!count) return;
  if (const auto kind = read_kind(call)) reply_entries(call, *kind, *count);
}

void commandlog_len(Call& call) {
  if (const auto kind = read_kind(call)) reply_length(call, *kind);
}

void commandlog_reset(Call& call) {
  if (const auto kind = read_kind(call)) clear(call, *kind);
}

void commandlog_help(Call& call) {
  static constexpr HelpLine lines[] = {
      "GET <count> <type>",
      "    Return top <count> entries of the specified <type> from the commandlog (-1 mean all).",
      "    Entries are made of:",
      "    id, timestamp,",
      "        time in microseconds for type of slow,",
      "        or size in bytes for type of large-request,",
      "        or size in bytes for type of large-reply",
      "    arguments array, client IP and port,",
      "    client name",
      "LEN <type>",
      "    Return the length of the specified type of commandlog.",
      "RESET <type>",
      "    Reset the specified type of commandlog."};
  reply_help(call, lines);
}

constexpr Command slowlog_subcommands[] = {
    {.name = "get",
     .arity = -2,
     .flags = flag::admin | flag::loading | flag::stale,
     .run = slowlog_get,
     .docs = {.summary = "Returns the slow log's entries.",
              .since = "2.2.12",
              .group = "server",
              .complexity = "O(N) where N is the number of entries returned",
              .tips = "request_policy:all_nodes nondeterministic_output",
              .deprecated_since = "8.1.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "`COMMANDLOG GET <count> SLOW`"},
     .container = "slowlog"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = slowlog_help,
     .docs = {.summary = "Show helpful text about the different subcommands",
              .since = "6.2.0",
              .group = "server",
              .complexity = "O(1)",
              .deprecated_since = "8.1.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "`COMMANDLOG HELP`"},
     .container = "slowlog",
     .since_9_1 = {.summary = "Shows helpful text about the different subcommands."}},
    {.name = "len",
     .arity = 2,
     .flags = flag::admin | flag::loading | flag::stale,
     .run = slowlog_len,
     .docs = {.summary = "Returns the number of entries in the slow log.",
              .since = "2.2.12",
              .group = "server",
              .complexity = "O(1)",
              .tips = "request_policy:all_nodes response_policy:agg_sum nondeterministic_output",
              .deprecated_since = "8.1.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "`COMMANDLOG LEN SLOW`"},
     .container = "slowlog"},
    {.name = "reset",
     .arity = 2,
     .flags = flag::admin | flag::loading | flag::stale,
     .run = slowlog_reset,
     .docs = {.summary = "Clears all entries from the slow log.",
              .since = "2.2.12",
              .group = "server",
              .complexity = "O(N) where N is the number of entries in the slowlog",
              .tips = "request_policy:all_nodes response_policy:all_succeeded",
              .deprecated_since = "8.1.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "`COMMANDLOG RESET SLOW`"},
     .container = "slowlog"},
};
constexpr Command commandlog_subcommands[] = {
    {.name = "get",
     .arity = 4,
     .flags = flag::admin | flag::loading | flag::stale,
     .run = commandlog_get,
     .docs = {.summary = "Returns the specified command log's entries.",
              .since = "8.1.0",
              .group = "server",
              .complexity = "O(N) where N is the number of entries returned",
              .tips = "request_policy:all_nodes nondeterministic_output"},
     .container = "commandlog"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = commandlog_help,
     .docs = {.summary = "Show helpful text about the different subcommands",
              .since = "8.1.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "commandlog",
     .since_9_1 = {.summary = "Shows helpful text about the different subcommands."}},
    {.name = "len",
     .arity = 3,
     .flags = flag::admin | flag::loading | flag::stale,
     .run = commandlog_len,
     .docs = {.summary = "Returns the number of entries in the specified type of command log.",
              .since = "8.1.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "request_policy:all_nodes response_policy:agg_sum nondeterministic_output"},
     .container = "commandlog"},
    {.name = "reset",
     .arity = 3,
     .flags = flag::admin | flag::loading | flag::stale,
     .run = commandlog_reset,
     .docs = {.summary = "Clears all entries from the specified type of command log.",
              .since = "8.1.0",
              .group = "server",
              .complexity = "O(N) where N is the number of entries in the commandlog",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "commandlog"},
};

constexpr Command rows[] = {
    {.name = "commandlog",
     .arity = -2,
     .subcommands = commandlog_subcommands,
     .docs = {.summary = "A container for command log commands.",
              .since = "8.1.0",
              .group = "server",
              .complexity = "Depends on subcommand."}},
    {.name = "slowlog",
     .arity = -2,
     .subcommands = slowlog_subcommands,
     .docs = {.summary = "A container for slow log commands.",
              .since = "2.2.12",
              .group = "server",
              .complexity = "Depends on subcommand.",
              .deprecated_since = "8.1.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "`COMMANDLOG`"}},
};

}  // namespace

CommandRows command_log_commands() {
  return rows;
}

}  // namespace outlive
