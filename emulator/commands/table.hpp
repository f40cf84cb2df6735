// Every command there is: the list of families that an engine is given.
#pragma once

#include <span>

#include "engine/command.hpp"

namespace outlive {

std::span<const CommandRows> all_commands();

}  // namespace outlive
