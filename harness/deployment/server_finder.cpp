#include "deployment/server_finder.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "deployment/containers.hpp"
#include "deployment/server_config.hpp"

namespace outlive::harness {
namespace {

// Names of this machine are one machine.
std::string place_of(const ServerUrl& url) {
  const bool here = reach_of(url.host) == Reach::machine;
  return (here ? "localhost" : url.host) + ":" + std::to_string(url.port);
}

bool is_in_name(char letter) {
  const char low = to_lower(letter);
  return (low >= 'a' && low <= 'z') || is_digit(letter) || letter == '-' || letter == '.' ||
         letter == '_';
}

// Whether a text, like a URL, has the host in it as a word of its own.
bool names_host(std::string_view text, std::string_view host) {
  for (std::size_t at = text.find(host); at != text.npos; at = text.find(host, at + 1)) {
    const std::size_t end = at + host.size();
    const bool begins = at == 0 || !is_in_name(text[at - 1]);
    if (begins && (end == text.size() || !is_in_name(text[end]))) return true;
  }
  return false;
}

}  // namespace

ServerFinder::ServerFinder(const ComposeFile& compose, const ComposeService* gateway, ReadFile read,
                           Deployment& deployment, ReadingMistakes& mistakes)
    : compose_{compose},
      gateway_{gateway},
      read_{std::move(read)},
      deployment_{deployment},
      mistakes_{mistakes} {}

void ServerFinder::find() {
  for (const ComposeService& service : compose_.services) {
    if (&service == gateway_ || !runs_server(service)) continue;
    services_.push_back(&service);
    deployment_.servers.push_back(server_of(service, mistakes_));
  }
  const auto& primary = deployment_.primary_url;
  const auto& cache = deployment_.cache_url;
  const bool untold = !primary && !deployment_.environment_known;
  if (primary && primary->value.mistake.empty()) {
    deployment_.primary = server_at(*primary);
  } else if (untold && deployment_.servers.size() == 1) {
    deployment_.primary = 0;
    deployment_.unseen.push_back(deployment_.servers[0].name +
                                 " is taken to be what TENSORZERO_VALKEY_URL leads to");
  } else if (untold && deployment_.servers.size() > 1) {
    deployment_.unseen.emplace_back(
        "which server keeps limits and which answers: give the .env that sets "
        "TENSORZERO_VALKEY_URL and TENSORZERO_VALKEY_CACHE_URL");
  }
  if (cache && cache->value.mistake.empty()) {
    deployment_.cache = server_at(*cache);
  } else if (!cache && !deployment_.unclear_urls.contains(cache_variable)) {
    deployment_.cache = deployment_.primary;  // as the gateway does
  }
}

std::optional<std::size_t> ServerFinder::container_at(const ServerUrl& url) const {
  const bool inside = gateway_ != nullptr && !gateway_->on_host_network;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    const ComposeService& service = *services_[i];
    if (inside) {
      if (std::ranges::find(service.hosts, url.host) != service.hosts.end()) return i;
      continue;
    }
    if (reach_of(url.host) != Reach::machine) continue;
    if (service.on_host_network) return i;
    for (const PublishedPort& port : service.published) {
      if (port.host_port == url.port) return i;
    }
  }
  return std::nullopt;
}

std::size_t ServerFinder::server_at(const Said<ServerUrl>& url) {
  if (const auto container = container_at(url.value)) return *container;
  const std::string place = place_of(url.value);
  for (const auto& [index, known] : places_) {
    if (known == place) return index;
  }
  const std::size_t made = add(address_of(url.value), url.origin);
  places_.emplace_back(made, place);
  return made;
}

std::size_t ServerFinder::add(std::string name, Origin origin) {
  DeployedServer server;
  server.name = std::move(name);
  server.origin = std::move(origin);
  deployment_.servers.push_back(std::move(server));
  return deployment_.servers.size() - 1;
}

std::optional<std::size_t> ServerFinder::server_called(const std::string& name) {
  const Origin origin{{}, 0, "--config " + name};
  if (name == "primary") {
    if (!deployment_.primary) {
      deployment_.primary = add(name, origin);
      if (!deployment_.cache_url && !deployment_.cache) deployment_.cache = deployment_.primary;
    }
    return deployment_.primary;
  }
  const auto found = std::ranges::find_if(deployment_.servers, [&](const DeployedServer& one) {
    return one.name == name || one.name.substr(0, one.name.rfind(':')) == name;
  });
  if (found != deployment_.servers.end()) {
    return static_cast<std::size_t>(found - deployment_.servers.begin());
  }
  if (name != "cache") return std::nullopt;
  if (deployment_.cache_url && deployment_.cache) return deployment_.cache;
  const std::size_t made = add(name, origin);
  // Without an environment the gateway is believed to be told of it; with one that says whether.
  if (!deployment_.environment_known) deployment_.cache = made;
  return made;
}

void ServerFinder::configure(const std::string& name, const std::string& arguments,
                             const Origin& origin) {
  const auto index = server_called(name);
  if (!index) {
    std::vector<std::string_view> names{"primary", "cache"};
    for (const DeployedServer& one : deployment_.servers) names.push_back(one.name);
    return mistakes_.add(origin,
                         "no server is called " + in_quotes(name) + "; there is: " + listed(names));
  }
  // A path may have blanks.
  std::vector<std::string> words{arguments};
  std::error_code ignored;
  if (!std::filesystem::exists(arguments, ignored)) {
    const auto split = split_words(arguments);
    if (!split) return mistakes_.add(origin, "a quote is open in the arguments");
    words = *split;
  }
  Origin said = origin;
  if (!words.empty() && !words[0].starts_with('-')) said = {words[0], 0, {}};
  const FindFile find = [this](const std::string& path) {
    return read_(path) ? path : std::string{};
  };
  ServerDirectives directives;
  read_server_arguments({std::move(words), said}, find, directives, mistakes_);
  deployment_.servers[*index].directives = std::move(directives);
  deployment_.servers[*index].unseen.clear();
}

// A server that no variable of any service names is there for nobody, or for a gateway that was not
// told. Beside a primary that is elsewhere it may be anybody's.
void ServerFinder::note_idle() {
  const bool elsewhere = !services_.empty() && deployment_.primary >= services_.size();
  if (!deployment_.primary || !deployment_.environment_known || elsewhere ||
      !deployment_.unclear_urls.empty()) {
    return;
  }
  for (std::size_t i = 0; i < deployment_.servers.size(); ++i) {
    if (i == deployment_.primary || i == deployment_.cache) continue;
    const bool named = i < services_.size() && is_named(*services_[i]);
    if (!named) deployment_.idle_servers.push_back(i);
  }
}

bool ServerFinder::is_named(const ComposeService& server) const {
  const auto names = [&server](const std::string& text) {
    return std::ranges::any_of(server.hosts,
                               [&text](const std::string& host) { return names_host(text, host); });
  };
  return std::ranges::any_of(compose_.services, [&](const ComposeService& other) {
    if (&other == &server) return false;
    return std::ranges::any_of(other.command, names) ||
           std::ranges::any_of(other.environment,
                               [&](const auto& one) { return names(one.second.value); });
  });
}

}  // namespace outlive::harness
