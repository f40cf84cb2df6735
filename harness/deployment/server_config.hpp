// A server's directives from valkey-server's arguments: a configuration file, `--directive value`
// pairs, or both.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/deployment.hpp"
#include "server/config_file.hpp"

namespace outlive::harness {

// The lines of a start into `into`, later ones winning as they do in valkey-server. What Valkey
// would refuse is a mistake, at the line's own place; lines of the command line are at `origin`. A
// value with a variable in it that nobody has set ("${MEMORY}") makes the directive unclear.
void read_server_lines(std::span<const DirectiveLine> lines, const Origin& origin,
                       ServerDirectives& into, ReadingMistakes& mistakes);

// The same of words as they stand behind `valkey-server`. `find` gives the file of this machine for
// the configuration file that the words name; "" says that it is not to be had.
using FindFile = std::function<std::string(const std::string& path)>;
struct ServerArguments {
  std::vector<std::string> words;
  Origin origin;
};
void read_server_arguments(const ServerArguments& arguments, const FindFile& find,
                           ServerDirectives& into, ReadingMistakes& mistakes);

}  // namespace outlive::harness
