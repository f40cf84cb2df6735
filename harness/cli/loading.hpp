// From the words of a command line to the scenarios that they name.
#pragma once

#include <string>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

// The files behind the paths, those of a folder in the order of their names. Throws UserError for a
// folder without a scenario.
std::vector<std::string> scenario_files(const std::vector<std::string>& paths);

// All of them; or throws UserError with the mistakes of all.
std::vector<Scenario> load_all(const std::vector<std::string>& files);

}  // namespace outlive::harness
