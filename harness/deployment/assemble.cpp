#include "deployment/assemble.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "deployment/compose_file.hpp"
#include "deployment/containers.hpp"
#include "deployment/deployment_files.hpp"
#include "deployment/server_finder.hpp"
#include "deployment/unseen.hpp"
#include "scenario/sources.hpp"

namespace outlive::harness {
namespace {

namespace fs = std::filesystem;

class Assembly {
 public:
  explicit Assembly(const DeploymentSources& sources) : sources_{sources} {}

  Deployment assemble() {
    deployment_.users = sources_.users;
    files_ = sort_files(sources_.paths, mistakes_);
    read_variables();
    read_compose();
    choose_gateway();
    read_settings();
    const ReadFile read_file = [this](const std::string& path) { return read(path).has_value(); };
    ServerFinder finder{compose_, gateway_, read_file, deployment_, mistakes_};
    finder.find();
    configure_primary(finder);
    for (const std::string& word : sources_.configs) configure(finder, word);
    finder.note_idle();
    note_unseen(deployment_);
    if (mistakes_.any()) throw UnreadableDeployment{mistakes_.all()};
    return std::move(deployment_);
  }

 private:
  // ---- what is read

  std::optional<std::string> read(const std::string& path) {
    FileText read = read_text(path, scenario_size_max);
    if (!read.mistake.empty()) {
      mistakes_.add({path, 0, {}}, "can't be read: " + read.mistake);
      return std::nullopt;
    }
    if (std::ranges::find(deployment_.read, path) == deployment_.read.end()) {
      deployment_.read.push_back(path);
    }
    return std::move(read.text);
  }

  void read_variables() {
    // Compose reads the one beside its first file by itself.
    if (!files_.compose.empty()) {
      const fs::path beside =
          (fs::path{files_.compose.front()}.parent_path() / ".env").lexically_normal();
      const auto named = std::ranges::find(files_.environment, beside.string());
      if (named == files_.environment.end() && is_file(beside)) {
        files_.environment.insert(files_.environment.begin(), beside.string());
      }
    }
    for (const std::string& path : files_.environment) {
      if (const auto text = read(path)) read_env_file(*text, path, variables_, mistakes_);
    }
    for (const auto& [name, value] : sources_.process) variables_.insert_or_assign(name, value);
  }

  void read_compose() {
    for (const std::string& path : files_.compose) {
      if (const auto text = read(path)) {
        read_compose_file(*text, path, variables_, compose_, mistakes_);
      }
    }
    for (std::string& one : compose_.unseen) deployment_.unseen.push_back(std::move(one));
  }

  void read_settings() {
    std::vector<std::string> paths = files_.settings;
    if (paths.empty() && gateway_ != nullptr) {
      const std::vector<std::string>& words = gateway_->command;
      for (std::size_t i = 0; i < words.size(); ++i) {
        std::string path = words[i];
        if (path == "--config-file" && i + 1 < words.size()) path = words[i + 1];
        if (path.starts_with("--config-file=")) path = path.substr(path.find('=') + 1);
        const std::string file = path == words[i] ? "" : file_behind(*gateway_, path);
        if (!file.empty() && is_file(file)) paths.push_back(file);
      }
    }
    for (const std::string& path : paths) {
      if (const auto text = read(path)) {
        read_gateway_settings(*text, path, deployment_.settings, mistakes_);
      }
    }
  }

  void configure_primary(ServerFinder& finder) {
    const std::vector<std::string>& named = files_.configs;
    for (std::size_t i = 1; i < named.size(); ++i) {
      mistakes_.add({named[i], 0, {}},
                    "a second configuration; say whose it is, as in --config cache=" + named[i]);
    }
    const auto& primary = deployment_.primary;
    const bool known = primary && deployment_.servers[*primary].directives.known;
    std::vector<std::string> paths = named;
    if (paths.empty() && !known) paths = files_.found_configs;
    if (!paths.empty()) finder.configure("primary", paths.front(), {paths.front(), 0, {}});
  }

  // "NAME=ARGUMENTS".
  void configure(ServerFinder& finder, const std::string& word) {
    const std::size_t at = word.find('=');
    const Origin origin{{}, 0, "--config " + word.substr(0, at)};
    if (at == word.npos || at == 0) {
      return mistakes_.add(origin, "write NAME=ARGUMENTS, as in --config cache=cache.conf");
    }
    finder.configure(word.substr(0, at), word.substr(at + 1), origin);
  }

  // ---- the gateway

  static bool names_valkey(const ComposeService& service) {
    const auto outside = [&](std::string_view name) {
      return std::ranges::any_of(service.from_outside,
                                 [name](const auto& one) { return one.value == name; });
    };
    return service.environment.contains(primary_variable) ||
           service.environment.contains(cache_variable) || outside(primary_variable) ||
           outside(cache_variable);
  }

  void choose_gateway() {
    if (!sources_.service.empty()) {
      gateway_ = compose_.find(sources_.service);
      if (gateway_ == nullptr) {
        std::vector<std::string_view> names;
        for (const ComposeService& one : compose_.services) names.push_back(one.name);
        mistakes_.add({{}, 0, "--service"},
                      "no service of the compose file is called " + in_quotes(sources_.service) +
                          (names.empty() ? "" : "; there is: " + listed(names)));
      }
    }
    for (ComposeService& one : compose_.services) {
      const bool of_gateway = parse_image(one.image).repository == "tensorzero/gateway";
      if (gateway_ == nullptr && of_gateway) gateway_ = &one;
    }
    for (ComposeService& one : compose_.services) {
      if (gateway_ == nullptr && names_valkey(one)) gateway_ = &one;
    }
    take_environment();
  }

  void take_environment() {
    if (gateway_ != nullptr) {
      deployment_.environment_known = true;
      deployment_.environment = gateway_->environment;
      deployment_.gateway_service = gateway_->name;
      deployment_.gateway_image = gateway_->image;
      deployment_.gateway_origin =
          gateway_->image.empty() ? gateway_->origin : gateway_->image_origin;
      deployment_.gateway_on_host_network = gateway_->on_host_network;
      for (const auto& [name, origin] : gateway_->from_outside) {
        deployment_.from_outside.insert(name);
        if (name != primary_variable && name != cache_variable) continue;
        deployment_.unclear_urls.insert(name);
        deployment_.unseen.push_back(to_string(origin) + ": " + name +
                                     " comes from the shell: give the .env that sets it, or "
                                     "--environment");
      }
      for (const ComposeService& other : compose_.services) {
        if (&other != gateway_ && names_valkey(other) && differs(other)) {
          deployment_.unseen.push_back("the service " + other.name +
                                       " has URLs of its own: check it by --service " + other.name);
        }
      }
    } else if (!files_.environment.empty() || !sources_.process.empty()) {
      deployment_.environment_known = true;
      deployment_.environment = variables_;
    }
    deployment_.primary_url = read_url(primary_variable);
    deployment_.cache_url = read_url(cache_variable);
  }

  bool differs(const ComposeService& other) const {
    for (const std::string_view name : {primary_variable, cache_variable}) {
      const auto mine = gateway_->environment.find(name);
      const auto theirs = other.environment.find(name);
      const bool have_mine = mine != gateway_->environment.end();
      const bool have_theirs = theirs != other.environment.end();
      if (have_mine != have_theirs) return true;
      if (have_mine && mine->second.value != theirs->second.value) return true;
    }
    return false;
  }

  std::optional<Said<ServerUrl>> read_url(std::string_view name) {
    const auto found = deployment_.environment.find(name);
    if (found == deployment_.environment.end()) return std::nullopt;
    ServerUrl url = read_gateway_url(found->second.value);
    // Told where it was read: which variable is not set.
    const bool hidden = has_unset_variable(found->second.value) &&
                        (!url.mistake.empty() || has_unset_variable(url.host));
    if (hidden) {
      deployment_.unclear_urls.emplace(name);
      deployment_.unseen.push_back(to_string(found->second.origin) + ": " + std::string{name} +
                                   " hangs on a variable that is not set: give the .env that sets "
                                   "it, or --environment");
      return std::nullopt;
    }
    return Said<ServerUrl>{std::move(url), found->second.origin};
  }

  const DeploymentSources& sources_;
  DeploymentFiles files_;
  ReadingMistakes mistakes_;
  Variables variables_;
  ComposeFile compose_;
  ComposeService* gateway_ = nullptr;
  Deployment deployment_;
};

}  // namespace

Deployment read_deployment(const DeploymentSources& sources) {
  if (sources.paths.empty() && sources.configs.empty() && sources.process.empty()) {
    throw UserError{"nothing to check"};
  }
  return Assembly{sources}.assemble();
}

}  // namespace outlive::harness
