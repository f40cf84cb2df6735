#include "cli/loading.hpp"

#include <algorithm>
#include <filesystem>

#include "scenario/parse.hpp"
#include "target/embedded.hpp"

namespace outlive::harness {

std::vector<std::string> scenario_files(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : fs::recursive_directory_iterator{path}) {
      if (entry.path().extension() == ".toml") inside.push_back(entry.path().string());
    }
    if (inside.empty()) throw UserError{path + ": there is no scenario (*.toml) in this folder"};
    std::ranges::sort(inside);
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

std::vector<Scenario> load_all(const std::vector<std::string>& files) {
  const EmulatorDirectives directives;
  std::vector<Scenario> scenarios;
  std::string mistakes;
  for (const std::string& file : files) {
    try {
      scenarios.push_back(load_scenario(file, directives));
    } catch (const UserError& error) {
      mistakes.append(mistakes.empty() ? "" : "\n").append(error.what());
    }
  }
  if (!mistakes.empty()) throw UserError{"nothing was played:\n" + mistakes};
  return scenarios;
}

}  // namespace outlive::harness
