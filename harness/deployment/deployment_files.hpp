// Which files a deployment is read from, by their names.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/reading_mistakes.hpp"

namespace outlive::harness {

// Whether a regular file can be seen there.
bool is_file(const std::filesystem::path& path);

struct DeploymentFiles {
  std::vector<std::string> compose;
  std::vector<std::string> environment;
  std::vector<std::string> settings;       // of the gateway
  std::vector<std::string> configs;        // of the primary
  std::vector<std::string> found_configs;  // the same, in folders: of nobody who has others
};

// Sorts paths by what they hold; of a folder those files that have a usual name. A name that says
// nothing, and a folder with nothing in it, are mistakes.
DeploymentFiles sort_files(const std::vector<std::string>& paths, ReadingMistakes& mistakes);

}  // namespace outlive::harness
