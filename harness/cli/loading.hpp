// From the words of a command line to the plays that they name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/parse.hpp"

namespace outlive::harness {

// The files behind the paths, those of a folder in the order of their names; a word that is no path
// may name one that ships with outlive, and no path at all means all of these. Files and folders
// whose names begin with '_' are parts that scenarios include: in a folder they are passed over.
// A word that names nothing is given back as it is, for load_all() to tell. Throws UserError for a
// folder without a scenario.
std::vector<std::string> scenario_files(const std::vector<std::string>& paths);

// Each "name=value" or "name=value,value". Throws UserError.
std::vector<Setting> parse_settings(const std::vector<std::string>& words);

// All plays of all files; or throws UserError with the mistakes of all, behind what has therefore
// not been done. A setting that no scenario has an axis for is a mistake too.
std::vector<Scenario> load_all(const std::vector<std::string>& files,
                               std::span<const Setting> settings,
                               std::string_view undone = "nothing was played");

// The same, the plays of each file together.
std::vector<std::vector<Scenario>> load_by_file(const std::vector<std::string>& files,
                                                std::span<const Setting> settings,
                                                std::string_view undone);

}  // namespace outlive::harness
