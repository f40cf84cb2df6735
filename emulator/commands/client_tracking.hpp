// CLIENT's subcommands for caches on the client's side; their rows are in client.cpp.
#pragma once

#include "engine/command.hpp"

namespace outlive {

void client_tracking(Call& call);
void client_caching(Call& call);
void client_getredir(Call& call);
void client_trackinginfo(Call& call);

}  // namespace outlive
