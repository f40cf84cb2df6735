// Which variable leads to which server.
#include <algorithm>

#include "base/text.hpp"
#include "deployment/rule.hpp"
#include "scenario/mistakes.hpp"

namespace outlive::harness {
namespace {

struct NamedUrl {
  std::string_view variable;
  const Said<ServerUrl>* url;
  const DeployedServer* server;  // null: none is known
};

// The URLs that can be read.
std::vector<NamedUrl> urls(const Deployment& deployment) {
  std::vector<NamedUrl> all;
  const auto add = [&](std::string_view variable, const std::optional<Said<ServerUrl>>& url,
                       std::optional<std::size_t> server) {
    if (!url || !url->value.mistake.empty()) return;
    all.push_back({variable, &*url, server ? &deployment.servers[*server] : nullptr});
  };
  add(primary_variable, deployment.primary_url, deployment.primary);
  add(cache_variable, deployment.cache_url, deployment.cache);
  return all;
}

void unreadable(const Deployment& deployment, Findings& findings) {
  for (const auto& [variable, url] : {std::pair{primary_variable, &deployment.primary_url},
                                      std::pair{cache_variable, &deployment.cache_url}}) {
    if (!*url || (*url)->value.mistake.empty()) continue;
    findings.push_back(
        {.origin = (*url)->origin, .found = std::string{variable} + ": " + (*url)->value.mistake});
  }
}

void split_that_is_none(const Deployment& deployment, Findings& findings) {
  if (!deployment.cache_url || !deployment.primary_url || !deployment.primary) return;
  if (deployment.cache != deployment.primary || !deployment.answers_in_valkey()) return;
  const ServerUrl& primary = deployment.primary_url->value;
  const ServerUrl& cache = deployment.cache_url->value;
  const bool databases = primary.database != cache.database;
  std::string found = "both URLs lead to " + deployment.servers[*deployment.primary].name;
  if (databases) {
    found += ", to databases " + std::to_string(primary.database) + " and " +
             std::to_string(cache.database) + ": eviction takes keys from all of them";
  }
  findings.push_back({.origin = deployment.cache_url->origin,
                      .found = std::move(found),
                      .scenario = databases ? "policies/several-databases" : ""});
}

void gateway_not_told(const Deployment& deployment, Findings& findings) {
  if (deployment.cache_url || !deployment.primary_url || !deployment.answers_in_valkey()) return;
  for (const std::size_t index : deployment.idle_servers) {
    const DeployedServer& server = deployment.servers[index];
    findings.push_back(
        {.origin = server.origin,
         .found = server.name + " is there, and " + std::string{cache_variable} + " is not set"});
  }
}

void cache_elsewhere(const Deployment& deployment, Findings& findings) {
  if (!deployment.cache_url || deployment.answers_in_valkey()) return;
  const GatewaySettings& settings = deployment.settings;
  std::string why = "answers are cached in ClickHouse, the gateway's store of data";
  if (settings.cache_enabled == false) why = "the cache is switched off";
  findings.push_back({.origin = deployment.cache_url->origin,
                      .found = std::string{cache_variable} + " is set, but " + why});
}

void misspelt_variable(const Deployment& deployment, Findings& findings) {
  constexpr std::string_view known[] = {primary_variable, cache_variable};
  for (const auto& [name, said] : deployment.environment) {
    if (std::ranges::find(known, name) != std::end(known)) continue;
    const bool near = name.starts_with("TENSORZERO_VALKEY") || name.starts_with("TENSORZERO_REDIS");
    if (!near && !(name == "VALKEY_URL" || name == "VALKEY_CACHE_URL")) continue;
    std::string meant{name.find("CACHE") == name.npos ? primary_variable : cache_variable};
    if (deployment.has_variable(meant)) continue;
    findings.push_back({.origin = said.origin,
                        .found = name + " is no variable of the gateway's",
                        .mend = "name it " + meant});
  }
}

void localhost_in_container(const Deployment& deployment, Findings& findings) {
  if (deployment.gateway_service.empty() || deployment.gateway_on_host_network) return;
  for (const NamedUrl& one : urls(deployment)) {
    if (reach_of(one.url->value.host) != Reach::machine) continue;
    findings.push_back({.origin = one.url->origin,
                        .found = std::string{one.variable} + " names " + one.url->value.host +
                                 ", which is the container of " + deployment.gateway_service +
                                 " itself"});
  }
}

void wrong_port(const Deployment& deployment, Findings& findings) {
  for (const NamedUrl& one : urls(deployment)) {
    if (one.server == nullptr) continue;
    const ServerDirectives& directives = one.server->directives;
    auto plain = directives.number("port");
    auto tls = directives.number("tls-port");
    if (!plain || !tls) continue;
    const ServerUrl& url = one.url->value;
    // Seen from outside, a container has the ports that it publishes.
    if (one.server->in_container && deployment.gateway_service.empty()) {
      for (const PublishedPort& port : one.server->published) {
        if (port.host_port != url.port) continue;
        const auto inner = static_cast<std::uint64_t>(port.container_port);
        if (inner == *plain) plain = static_cast<std::uint64_t>(url.port);
        if (inner == *tls) tls = static_cast<std::uint64_t>(url.port);
      }
    }
    const auto port = static_cast<std::uint64_t>(url.port);
    if (port == (url.tls ? *tls : *plain)) continue;
    const std::string speaks = (*plain > 0 ? "port " + std::to_string(*plain) : "no plain port") +
                               (*tls > 0 ? ", TLS on " + std::to_string(*tls) : ", no TLS");
    findings.push_back({.origin = one.url->origin,
                        .found = std::string{one.variable} + " wants " +
                                 (url.tls ? "TLS on port " : "port ") + std::to_string(url.port) +
                                 "; " + one.server->name + " has " + speaks});
  }
}

constexpr Rule rules[] = {
    {.id = "url",
     .severity = Severity::error,
     .title = "The gateway can read its URLs",
     .why = "The gateway does not start with a URL that it can't read.",
     .mend = "write valkey://[user:password@]host[:port][/database], valkeys:// for TLS; "
             "percent-encode "
             "what is not a letter or a digit in a password",
     .source = sources::deployment_page,
     .scenario = "",
     .look = unreadable},
    {.id = "cache-url-is-primary",
     .severity = Severity::error,
     .title = "The cache's URL leads to another server",
     .why = "Two URLs to one server split nothing: answers and limits share its memory, its policy "
            "and "
            "its fate, and a database is no fence.",
     .mend =
         "run a second server for the cache and name that in TENSORZERO_VALKEY_CACHE_URL, or leave "
         "the variable out and choose the policy for both",
     .source = sources::deployment_page,
     .scenario = "split/cache-url-unset",
     .look = split_that_is_none},
    {.id = "cache-url-unset",
     .severity = Severity::warning,
     .title = "The gateway is told of the second server",
     .why = "Without TENSORZERO_VALKEY_CACHE_URL the gateway caches on the primary, which fills "
            "up; the "
            "second server stays empty.",
     .mend = "set TENSORZERO_VALKEY_CACHE_URL to it, or take it out",
     .source = sources::deployment_page,
     .scenario = "split/cache-url-unset",
     .look = gateway_not_told},
    {.id = "cache-url-unused",
     .severity = Severity::warning,
     .title = "What is set for the cache has an effect",
     .why = "With ClickHouse as its store of data the gateway caches there, and the second Valkey "
            "stays "
            "empty.",
     .mend =
         "set backend = \"valkey\" in [gateway.cache], or leave TENSORZERO_VALKEY_CACHE_URL out",
     .source = sources::caching_page,
     .scenario = "",
     .look = cache_elsewhere},
    {.id = "variable-name",
     .severity = Severity::warning,
     .title = "Variables have the names that the gateway reads",
     .why = "A variable of another name is passed over in silence: limits fall back to Postgres, "
            "or the "
            "cache to the primary.",
     .mend = "name it TENSORZERO_VALKEY_URL or TENSORZERO_VALKEY_CACHE_URL",
     .source = sources::deployment_page,
     .scenario = "split/cache-url-unset",
     .look = misspelt_variable},
    {.id = "localhost",
     .severity = Severity::error,
     .title = "A gateway in a container names the server's container",
     .why = "In a container localhost is the container itself, where no Valkey listens: the "
            "gateway does "
            "not start.",
     .mend = "name the service, as in valkey://valkey:6379",
     .source = "https://docs.docker.com/compose/how-tos/networking/",
     .scenario = "",
     .look = localhost_in_container},
    {.id = "port",
     .severity = Severity::error,
     .title = "URLs name a port on which the server speaks so",
     .why = "The gateway does not start (primary) or caches nothing (cache). Between containers "
            "the port "
            "is the container's own, not the one that is published.",
     .mend = "name the port that the server listens on; valkeys:// for its tls-port",
     .source = "https://docs.docker.com/compose/how-tos/networking/",
     .scenario = "",
     .look = wrong_port},
};

}  // namespace

std::span<const Rule> routing_rules() {
  return rules;
}

}  // namespace outlive::harness
