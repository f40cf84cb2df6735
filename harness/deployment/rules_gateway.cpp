// What the gateway needs to start and to serve.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "deployment/containers.hpp"
#include "deployment/rule.hpp"
#include "scenario/mistakes.hpp"

namespace outlive::harness {
namespace {

void nowhere_for_limits(const Deployment& deployment, Findings& findings) {
  const GatewaySettings& settings = deployment.settings;
  if (!deployment.environment_known || !settings.limits_enabled || settings.rules.empty()) return;
  const bool valkey = deployment.has_variable("TENSORZERO_VALKEY_URL");
  const bool postgres = deployment.has_variable("TENSORZERO_POSTGRES_URL");
  const std::string& backend = settings.limits_backend.value;
  std::string lacks;
  if (backend == "valkey" && !valkey) lacks = "TENSORZERO_VALKEY_URL is not set";
  if (backend == "postgres" && !postgres) lacks = "TENSORZERO_POSTGRES_URL is not set";
  if (backend == "auto" && !valkey && !postgres) {
    lacks = "neither TENSORZERO_VALKEY_URL nor TENSORZERO_POSTGRES_URL is set";
  }
  if (lacks.empty()) return;
  findings.push_back(
      {.origin = settings.rules.front().origin,
       .found = std::to_string(settings.rules.size()) + " rules for rate limits, but " + lacks});
}

bool is_before(const std::vector<int>& version, const std::vector<int>& other) {
  return !version.empty() && std::ranges::lexicographical_compare(version, other);
}

void old_server(const Deployment& deployment, Findings& findings) {
  const DeployedServer* server = deployment.limits();
  if (server == nullptr || server->image.empty()) return;
  const ImageName image = parse_image(server->image);
  const std::string name = image.repository.substr(image.repository.rfind('/') + 1);
  if (name != "redis" || !is_before(image.version(), {7})) return;
  findings.push_back({.origin = server->origin, .found = server->name + " runs " + server->image});
}

void old_gateway(const Deployment& deployment, Findings& findings) {
  if (!deployment.primary_url) return;
  const ImageName image = parse_image(deployment.gateway_image);
  if (image.repository != "tensorzero/gateway") return;
  const std::vector<int> version = image.version();
  // Releases are called by year, month and number; 48 h came with the second of February 2026.
  if (version.size() < 3 || !is_before(version, {2026, 2, 1})) return;
  findings.push_back({.origin = deployment.gateway_origin,
                      .found = deployment.gateway_service + " runs " + deployment.gateway_image});
}

void renamed_commands(const Deployment& deployment, Findings& findings) {
  constexpr std::array<std::string_view, 12> for_limits{"fcall",   "function", "time", "hmget",
                                                        "hset",    "expire",   "scan", "exists",
                                                        "hgetall", "ttl",      "auth", "select"};
  constexpr std::array<std::string_view, 4> for_answers{"get", "setex", "auth", "select"};
  const auto look = [&](const DeployedServer* server, std::span<const std::string_view> needed) {
    if (server == nullptr) return;
    for (const auto& [command, origin] : server->directives.renamed) {
      if (std::ranges::find(needed, command) == needed.end()) continue;
      findings.push_back(
          {.origin = origin, .found = "rename-command " + command + " on " + server->name});
    }
  };
  look(deployment.limits(), for_limits);
  look(deployment.answers(), for_answers);
}

void refused_commands(const Deployment& deployment, Findings& findings) {
  const auto look = [&](const DeployedServer* server, bool for_limits) {
    if (server == nullptr) return;
    Finding finding;
    for (const auto& [command, origin] : server->directives.refused) {
      const bool of_functions = command == "fcall" || command == "function|load";
      if (of_functions != for_limits) continue;
      finding.origin = origin;
      finding.found += (finding.found.empty() ? "" : " and ") + to_upper(command);
    }
    if (finding.found.empty()) return;
    std::ranges::replace(finding.found, '|', ' ');
    finding.found = server->directives.like + " refuses " + finding.found + " on " + server->name;
    findings.push_back(std::move(finding));
  };
  look(deployment.limits(), true);
  look(deployment.answers(), false);
}

void replica(const Deployment& deployment, Findings& findings) {
  const DeployedServer* const servers[] = {deployment.limits(),
                                           deployment.shared() ? nullptr : deployment.answers()};
  for (const DeployedServer* server : servers) {
    if (server == nullptr) continue;
    const auto primary = server->directives.value("replicaof");
    if (!primary || primary->empty() || *primary == "no one") continue;
    findings.push_back({.origin = server->directives.origin_of("replicaof"),
                        .found = server->name + " is a replica of " + *primary});
  }
}

void cluster(const Deployment& deployment, Findings& findings) {
  const DeployedServer* const servers[] = {deployment.limits(),
                                           deployment.shared() ? nullptr : deployment.answers()};
  for (const DeployedServer* server : servers) {
    if (server == nullptr || server->directives.value("cluster-enabled") != "yes") continue;
    findings.push_back({.origin = server->directives.origin_of("cluster-enabled"),
                        .found = "cluster-enabled yes on " + server->name});
  }
}

constexpr Rule rules[] = {
    {.id = "no-backend",
     .severity = Severity::error,
     .title = "Rate limits have a place to be kept in",
     .why = "The gateway does not start with rules for rate limits and no store for them.",
     .mend = "set TENSORZERO_VALKEY_URL, or enabled = false in [rate_limiting]",
     .source = "https://www.tensorzero.com/docs/operations/enforce-custom-rate-limits",
     .scenario = "",
     .look = nowhere_for_limits},
    {.id = "server-too-old",
     .severity = Severity::error,
     .title = "The server knows functions",
     .why = "FUNCTION LOAD came with Redis 7.0; without it the gateway does not start.",
     .mend = "run valkey/valkey:8",
     .source = "https://valkey.io/commands/function-load/",
     .scenario = "",
     .look = old_server},
    {.id = "gateway-too-old",
     .severity = Severity::warning,
     .title = "The gateway's buckets live 48 h",
     .why =
         "Before release 2026.2.1 a bucket lived an hour at least, not 48: beside a cache of 24 h "
         "volatile-ttl takes limits first. Nor does such a gateway know "
         "TENSORZERO_VALKEY_CACHE_URL.",
     .mend = "run tensorzero/gateway 2026.2.1 or newer",
     .source = "https://github.com/tensorzero/tensorzero/pull/6346",
     .scenario = "rate-limits/short-windows",
     .look = old_gateway},
    {.id = "command-renamed",
     .severity = Severity::error,
     .title = "Commands that the gateway sends have their names",
     .why =
         "A command that has another name is unknown: the gateway does not start, or every limited "
         "request fails, or nothing is cached.",
     .mend = "leave its name; deny it to other users by ACL",
     .source = "https://valkey.io/topics/acl/",
     .scenario = "",
     .look = renamed_commands},
    {.id = "command-refused",
     .severity = Severity::error,
     .title = "The managed service lets clients send what the gateway sends",
     .why =
         "A service that has no functions can't count tickets: the gateway does not start with it, "
         "or every limited request fails.",
     .mend = "keep rate limits on a service that has FUNCTION and FCALL: node-based ElastiCache, "
             "Memorystore",
     .source = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/SupportedCommands.html",
     .scenario = "",
     .look = refused_commands},
    {.id = "replica",
     .severity = Severity::error,
     .title = "The gateway writes to a primary",
     .why =
         "A replica refuses writes (READONLY): the gateway does not start, and nothing is cached.",
     .mend = "name the primary in the URL",
     .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.0.1",
     .scenario = "",
     .look = replica},
    {.id = "cluster",
     .severity = Severity::error,
     .title = "The server is no cluster",
     .why = "The gateway speaks to one node and asks nobody for slots, and its functions touch "
            "keys that "
            "they don't declare: a node of a cluster refuses what belongs to another.",
     .mend = "set cluster-enabled no; on a managed service switch cluster mode off",
     .source =
         "measured with TensorZero's gateway 2026.6; https://valkey.io/topics/functions-intro/",
     .scenario = "",
     .look = cluster},
};

}  // namespace

std::span<const Rule> gateway_rules() {
  return rules;
}

}  // namespace outlive::harness
