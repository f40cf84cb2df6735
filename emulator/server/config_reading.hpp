// What valkey-server makes of the lines of a configuration, apart from what outlive does of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/directives.hpp"
#include "server/config_file.hpp"

namespace outlive {

// Directives of configuration files that CONFIG does not know (config.c,
// loadServerConfigFromString). Those without a refusal have had no effect in Valkey for long.
struct FileDirective {
  std::string_view name;
  std::string_view refusal;  // why outlive does not do what it asks for
};
const FileDirective* find_file_directive(std::string_view name);

constexpr std::string_view bad_directive = "Bad directive or wrong number of arguments";

// Valkey's words for a directive that there is none of, and the nearest one that there is.
std::string why_unknown(const DirectiveLine& line, const Options& options);

// A line's values; of a directive that takes several words they may have come as one (config.c,
// MULTI_ARG_CONFIG).
std::vector<std::string> words_of(const DirectiveLine& line, const Directive& directive);

// A line as a real server of the default profile reads it, persistence, TLS and all.
//
//   read_line(parse_config("maxmemory 1gb", "valkey.conf")[0])   {"maxmemory", "1073741824", ""}
struct LineReading {
  std::string name;     // the directive's own, where the line has an alias
  std::string value;    // as CONFIG GET would tell it
  std::string mistake;  // in Valkey's words; empty: the server would start with this line
};
// `like` is the managed service whose server it is; "": none.
LineReading read_line(const DirectiveLine& line, std::string_view like = {});

// What the server does where nothing is said: the initial value, as CONFIG GET would tell it on a
// server that was started with no argument. Empty for what is no directive.
std::string default_value(std::string_view directive);

// What the documentation of a managed service says of the servers that it runs, for who asks before
// one runs: as outlive-like has it.
struct ServiceReading {
  std::vector<std::pair<std::string, std::string>> defaults;  // otherwise than Valkey's
  std::vector<std::string> undocumented;  // directives by which a server keeps its data
  std::function<bool(std::string_view command)> refuses;  // "fcall", "config|get"
  std::string source;                                     // the page that says so
};
// None of the name: an empty one.
ServiceReading read_service(std::string_view like);

}  // namespace outlive
