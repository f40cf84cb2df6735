// From a scenario file and those that it includes to one table: what an included file says is as if
// it stood in front, and single words of the file that includes it win.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/reader.hpp"
#include "scenario/sources.hpp"

namespace outlive::harness {

// Reads the scenario's own file, or on later calls its text once more, and what it includes. Lines
// of all nodes are those of `sources`. Mistakes are noted; what could be read is given.
toml::table compose(const std::string& name, std::string_view text, Sources& sources,
                    Mistakes& mistakes);

}  // namespace outlive::harness
