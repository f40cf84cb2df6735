// [environment]: where the gateway keeps things.
#pragma once

#include "scenario/reader.hpp"

namespace outlive::harness {

// Reads it from the top of a scenario whose instances are known.
void read_environment(const toml::table& root, Scenario& into, Mistakes& mistakes);

}  // namespace outlive::harness
