// Every command there is: the list of families that an engine is given.
#pragma once

#include <memory>
#include <span>

#include "engine/command.hpp"
#include "engine/scripts.hpp"

namespace outlive {

std::span<const CommandRows> all_commands();

// Who runs their scripts, for Engine::Setup.
std::unique_ptr<ScriptHost> make_script_host(Engine& engine);

}  // namespace outlive
