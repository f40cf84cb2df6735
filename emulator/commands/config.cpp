// CONFIG: directives at run time (config.c of 8.1).
#include <algorithm>
#include <string>
#include <vector>

#include "base/c_text.hpp"
#include "commands/families.hpp"
#include "engine/directives.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"

namespace outlive {
namespace {

bool is_pattern(std::string_view word) {
  return word.find_first_of("*?[") != std::string_view::npos;
}

void get(Call& call) {
  std::vector<std::pair<std::string_view, const Directive*>> shown;
  const auto show = [&](std::string_view name, const Directive& directive) {
    for (const auto& [known, row] : shown) {
      if (equal_ignoring_case(known, name)) return;
    }
    shown.emplace_back(name, &directive);
  };
  for (const auto word : call.args.rest()) {
    for (const Directive& directive : all_directives()) {
      if (!offered(directive, call.engine.options)) continue;
      for (const std::string_view name : {directive.name, directive.alias}) {
        if (name.empty()) continue;
        // What is named outright is answered as it was written.
        if (!is_pattern(word)) {
          if (equal_ignoring_case(word, name)) show(word, directive);
        } else if (!directive.has(Directive::hidden) && glob_match(word, name, true)) {
          show(name, directive);
        }
      }
    }
  }
  call.reply.map(shown.size());
  for (const auto& [name, directive] : shown) {
    call.reply.bulk(name);
    call.reply.bulk(directive_value(call.engine.options, *directive));
  }
}

std::string failure(std::string_view name, std::string_view reason) {
  return "ERR CONFIG SET failed (possibly related to argument '" + std::string(name) + "') - " +
         std::string(reason);
}

struct Change {
  const Directive* directive;
  std::string_view name;  // as given: an alias is not its directive's duplicate
  std::string_view value;
};

// A value of several words is one argument here; two blanks have an empty word between them
// (config.c, performInterfaceSet).
std::vector<std::string_view> split_at_blanks(std::string_view value) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; !value.empty() && at <= value.size();) {
    const std::size_t end = std::min(value.find(' ', at), value.size());
    words.push_back(value.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// All pairs are checked before the first is set. Empty after an error reply.
std::vector<Change> read_changes(Call& call) {
  const auto words = call.args.rest();
  std::vector<Change> changes;
  std::string error;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const Directive* directive = find_offered(call.engine.options, words[i]);
    if (!error.empty()) break;  // the first mistake counts
    if (!directive) {
      error = "ERR Unknown option or number of arguments for CONFIG SET - '" +
              std::string(c_text(words[i])) + "'";
      break;
    }
    const auto same = [&](const Change& change) {
      return equal_ignoring_case(change.name, words[i]);
    };
    if (directive->has(Directive::immutable)) {
      error = failure(words[i], "can't set immutable config");
    } else if (directive->has(Directive::guarded) && !call.engine.may_set_guarded(call.session)) {
      error = failure(words[i], "can't set protected config");
    } else if (std::any_of(changes.begin(), changes.end(), same)) {
      error = failure(words[i], "duplicate parameter");
    } else {
      changes.push_back({directive, words[i], words[i + 1]});
    }
  }
  if (error.empty()) return changes;
  call.reply.error(error);
  return {};
}

void set(Call& call) {
  if (call.words.size() % 2 != 0) return call.reply.error(errors::syntax);
  const auto changes = read_changes(call);
  if (changes.empty()) return;
  Options options = call.engine.options;
  for (const Change& change : changes) {
    const auto words = change.directive->has(Directive::several)
                           ? split_at_blanks(change.value)
                           : std::vector<std::string_view>{change.value};
    if (const auto error = set_directive(options, *change.directive, words)) {
      return call.reply.error(failure(to_lower(change.name), *error));
    }
  }
  if (const auto& shell = call.engine.on_change_options) {
    std::vector<std::string_view> given;
    for (const Change& change : changes) given.push_back(change.directive->name);
    if (const auto refusal = shell(options, given)) {
      return call.reply.error(failure(refusal->directive, refusal->reason));
    }
  }
  call.engine.change_options(std::move(options));
  call.reply.ok();
}

void resetstat(Call& call) {
  call.engine.reset_stats();
  call.reply.ok();
}

void rewrite(Call& call) {
  const auto& rewrite_file = call.engine.on_rewrite_config;
  if (!rewrite_file) return call.reply.error("ERR The server is running without a config file");
  const std::string error = rewrite_file();
  error.empty() ? call.reply.ok() : call.reply.error("ERR Rewriting config file: " + error);
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "GET <pattern>",
      "    Return parameters matching the glob-like <pattern> and their values.",
      "SET <directive> <value>",
      "    Set the configuration <directive> to <value>.",
      "RESETSTAT",
      "    Reset statistics reported by the INFO command.",
      "REWRITE",
      "    Rewrite the configuration file."};
  reply_help(call, lines);
}

constexpr Command subcommands[] = {
    {.name = "get",
     .arity = -3,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = get,
     .docs = {.summary = "Returns the effective values of configuration parameters.",
              .since = "2.0.0",
              .group = "server",
              .complexity = "O(N) when N is the number of configuration parameters provided"},
     .container = "config"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "5.0.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "config"},
    {.name = "resetstat",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = resetstat,
     .docs = {.summary = "Resets the server's statistics.",
              .since = "2.0.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "config",
     .before_8_0 = {.tips = ""}},
    {.name = "rewrite",
     .arity = 2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = rewrite,
     .docs = {.summary = "Persists the effective configuration to file.",
              .since = "2.8.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "config",
     .before_8_0 = {.tips = ""}},
    {.name = "set",
     .arity = -4,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale,
     .run = set,
     .docs = {.summary = "Sets configuration parameters in-flight.",
              .since = "2.0.0",
              .group = "server",
              .complexity = "O(N) when N is the number of configuration parameters provided",
              .tips = "request_policy:all_nodes response_policy:all_succeeded"},
     .container = "config"},
};

constexpr Command rows[] = {
    {.name = "config",
     .arity = -2,
     .subcommands = subcommands,
     .docs = {.summary = "A container for server configuration commands.",
              .since = "2.0.0",
              .group = "server",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows config_commands() {
  return rows;
}

}  // namespace outlive
