#include "deployment/deployment_files.hpp"

#include <filesystem>

namespace outlive::harness {
namespace {

namespace fs = std::filesystem;

// The names that Docker Compose looks for, in its order, and beside each what is laid over it.
struct ComposeName {
  std::string_view file;
  std::string_view over;
};
constexpr ComposeName compose_names[] = {{"compose.yaml", "compose.override.yaml"},
                                         {"compose.yml", "compose.override.yml"},
                                         {"docker-compose.yaml", "docker-compose.override.yaml"},
                                         {"docker-compose.yml", "docker-compose.override.yml"}};
constexpr std::string_view settings_names[] = {"tensorzero.toml", "config/tensorzero.toml"};
constexpr std::string_view usual =
    "compose.yaml, docker-compose.yml, .env, tensorzero.toml, config/tensorzero.toml, valkey.conf";

bool find_in(const fs::path& folder, std::string_view name, std::vector<std::string>& into) {
  const fs::path file = (folder / name).lexically_normal();
  if (!is_file(file)) return false;
  into.push_back(file.string());
  return true;
}

bool take_folder(const fs::path& folder, DeploymentFiles& files) {
  bool found = false;
  for (const ComposeName& name : compose_names) {
    if (!find_in(folder, name.file, files.compose)) continue;
    find_in(folder, name.over, files.compose);
    found = true;
    break;
  }
  found |= find_in(folder, ".env", files.environment);
  for (const std::string_view name : settings_names) {
    if (!find_in(folder, name, files.settings)) continue;
    found = true;
    break;
  }
  return find_in(folder, "valkey.conf", files.found_configs) || found;
}

bool take_file(const std::string& path, DeploymentFiles& files) {
  const fs::path name = fs::path{path}.filename();
  const std::string ending = name.extension().string();
  if (ending == ".yml" || ending == ".yaml") {
    files.compose.push_back(path);
  } else if (ending == ".env" || name.string().starts_with(".env")) {
    files.environment.push_back(path);
  } else if (ending == ".toml") {
    files.settings.push_back(path);
  } else if (ending == ".conf") {
    files.configs.push_back(path);
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool is_file(const fs::path& path) {
  std::error_code ignored;  // it is none, then
  return fs::is_regular_file(path, ignored);
}

DeploymentFiles sort_files(const std::vector<std::string>& paths, ReadingMistakes& mistakes) {
  DeploymentFiles files;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      if (!take_folder(path, files)) {
        mistakes.add({path, 0, {}},
                     "nothing to check in this folder; it is searched for " + std::string{usual});
      }
    } else if (!take_file(path, files)) {
      mistakes.add(
          {path, 0, {}},
          "what it holds is told by its ending: .yml or .yaml (compose), .env (variables), "
          ".toml (tensorzero.toml), .conf (valkey.conf)");
    }
  }
  return files;
}

}  // namespace outlive::harness
