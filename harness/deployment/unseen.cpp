#include "deployment/unseen.hpp"

#include "deployment/sizes.hpp"
#include "deployment/words.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view tell_variables = ": give the .env that sets it, or --environment";

std::string unknown_directives(const Deployment& deployment, const DeployedServer& server) {
  const std::string role = deployment.role_of(server);
  std::string what = "the directives of " + role;
  if (role != server.name) what += " (" + server.name + ")";
  what += " are not known: give its valkey.conf by --config " + role +
          "=FILE, or what is set by --config '" + role +
          "=--maxmemory 4gb --maxmemory-policy noeviction'";
  // Amazon ElastiCache's default parameter groups (its user guide, engine parameters).
  if (server.name.find(".cache.amazonaws.com") != std::string::npos) {
    what += "; on ElastiCache the policy is volatile-lru unless its parameter group says otherwise";
  }
  return what;
}

void note_servers(Deployment& deployment) {
  for (std::size_t i = 0; i < deployment.servers.size(); ++i) {
    const DeployedServer& server = deployment.servers[i];
    const bool used = i == deployment.primary || i == deployment.cache;
    if (!used && deployment.primary) continue;
    std::vector<std::string>& unseen = deployment.unseen;
    unseen.insert(unseen.end(), server.unseen.begin(), server.unseen.end());
    if (!server.directives.known && server.unseen.empty()) {
      unseen.push_back(unknown_directives(deployment, server));
    }
    for (const auto& [name, origin] : server.directives.foreign) {
      unseen.push_back("what " + name + " does (" + to_string(origin) +
                       "): Valkey 8.1, by which directives are read here, has no such directive");
    }
    for (const std::string& name : server.directives.undocumented) {
      unseen.push_back(name + " of " + server.name + ": what " + server.directives.like +
                       " sets is not documented");
    }
    for (const std::string& name : server.directives.unclear) {
      unseen.push_back(name + " of " + server.name + " hangs on a variable that is not set" +
                       std::string{tell_variables});
    }
  }
}

void note_environment(Deployment& deployment) {
  const std::string primary{primary_variable};
  if (deployment.primary_url || deployment.unclear_urls.contains(primary)) return;
  if (deployment.environment_known) {
    deployment.unseen.push_back(primary + " is not set: the gateway keeps nothing in Valkey");
    return;
  }
  deployment.unseen.push_back("the gateway's environment is not known" +
                              std::string{tell_variables});
}

// Whether limits fit hangs on what no file says.
void note_size(Deployment& deployment) {
  const DeployedServer* server = deployment.limits();
  if (server == nullptr || deployment.users || server->policy() != "noeviction") return;
  const std::uint64_t cap = server->maxmemory().value_or(0);
  if (cap <= empty_server_bytes()) return;
  constexpr std::uint64_t sample = 2'000;
  const std::uint64_t room = (cap - empty_server_bytes()) * sample / bucket_bytes(sample);
  deployment.unseen.push_back("whether all limits fit into maxmemory " + bytes_in_words(cap) +
                              " of " + server->name + ", which has room for some " +
                              format_count(room / 1'000 * 1'000) +
                              " buckets: say how many users come within two days by --users COUNT");
}

}  // namespace

void note_unseen(Deployment& deployment) {
  note_servers(deployment);
  note_environment(deployment);
  if (!deployment.settings.known) {
    deployment.unseen.emplace_back(
        "tensorzero.toml was not given: the cache's TTL is taken to be its default, 24 h, and "
        "which limits there are is not known");
  }
  note_size(deployment);
}

}  // namespace outlive::harness
