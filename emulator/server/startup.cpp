#include "server/startup.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <vector>

#include "base/number.hpp"
#include "base/text.hpp"
#include "engine/directives.hpp"
#include "outlive/emulator.hpp"
#include "server/clock.hpp"
#include "server/config_file.hpp"

namespace outlive {
namespace {

// Directives of configuration files that CONFIG does not know (config.c,
// loadServerConfigFromString). Those without a reason have had no effect in Valkey for long.
struct FileDirective {
  std::string_view name;
  std::string_view refusal;
};
constexpr FileDirective file_directives[] = {
    {"dynamic-hz", {}},
    {"io-threads-do-reads", {}},
    {"list-max-ziplist-entries", {}},
    {"list-max-ziplist-value", {}},
    {"loadmodule", "modules are not emulated"},
    {"lua-replicate-commands", {}},
    {"rename-command", "commands keep their names"},
    {"sentinel", "Sentinel is not emulated"},
    {"user", "there is no user but 'default'; requirepass sets the password"},
};

constexpr std::string_view bad_directive = "Bad directive or wrong number of arguments";

[[noreturn]] void refuse_unknown(const DirectiveLine& line, const Options& options) {
  std::vector<std::string_view> names;
  for (const Directive& directive : all_directives()) {
    if (offered(directive, options)) names.push_back(directive.name);
  }
  std::string reason(bad_directive);
  if (const auto nearest = nearest_name(line.name, names)) {
    reason += "; did you mean '" + std::string(*nearest) + "'?";
  }
  throw UserError(config_error(line, reason));
}

void apply_file_directive(const DirectiveLine& line, const Options& options) {
  const auto* known = std::find_if(std::begin(file_directives), std::end(file_directives),
                                   [&](const FileDirective& one) { return one.name == line.name; });
  if (known == std::end(file_directives)) refuse_unknown(line, options);
  if (known->refusal.empty() && line.values.size() == 1) return;
  const std::string refusal = "not supported by outlive: " + std::string(known->refusal);
  throw UserError(config_error(line, known->refusal.empty() ? bad_directive : refusal));
}

void apply(const DirectiveLine& line, Options& options) {
  const Directive* directive = find_offered(options, line.name);
  if (!directive) return apply_file_directive(line, options);
  auto values = line.values;
  // Several words may come as one (config.c, MULTI_ARG_CONFIG).
  if (directive->has(Directive::several) && values.size() == 1 && !values[0].empty()) {
    values = split_words(values[0]).value_or(values);
  }
  const std::vector<std::string_view> words(values.begin(), values.end());
  std::optional<std::string> error = set_directive(options, *directive, words);
  if (!error && directive->name == "dir") {
    if (std::string reason = change_directory(values[0]); !reason.empty()) error = reason;
  }
  if (error) throw UserError(config_error(line, *error));
}

std::string value_of(const Options& options, std::string_view name) {
  return directive_value(options, *find_directive(name));
}

// outlive-clock: "system", "frozen" (where it is now), or the Unix time in milliseconds (with "us"
// behind it: microseconds) at which it stands until OUTLIVE CLOCK moves it.
std::optional<Instant> frozen_at(std::string_view setting) {
  if (setting == "system") return std::nullopt;
  if (setting == "frozen") return system_now();
  if (setting.ends_with("us")) {
    const auto us = parse_integer(setting.substr(0, setting.size() - 2));
    if (us && *us >= 0) return Instant{Duration{*us}};
  }
  const auto ms = parse_integer(setting);
  if (!ms || *ms < 0) {
    throw UserError("outlive-clock '" + std::string(setting) +
                    "': write system, frozen, or a Unix time in milliseconds");
  }
  return instant_from_ms(*ms);
}

}  // namespace

std::string change_directory(const std::string& path) {
  std::error_code error;
  std::filesystem::current_path(path, error);
  return error ? error.message() : "";
}

void note_directory(Options& options) {
  const std::string here = std::filesystem::current_path().string();
  const std::string_view words[] = {here};
  set_directive(options, "dir", words);
}

ListenOptions listen_options(const Options& options) {
  ListenOptions listen;
  listen.port = std::stoi(value_of(options, "port"));
  listen.unix_socket = value_of(options, "unixsocket");
  // Without a Unix socket port 0 stands for any free one: nobody could reach the server else.
  if (listen.port == 0 && !listen.unix_socket.empty()) listen.port = -1;
  listen.addresses = *split_words(value_of(options, "bind"));
  listen.backlog = std::stoi(value_of(options, "tcp-backlog"));
  listen.unix_permissions =
      static_cast<int>(std::stol(value_of(options, "unixsocketperm"), nullptr, 8));
  listen.unix_group = value_of(options, "unixsocketgroup");
  return listen;
}

ShellOptions shell_options(const Options& options) {
  ShellOptions shell;
  shell.listen = listen_options(options);
  shell.log_file = value_of(options, "logfile");
  shell.log_level = value_of(options, "loglevel");
  shell.pid_file = value_of(options, "pidfile");
  shell.seed = std::stoull(value_of(options, "outlive-seed"));
  shell.frozen_at = frozen_at(value_of(options, "outlive-clock"));
  return shell;
}

Startup start_up(std::span<const std::string_view> arguments, std::istream& standard_input) {
  const StartArguments start = parse_arguments(arguments);
  Startup startup;
  if (!start.file.empty()) startup.config_file = std::filesystem::absolute(start.file).string();
  std::vector<DirectiveLine> lines = gather_config(start, standard_input);
  // The profile first, wherever it stands: which directives there are depends on it.
  std::ranges::stable_partition(
      lines, [](const DirectiveLine& line) { return line.name == "outlive-profile"; });
  for (const DirectiveLine& line : lines) apply(line, startup.options);
  note_directory(startup.options);
  return startup;
}

}  // namespace outlive
