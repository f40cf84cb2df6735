#include "deployment/assemble.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "deployment/compose_file.hpp"
#include "deployment/containers.hpp"
#include "deployment/deployment_files.hpp"
#include "deployment/server_config.hpp"
#include "scenario/sources.hpp"

namespace outlive::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view primary_variable = "TENSORZERO_VALKEY_URL";
constexpr std::string_view cache_variable = "TENSORZERO_VALKEY_CACHE_URL";

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
    add_container_servers();
    find_servers();
    read_configs();
    note_idle_servers();
    note_unseen();
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
      if (named == files_.environment.end() && fs::is_regular_file(beside)) {
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
        if (!file.empty() && fs::is_regular_file(file)) paths.push_back(file);
      }
    }
    for (const std::string& path : paths) {
      if (const auto text = read(path)) {
        read_gateway_settings(*text, path, deployment_.settings, mistakes_);
      }
    }
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
        deployment_.unseen.push_back(to_string(origin) + ": " + name +
                                     " comes from the shell: give the .env that sets it, or "
                                     "--environment");
        if (name == primary_variable || name == cache_variable) unclear_urls_.insert(name);
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

  std::optional<Said<GatewayUrl>> read_url(std::string_view name) {
    const auto found = deployment_.environment.find(name);
    if (found == deployment_.environment.end()) return std::nullopt;
    GatewayUrl url = read_gateway_url(found->second.value);
    // Told where it was read: which variable is not set.
    const bool hidden = has_unset_variable(found->second.value) &&
                        (!url.mistake.empty() || has_unset_variable(url.host));
    if (hidden) {
      unclear_urls_.emplace(name);
      deployment_.unseen.push_back(to_string(found->second.origin) + ": " + std::string{name} +
                                   " hangs on a variable that is not set: give the .env that sets "
                                   "it, or --environment");
      return std::nullopt;
    }
    return Said<GatewayUrl>{std::move(url), found->second.origin};
  }

  // ---- the servers

  void add_container_servers() {
    for (const ComposeService& service : compose_.services) {
      if (&service == gateway_ || !runs_server(service)) continue;
      services_.push_back(&service);
      // Told below, if --config does not tell it.
      deployment_.servers.push_back(
          server_of(service, container_unseen_.emplace_back(), mistakes_));
    }
  }

  std::optional<std::size_t> container_at(const GatewayUrl& url) const {
    for (std::size_t i = 0; i < services_.size(); ++i) {
      const ComposeService& service = *services_[i];
      const bool inside = gateway_ != nullptr && !gateway_->on_host_network;
      if (inside && std::ranges::find(service.hosts, url.host) != service.hosts.end()) return i;
      if (inside || reach_of(url.host) != Reach::machine) continue;
      if (service.on_host_network) return i;
      for (const PublishedPort& port : service.published) {
        if (port.host_port == url.port) return i;
      }
    }
    return std::nullopt;
  }

  // Names of this machine are one machine.
  static std::string place_of(const GatewayUrl& url) {
    const bool here = reach_of(url.host) == Reach::machine;
    return (here ? "localhost" : url.host) + ":" + std::to_string(url.port);
  }

  std::size_t server_at(const Said<GatewayUrl>& url) {
    if (const auto container = container_at(url.value)) return *container;
    const std::string place = place_of(url.value);
    for (const auto& [index, known] : places_) {
      if (known == place) return index;
    }
    DeployedServer server;
    server.name = url.value.address();
    server.origin = url.origin;
    deployment_.servers.push_back(std::move(server));
    places_.emplace_back(deployment_.servers.size() - 1, place);
    return deployment_.servers.size() - 1;
  }

  void find_servers() {
    if (deployment_.primary_url && deployment_.primary_url->value.mistake.empty()) {
      deployment_.primary = server_at(*deployment_.primary_url);
    } else if (!deployment_.primary_url && !deployment_.environment_known &&
               deployment_.servers.size() == 1) {
      deployment_.primary = 0;
      deployment_.unseen.push_back(std::string{primary_variable} +
                                   " is not known: " + deployment_.servers[0].name +
                                   " is taken for it; give the .env that sets it");
    } else if (!deployment_.primary_url && !deployment_.environment_known &&
               deployment_.servers.size() > 1) {
      deployment_.unseen.push_back(
          "which server keeps limits and which answers is not known: give "
          "the .env that sets " +
          std::string{primary_variable} + " and " + std::string{cache_variable});
    }
    if (deployment_.cache_url && deployment_.cache_url->value.mistake.empty()) {
      deployment_.cache = server_at(*deployment_.cache_url);
    } else if (!deployment_.cache_url && !unclear_urls_.contains(cache_variable)) {
      deployment_.cache = deployment_.primary;  // as the gateway does
    }
  }

  // ---- what --config says

  std::size_t new_server(const std::string& name) {
    DeployedServer server;
    server.name = name;
    server.origin = {{}, 0, "--config " + name};
    deployment_.servers.push_back(std::move(server));
    return deployment_.servers.size() - 1;
  }

  std::optional<std::size_t> server_called(const std::string& name) {
    const auto named = [&](const DeployedServer& server) {
      return server.name == name || server.name.substr(0, server.name.rfind(':')) == name;
    };
    if (name == "primary") {
      if (!deployment_.primary) {
        deployment_.primary = new_server(name);
        if (!deployment_.cache_url && !deployment_.cache) deployment_.cache = deployment_.primary;
      }
      return deployment_.primary;
    }
    const auto found = std::ranges::find_if(deployment_.servers, named);
    if (found != deployment_.servers.end()) {
      return static_cast<std::size_t>(found - deployment_.servers.begin());
    }
    if (name != "cache") return std::nullopt;
    if (deployment_.cache_url && deployment_.cache) return deployment_.cache;
    const std::size_t made = new_server(name);
    // Without an environment it is believed that the gateway is told of it; with one it says
    // whether.
    if (!deployment_.environment_known) deployment_.cache = made;
    return made;
  }

  void read_configs() {
    for (const std::string& path : files_.configs) read_config("primary", path, {path, 0, {}});
    for (const std::string& word : sources_.configs) {
      const std::size_t at = word.find('=');
      if (at == word.npos || at == 0) {
        mistakes_.add({{}, 0, "--config " + word},
                      "write NAME=ARGUMENTS, as in --config cache=cache.conf");
        continue;
      }
      read_config(word.substr(0, at), word.substr(at + 1),
                  {{}, 0, "--config " + word.substr(0, at)});
    }
  }

  void read_config(const std::string& name, const std::string& words, const Origin& origin) {
    const auto index = server_called(name);
    if (!index) {
      std::vector<std::string_view> names{"primary", "cache"};
      for (const DeployedServer& one : deployment_.servers) names.push_back(one.name);
      return mistakes_.add(
          origin, "no server is called " + in_quotes(name) + "; there is: " + listed(names));
    }
    DeployedServer& server = deployment_.servers[*index];
    if (*index < container_unseen_.size()) container_unseen_[*index].clear();
    const auto split = split_words(words);
    // A path may have blanks.
    std::vector<std::string> arguments{words};
    if (!fs::exists(words)) {
      if (!split) return mistakes_.add(origin, "an open quote in " + in_backticks(words));
      arguments = *split;
    }
    ServerDirectives directives;
    Origin said = origin;
    if (!arguments.empty() && !arguments[0].starts_with('-')) said = {arguments[0], 0, {}};
    const FindFile find = [this](const std::string& path) {
      return read(path) ? path : std::string{};
    };
    read_server_arguments({arguments, said}, find, directives, mistakes_);
    server.directives = std::move(directives);
  }

  // ---- what is told beside findings

  // A server that no variable of any service names is there for nobody, or for a gateway that was
  // not told. Beside a primary that is elsewhere it may be anybody's.
  void note_idle_servers() {
    const bool primary_elsewhere = !services_.empty() && deployment_.primary >= services_.size();
    const bool sure = deployment_.primary && deployment_.environment_known &&
                      unclear_urls_.empty() && !primary_elsewhere;
    for (std::size_t i = 0; sure && i < deployment_.servers.size(); ++i) {
      if (i == deployment_.primary || i == deployment_.cache) continue;
      const bool named = i < services_.size() && named_by_someone(*services_[i]);
      if (!named) deployment_.idle_servers.push_back(i);
    }
  }

  bool named_by_someone(const ComposeService& server) const {
    for (const ComposeService& other : compose_.services) {
      if (&other == &server) continue;
      const auto names = [&](const std::string& text) {
        return std::ranges::any_of(server.hosts, [&](const std::string& host) {
          return text == host || text.find("/" + host) != text.npos ||
                 text.find("@" + host) != text.npos || text.find(host + ":") != text.npos;
        });
      };
      for (const auto& [name, said] : other.environment) {
        if (names(said.value)) return true;
      }
      if (std::ranges::any_of(other.command, names)) return true;
    }
    return false;
  }

  void note_unseen() {
    for (std::size_t i = 0; i < container_unseen_.size(); ++i) {
      const bool used = i == deployment_.primary || i == deployment_.cache;
      if (!used && deployment_.primary) continue;
      for (std::string& one : container_unseen_[i]) deployment_.unseen.push_back(std::move(one));
    }
    for (std::size_t i = container_unseen_.size(); i < deployment_.servers.size(); ++i) {
      const DeployedServer& server = deployment_.servers[i];
      if (!server.directives.known) note_unknown(server);
    }
    for (const DeployedServer& server : deployment_.servers) {
      for (const std::string& name : server.directives.unclear) {
        deployment_.unseen.push_back(name + " of " + server.name +
                                     " hangs on a variable that is not set: give the .env that "
                                     "sets it, or --environment");
      }
    }
    if (deployment_.environment_known && !deployment_.primary_url &&
        !unclear_urls_.contains(primary_variable)) {
      deployment_.unseen.push_back(std::string{primary_variable} +
                                   " is not set: the gateway keeps nothing in Valkey");
    }
    if (!deployment_.environment_known) {
      deployment_.unseen.push_back(
          "the gateway's environment is not known: give its .env, or "
          "--environment; without it the cache is taken to be on the "
          "primary unless --config cache=FILE tells of another");
    }
    if (!deployment_.settings.known) {
      deployment_.unseen.push_back(
          "tensorzero.toml was not given: the cache's TTL is taken to be its default, 24 h, and "
          "which limits there are is not known");
    }
  }

  void note_unknown(const DeployedServer& server) {
    const std::string role = deployment_.role_of(server);
    std::string what = "the directives of " + role +
                       (role == server.name ? "" : " (" + server.name + ")") +
                       " are not known: give its valkey.conf by --config " + role +
                       "=FILE, or what is set by --config '" + role +
                       "=--maxmemory 4gb --maxmemory-policy noeviction'";
    if (server.name.find(".amazonaws.com") != std::string::npos) {
      what +=
          "; on ElastiCache the policy is volatile-lru unless its parameter group says otherwise";
    }
    deployment_.unseen.push_back(std::move(what));
  }

  const DeploymentSources& sources_;
  DeploymentFiles files_;
  ReadingMistakes mistakes_;
  Variables variables_;
  ComposeFile compose_;
  ComposeService* gateway_ = nullptr;
  std::set<std::string, std::less<>> unclear_urls_;  // variables
  std::vector<const ComposeService*> services_;      // of the first servers
  std::vector<std::vector<std::string>> container_unseen_;
  std::vector<std::pair<std::size_t, std::string>> places_;
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
