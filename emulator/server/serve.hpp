// `outlive serve`: a stand-in for valkey-server, started with valkey-server's own arguments.
#pragma once

#include <span>

namespace outlive {

// `arguments` without the program's name. Returns the exit status.
int serve(std::span<char* const> arguments);

}  // namespace outlive
