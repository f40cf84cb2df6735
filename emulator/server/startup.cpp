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
#include "server/config_reading.hpp"

namespace outlive {
namespace {

[[noreturn]] void refuse(const DirectiveLine& line, std::string_view reason,
                         const Options& options) {
  throw UserError(config_error(line, reason, profile_of(options)));
}

void apply_file_directive(const DirectiveLine& line, const Options& options) {
  const FileDirective* known = find_file_directive(line.name);
  if (!known) refuse(line, why_unknown(line, options), options);
  if (known->refusal.empty() && line.values.size() == 1) return;
  const std::string refusal = "not supported by outlive: " + std::string(known->refusal);
  refuse(line, known->refusal.empty() ? bad_directive : refusal, options);
}

void apply(const DirectiveLine& line, Options& options) {
  const Directive* directive = find_offered(options, line.name);
  if (!directive) return apply_file_directive(line, options);
  const std::vector<std::string> values = words_of(line, *directive);
  const std::vector<std::string_view> words(values.begin(), values.end());
  std::optional<std::string> error = set_directive(options, *directive, words);
  if (!error && directive->name == "dir") {
    if (std::string reason = change_directory(values[0]); !reason.empty()) error = reason;
  }
  if (error) refuse(line, *error, options);
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
  listen.tls_port = std::stoi(value_of(options, "tls-port"));
  if (listen.tls_port == 0) listen.tls_port = -1;
  // Without another door port 0 stands for any free one: nobody could reach the server else.
  const bool other_door = listen.tls_port > 0 || !listen.unix_socket.empty();
  if (listen.port == 0 && other_door) listen.port = -1;
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

Startup start_up(std::span<const std::string_view> arguments, std::istream& standard_input,
                 std::string_view defaults) {
  const StartArguments start = parse_arguments(arguments);
  Startup startup;
  if (!start.file.empty()) startup.config_file = std::filesystem::absolute(start.file).string();
  std::vector<DirectiveLine> lines = parse_config(defaults, defaults_variable);
  std::ranges::move(gather_config(start, standard_input), std::back_inserter(lines));
  // First what it is, wherever that stands: which directives there are depends on it.
  std::ranges::stable_partition(lines, [](const DirectiveLine& line) {
    return line.name == "outlive-profile" || line.name == "outlive-like";
  });
  for (const DirectiveLine& line : lines) apply(line, startup.options);
  note_directory(startup.options);
  return startup;
}

}  // namespace outlive
