#include "deployment/deployment.hpp"

#include "base/number.hpp"
#include "server/config_reading.hpp"

namespace outlive::harness {

std::optional<std::string> ServerDirectives::value(std::string_view name) const {
  if (!known || unclear.contains(name) || undocumented.contains(name)) return std::nullopt;
  const auto found = said.find(name);
  return found == said.end() ? default_value(name) : found->second.value;
}

std::optional<std::uint64_t> ServerDirectives::number(std::string_view name) const {
  const auto text = value(name);
  return text ? parse_unsigned(*text) : std::nullopt;
}

Origin ServerDirectives::origin_of(std::string_view name) const {
  const auto found = said.find(name);
  if (found != said.end()) return found->second.origin;
  return {origin.file, origin.line, origin.file.empty() ? origin.name : std::string{name}};
}

std::optional<bool> DeployedServer::evicts() const {
  const auto by = policy();
  const auto cap = maxmemory();
  if (by == "noeviction" || cap == 0U) return false;
  if (!by || !cap) return std::nullopt;
  return true;
}

std::optional<bool> DeployedServer::saves() const {
  const auto log = directives.value("appendonly");
  const auto points = directives.value("save");
  if (log == "yes" || (points && !points->empty())) return true;
  if (!log || !points) return std::nullopt;
  return false;
}

bool Deployment::limits_in_valkey() const {
  if (!settings.limits_enabled || settings.limits_backend.value == "postgres") return false;
  // The file has been given, and has no rule.
  return !settings.known || !settings.rules.empty();
}

bool Deployment::answers_in_valkey() const {
  if (settings.cache_enabled == false) return false;
  if (settings.cache_backend.value != "auto") return settings.cache_backend.value == "valkey";
  // With ClickHouse for its data the gateway caches there, too
  // (docs/gateway/guides/inference-caching).
  if (settings.observability_enabled == false) return true;
  if (settings.observability_backend != "auto") return settings.observability_backend == "postgres";
  return !has_variable("TENSORZERO_CLICKHOUSE_URL");
}

const DeployedServer* Deployment::limits() const {
  return primary && limits_in_valkey() ? &servers[*primary] : nullptr;
}

const DeployedServer* Deployment::answers() const {
  return cache && answers_in_valkey() ? &servers[*cache] : nullptr;
}

bool Deployment::shared() const {
  return limits() != nullptr && limits() == answers();
}

std::string Deployment::role_of(const DeployedServer& server) const {
  const bool is_primary = primary && &servers[*primary] == &server;
  const bool is_cache = cache && &servers[*cache] == &server;
  if (is_primary) return "primary";
  return is_cache ? "cache" : server.name;
}

}  // namespace outlive::harness
