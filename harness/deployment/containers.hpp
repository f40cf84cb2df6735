// Containers as servers: how an image starts valkey-server, and with which directives.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/compose_file.hpp"

namespace outlive::harness {

// "8.1" of valkey/valkey:8.1-alpine; the name without registry and tag.
struct ImageName {
  std::string repository;  // "valkey/valkey", "redis"
  std::string tag;         // "" where none is named

  // Its leading numbers, as far as there are any: {8, 1}.
  std::vector<int> version() const;
};
ImageName parse_image(std::string_view image);

// Whether the service runs a Valkey or a Redis, by its image or its command.
bool runs_server(const ComposeService& service);

// The file of this machine that the container sees at a path; "" where it is none of its mounts.
std::string file_behind(const ComposeService& service, const std::string& path);

// The server that it runs. What of its directives can't be known is among its `unseen`.
DeployedServer server_of(const ComposeService& service, ReadingMistakes& mistakes);

}  // namespace outlive::harness
