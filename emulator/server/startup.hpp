// From valkey-server's arguments to options: what the engine obeys and what the shell does.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "engine/options.hpp"
#include "memory/allocation.hpp"
#include "server/server.hpp"

namespace outlive {

// What only the shell obeys.
struct ShellOptions {
  ListenOptions listen;
  std::string log_file;
  std::string log_level;
  std::string pid_file;
  std::uint64_t seed = 0;            // 0: none was chosen
  std::optional<Instant> frozen_at;  // where a clock that stands still starts
};

// Where and how to listen, by `port`, `bind`, `unixsocket` and their kin.
ListenOptions listen_options(const Options& options);
ShellOptions shell_options(const Options& options);

struct Startup {
  Options options;
  std::string config_file;  // absolute; "" if there is none
};
// Where directives are taken from that hold if neither arguments nor file say otherwise: lines as
// in a configuration file, in a variable of the environment. An image's own defaults.
inline constexpr const char* defaults_variable = "OUTLIVE_SERVE_DEFAULTS";

// `defaults`: the value of that variable. Goes to the directory that `dir` names on the way. Throws
// UserError with the place and the reason.
Startup start_up(std::span<const std::string_view> arguments, std::istream& standard_input,
                 std::string_view defaults = {});

// Goes there; "" or why it can't be.
std::string change_directory(const std::string& path);
// Sets `dir` to where the process is, as CONFIG GET tells it.
void note_directory(Options& options);

}  // namespace outlive
