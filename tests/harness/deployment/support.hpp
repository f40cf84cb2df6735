// Deployments in a few words, for the tests of rules.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "deployment/rule.hpp"
#include "deployment/server_config.hpp"

namespace outlive::harness {

inline DeployedServer server(const std::string& name, const std::string& config) {
  DeployedServer made;
  made.name = name;
  ReadingMistakes mistakes;
  const auto lines = parse_config(config, name + ".conf");
  read_server_lines(lines, {name + ".conf", 0, {}}, made.directives, mistakes);
  if (mistakes.any()) throw UserError{to_string(mistakes.all())};
  return made;
}

// A server of which only the address is known.
inline DeployedServer stranger(const std::string& name) {
  DeployedServer made;
  made.name = name;
  return made;
}

inline void set_variable(Deployment& deployment, const std::string& name,
                         const std::string& value) {
  deployment.environment_known = true;
  const Origin origin{".env", static_cast<int>(deployment.environment.size()) + 1, name};
  deployment.environment[name] = {value, origin};
  if (name == "TENSORZERO_VALKEY_URL") deployment.primary_url = {read_gateway_url(value), origin};
  if (name == "TENSORZERO_VALKEY_CACHE_URL") {
    deployment.cache_url = {read_gateway_url(value), origin};
  }
}

// One server for limits and cache.
inline Deployment shared(DeployedServer valkey) {
  Deployment deployment;
  deployment.servers = {std::move(valkey)};
  deployment.primary = deployment.cache = 0;
  set_variable(deployment, "TENSORZERO_VALKEY_URL", "valkey://valkey:6379");
  return deployment;
}

inline Deployment shared(const std::string& config) {
  return shared(server("valkey", config));
}

// A server for each.
inline Deployment split(DeployedServer primary, DeployedServer cache) {
  Deployment deployment;
  deployment.servers = {std::move(primary), std::move(cache)};
  deployment.primary = 0;
  deployment.cache = 1;
  set_variable(deployment, "TENSORZERO_VALKEY_URL", "valkey://primary:6379");
  set_variable(deployment, "TENSORZERO_VALKEY_CACHE_URL", "valkey://cache:6379");
  return deployment;
}

inline Deployment split(const std::string& primary, const std::string& cache) {
  return split(server("primary", primary), server("cache", cache));
}

// The same with a tensorzero.toml.
inline Deployment with(Deployment deployment, std::string_view settings) {
  ReadingMistakes mistakes;
  read_gateway_settings(settings, "tensorzero.toml", deployment.settings, mistakes);
  if (mistakes.any()) throw UserError{to_string(mistakes.all())};
  return deployment;
}

// And a variable of the gateway's.
inline Deployment with(Deployment deployment, const std::string& name, const std::string& value) {
  set_variable(deployment, name, value);
  return deployment;
}

inline const std::string day_limits =
    "[[rate_limiting.rules]]\nalways = true\nmodel_inferences_per_day = 100\n"
    "scope = [{ tag_key = \"user_id\", tag_value = \"tensorzero::each\" }]\n";
inline const std::string minute_limits =
    "[[rate_limiting.rules]]\nalways = true\nmodel_inferences_per_minute = 10\n"
    "scope = [{ tag_key = \"user_id\", tag_value = \"tensorzero::each\" }]\n";

// Directives with which all is well.
inline const std::string sound_shared = "maxmemory 1gb\nmaxmemory-policy volatile-ttl\n";
inline const std::string sound_primary = "maxmemory 1gb\nmaxmemory-policy noeviction\n";
inline const std::string sound_cache = "maxmemory 1gb\nmaxmemory-policy volatile-lru\n";

// What one rule found.
inline std::vector<Judged> found(std::string_view rule, const Deployment& deployment) {
  std::vector<Judged> all = judge(deployment);
  std::erase_if(all, [rule](const Judged& one) { return one.rule.id != rule; });
  return all;
}

inline bool finds(std::string_view rule, const Deployment& deployment) {
  return !found(rule, deployment).empty();
}

}  // namespace outlive::harness
