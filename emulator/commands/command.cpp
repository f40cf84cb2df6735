// COMMAND: what the rows say of the commands, for clients and people (server.c of 8.1).
#include <optional>
#include <string>

#include "commands/command_docs.hpp"
#include "commands/families.hpp"
#include "engine/categories.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"
#include "engine/key_positions.hpp"

namespace outlive {
namespace {

void command(Call& call) {
  const auto& rows = call.engine.table().rows();
  call.reply.array(rows.size());
  const Profile& profile = call.keyspace.ledger.profile();
  for (const Command* row : rows) write_command_info(call.reply, row, profile);
}

void count(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.engine.table().rows().size()));
}

void info(Call& call) {
  if (call.args.empty()) return command(call);
  const auto names = call.args.rest();
  call.reply.array(names.size());
  for (const auto name : names) {
    write_command_info(call.reply, call.engine.table().find_full(name),
                       call.keyspace.ledger.profile());
  }
}

void docs(Call& call) {
  const CommandTable& table = call.engine.table();
  std::vector<const Command*> wanted;
  if (call.args.empty()) wanted = table.rows();
  for (const auto name : call.args.rest()) {
    if (const Command* row = table.find_full(name)) wanted.push_back(row);
  }
  call.reply.map(wanted.size());
  for (const Command* row : wanted) {
    call.reply.bulk(row->full_name());
    write_command_docs(call.reply, *row);
  }
}

// ---- COMMAND LIST
// ---------------------------------------------------------------------------------

using Filter = bool (*)(const Command&, std::string_view argument);

// There are no modules, so no command is of one.
bool of_module(const Command&, std::string_view) {
  return false;
}
bool in_category(const Command& row, std::string_view argument) {
  return categories_of(row) & category_named(argument);
}
bool like_pattern(const Command& row, std::string_view argument) {
  return glob_match(argument, row.full_name(), true);
}
bool any(const Command&, std::string_view) {
  return true;
}

struct FilterName {
  std::string_view name;
  Filter passes;
};
constexpr FilterName filters[] = {
    {"module", of_module}, {"aclcat", in_category}, {"pattern", like_pattern}};

void list(Call& call) {
  Filter passes = any;
  std::string_view argument;
  if (!call.args.empty()) {
    if (call.args.left() != 3 || !call.args.take("filterby")) {
      return call.reply.error(errors::syntax);
    }
    const auto kind = call.args.next();
    argument = call.args.next();
    passes = nullptr;
    for (const FilterName& filter : filters) {
      if (equal_ignoring_case(filter.name, kind)) passes = filter.passes;
    }
    if (!passes) return call.reply.error(errors::syntax);
  }
  const std::size_t start = call.reply.defer();
  std::size_t shown = 0;
  const auto show = [&](const Command& row) {
    if (!passes(row, argument)) return;
    call.reply.bulk(row.full_name());
    ++shown;
  };
  for (const Command* row : call.engine.table().rows()) {
    show(*row);
    for (const Command& subcommand : row->subcommands) show(subcommand);
  }
  call.reply.close_array(start, shown);
}

// ---- COMMAND GETKEYS
// ------------------------------------------------------------------------------

// The keys of the request that follows; nothing if an error was answered.
std::optional<std::vector<KeyPosition>> keys_of_request(Call& call,
                                                        std::span<const std::string_view> words) {
  const Command* row = call.engine.table().resolve(words).command;
  const auto refuse = [&call](std::string_view error) {
    call.reply.error(error);
    return std::nullopt;
  };
  if (!row) return refuse("ERR Invalid command specified");
  if (!has_keys(*row)) return refuse("ERR The command has no key arguments");
  const int n = static_cast<int>(words.size());
  if ((row->arity > 0 && row->arity != n) || n < -row->arity) {
    return refuse("ERR Invalid number of arguments specified for command");
  }
  auto keys = key_positions(*row, words);
  if (keys.empty() && !row->has(flag::no_mandatory_keys)) {
    return refuse("ERR Invalid arguments specified for command");
  }
  return keys;
}

void getkeys(Call& call) {
  const auto words = call.args.rest();
  const auto keys = keys_of_request(call, words);
  if (!keys) return;
  call.reply.array(keys->size());
  for (const KeyPosition& key : *keys) call.reply.bulk(words[key.index]);
}

void getkeysandflags(Call& call) {
  const auto words = call.args.rest();
  const auto keys = keys_of_request(call, words);
  if (!keys) return;
  call.reply.array(keys->size());
  for (const KeyPosition& key : *keys) {
    call.reply.array(2);
    call.reply.bulk(words[key.index]);
    write_key_flags(call.reply, key.flags);
  }
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "(no subcommand)",
      {"    Return details about all Redis commands.", "", "8.0.0"},
      {"    Return details about all commands.", "8.0.0"},
      "COUNT",
      {"    Return the total number of commands in this Redis server.", "", "8.0.0"},
      {"    Return the total number of commands in this server.", "8.0.0"},
      "LIST",
      {"    Return a list of all commands in this Redis server.", "", "8.0.0"},
      {"    Return a list of all commands in this server.", "8.0.0"},
      "INFO [<command-name> ...]",
      {"    Return details about multiple Redis commands.", "", "8.0.0"},
      {"    Return details about multiple commands.", "8.0.0"},
      "    If no command names are given, documentation details for all",
      "    commands are returned.",
      "DOCS [<command-name> ...]",
      {"    Return documentation details about multiple Redis commands.", "", "8.0.0"},
      {"    Return documentation details about multiple commands.", "8.0.0"},
      "    If no command names are given, documentation details for all",
      "    commands are returned.",
      "GETKEYS <full-command>",
      {"    Return the keys from a full Redis command.", "", "8.0.0"},
      {"    Return the keys from a full command.", "8.0.0"},
      "GETKEYSANDFLAGS <full-command>",
      {"    Return the keys and the access flags from a full Redis command.", "", "8.0.0"},
      {"    Return the keys and the access flags from a full command.", "8.0.0"}};
  reply_help(call, lines);
}

constexpr Command subcommands[] = {
    {.name = "count",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = count,
     .docs = {.summary = "Returns a count of commands.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(1)"},
     .container = "command"},
    {.name = "docs",
     .arity = -2,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = docs,
     .docs = {.summary = "Returns documentary information about one, multiple or all commands.",
              .since = "7.0.0",
              .group = "server",
              .complexity = "O(N) where N is the number of commands to look up",
              .tips = "nondeterministic_output_order"},
     .container = "command"},
    {.name = "getkeys",
     .arity = -3,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = getkeys,
     .docs = {.summary = "Extracts the key names from an arbitrary command.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(N) where N is the number of arguments to the command"},
     .container = "command",
     .before_8_0 = {.arity = -4}},
    {.name = "getkeysandflags",
     .arity = -3,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = getkeysandflags,
     .docs = {.summary = "Extracts the key names and access flags for an arbitrary command.",
              .since = "7.0.0",
              .group = "server",
              .complexity = "O(N) where N is the number of arguments to the command"},
     .container = "command",
     .before_8_0 = {.arity = -4}},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "5.0.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "command"},
    {.name = "info",
     .arity = -2,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = info,
     .docs = {.summary = "Returns information about one, multiple or all commands.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(N) where N is the number of commands to look up",
              .tips = "nondeterministic_output_order"},
     .container = "command"},
    {.name = "list",
     .arity = -2,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = list,
     .docs = {.summary = "Returns a list of command names.",
              .since = "7.0.0",
              .group = "server",
              .complexity = "O(N) where N is the total number of commands",
              .tips = "nondeterministic_output_order"},
     .container = "command"},
};

constexpr Command rows[] = {
    {.name = "command",
     .arity = -1,
     .flags = flag::loading | flag::stale,
     .categories = category::connection,
     .run = command,
     .subcommands = subcommands,
     .docs = {.summary = "Returns detailed information about all commands.",
              .since = "2.8.13",
              .group = "server",
              .complexity = "O(N) where N is the total number of commands",
              .tips = "nondeterministic_output_order"}},
};

}  // namespace

CommandRows command_commands() {
  return rows;
}

}  // namespace outlive
