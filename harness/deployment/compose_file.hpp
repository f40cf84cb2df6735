// Docker Compose's files, as far as they say how Valkey and the gateway are run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/deployment.hpp"
#include "deployment/variables.hpp"

namespace outlive::harness {

// What a container sees of the machine's files.
struct Mount {
  std::string source;  // a path of this machine, or a volume's name; "": a volume without one
  std::string target;
  bool is_file = false;  // the source is a path
  bool lasts = true;     // a tmpfs does not
};

struct ComposeService {
  std::string name;
  std::vector<std::string> hosts;  // other names it has in its networks
  std::string image;
  Origin origin;
  Origin image_origin;
  std::vector<std::string> command;  // entrypoint and command, in words; empty: the image's own
  Origin command_origin;
  Variables environment;
  std::vector<Said<std::string>> from_outside;  // variables whose value the shell gives
  std::vector<PublishedPort> published;
  std::vector<Mount> mounts;
  std::optional<Said<std::uint64_t>> memory_limit;  // bytes
  bool on_host_network = false;
  std::vector<std::string> unclear;  // words that hang on a variable that is not set
};

struct ComposeFile {
  std::vector<ComposeService> services;  // in the order of the file
  std::vector<std::string> unseen;       // what was passed over

  ComposeService* find(std::string_view name);
};

// Reads a file over what others before it said, as `docker compose -f A -f B` does. Paths in it are
// relative to its folder. Variables are those of the .env beside it.
void read_compose_file(std::string_view text, const std::string& file, const Variables& variables,
                       ComposeFile& into, ReadingMistakes& mistakes);

// Bytes as Compose writes them: 512m, 1gb, 1073741824. None for anything else.
std::optional<std::uint64_t> parse_compose_bytes(std::string_view text);

}  // namespace outlive::harness
