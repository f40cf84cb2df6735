// From files, arguments and variables to a deployment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/deployment.hpp"
#include "deployment/variables.hpp"

namespace outlive::harness {

struct DeploymentSources {
  // Compose files (*.yml, *.yaml), variables (.env, *.env), the gateway's configuration (*.toml), a
  // server's configuration (*.conf: the primary's); or folders, in which the usual names are looked
  // for.
  std::vector<std::string> paths;
  // "NAME=ARGUMENTS": valkey-server's arguments of a server, which is called primary, cache, or as
  // its service or host.
  std::vector<std::string> configs;
  Variables process;    // variables of this process, where they count
  std::string service;  // the gateway's in the compose file; "": found by what it says
  std::optional<std::uint64_t> users;
};

// Reads all of it. Throws UnreadableDeployment with everything that can't be read, and UserError
// where there is nothing to read at all.
Deployment read_deployment(const DeploymentSources& sources);

}  // namespace outlive::harness
