// Lines of CLIENT LIST.
#pragma once

#include <string>

#include "engine/command.hpp"

namespace outlive {

// The line of CLIENT LIST and CLIENT INFO, without its end.
std::string describe_client(const Call& call, const Session& session);

}  // namespace outlive
