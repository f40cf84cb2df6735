// From the words of a command line to the plays that they name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/parse.hpp"

namespace outlive::harness {

// The files behind the paths, those of a folder in the order of their names. Files and folders
// whose names begin with '_' are parts that scenarios include: in a folder they are passed over.
// Throws UserError for a folder without a scenario.
std::vector<std::string> scenario_files(const std::vector<std::string>& paths);

// Each "name=value" or "name=value,value". Throws UserError.
std::vector<Setting> parse_settings(const std::vector<std::string>& words);

// All plays of all files; or throws UserError with the mistakes of all. A setting that no scenario
// has an axis for is a mistake too.
std::vector<Scenario> load_all(const std::vector<std::string>& files,
                               std::span<const Setting> settings);

}  // namespace outlive::harness
