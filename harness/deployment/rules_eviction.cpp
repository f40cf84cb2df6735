// Who is pushed out when memory is full: policies and caps.
#include "deployment/rule.hpp"
#include "deployment/words.hpp"

namespace outlive::harness {
namespace {

bool has_cap(const DeployedServer& server) {
  return server.maxmemory() != 0U;  // one that is not known may be there
}

Origin at(const DeployedServer& server, std::string_view directive) {
  return server.directives.origin_of(directive);
}

// The scenario in which this policy loses limits beside a cache.
std::string scenario_of(std::string_view policy) {
  if (policy == "volatile-lru") return "policies/volatile-lru";
  if (policy == "allkeys-lru") return "policies/allkeys-lru";
  if (policy.ends_with("-lfu")) return "policies/lfu-luck-runs-out";
  return {};
}

void limits_beside_cache(const Deployment& deployment, Findings& findings) {
  if (!deployment.shared()) return;
  const DeployedServer& server = *deployment.limits();
  const auto policy = server.policy();
  if (!policy || *policy == "volatile-ttl" || *policy == "noeviction" || !has_cap(server)) return;
  const bool by_use = policy->ends_with("-lfu");
  findings.push_back({.origin = at(server, "maxmemory-policy"),
                      .found = "maxmemory-policy " + *policy + " on " + server.name +
                               ", which keeps rate limits and cached answers" +
                               (by_use ? "; they hold as long as no answer is popular" : ""),
                      .scenario = scenario_of(*policy)});
}

void shared_that_refuses(const Deployment& deployment, Findings& findings) {
  if (!deployment.shared()) return;
  const DeployedServer& server = *deployment.limits();
  if (server.policy() != "noeviction" || server.maxmemory().value_or(0) == 0) return;
  findings.push_back({.origin = at(server, "maxmemory-policy"),
                      .found = "maxmemory-policy noeviction and maxmemory " +
                               bytes_in_words(*server.maxmemory()) + " on " + server.name +
                               ", which keeps cached answers too"});
}

void primary_that_evicts(const Deployment& deployment, Findings& findings) {
  const DeployedServer* server = deployment.limits();
  if (server == nullptr || deployment.shared()) return;
  const auto policy = server->policy();
  if (!policy || *policy == "noeviction" || !has_cap(*server)) return;
  findings.push_back({.origin = at(*server, "maxmemory-policy"),
                      .found = "maxmemory-policy " + *policy + " on " + server->name +
                               ", which keeps rate limits and no answers"});
}

void cache_that_refuses(const Deployment& deployment, Findings& findings) {
  const DeployedServer* server = deployment.answers();
  if (server == nullptr || deployment.shared()) return;
  if (server->policy() != "noeviction" || !has_cap(*server)) return;
  findings.push_back({.origin = at(*server, "maxmemory-policy"),
                      .found = "maxmemory-policy noeviction on " + server->name +
                               ", which keeps cached answers alone"});
}

void cache_by_luck(const Deployment& deployment, Findings& findings) {
  const DeployedServer* server = deployment.answers();
  if (server == nullptr || deployment.shared() || !has_cap(*server)) return;
  const auto policy = server->policy();
  if (policy != "volatile-ttl" && policy != "volatile-random" && policy != "allkeys-random") return;
  findings.push_back({.origin = at(*server, "maxmemory-policy"),
                      .found = "maxmemory-policy " + *policy + " on " + server->name});
}

void without_cap(const Deployment& deployment, Findings& findings) {
  const DeployedServer* const servers[] = {deployment.limits(),
                                           deployment.shared() ? nullptr : deployment.answers()};
  for (const DeployedServer* server : servers) {
    if (server == nullptr || server->maxmemory() != 0U) continue;
    const bool holds_answers = server == deployment.answers();
    const bool policy_idle = server->policy().value_or("noeviction") != "noeviction";
    std::string found = "no maxmemory on " + server->name;
    if (policy_idle) found += ", so that maxmemory-policy " + *server->policy() + " does nothing";
    if (server->memory_limit) {
      found += ", whose container has " + bytes_in_words(server->memory_limit->value);
    }
    // Buckets live as long as their users come; their number has a bound of its own.
    const bool grave = holds_answers || policy_idle || server->memory_limit;
    findings.push_back({.origin = at(*server, "maxmemory"),
                        .found = std::move(found),
                        .severity = grave ? Severity::warning : Severity::note});
  }
}

void few_samples(const Deployment& deployment, Findings& findings) {
  if (!deployment.shared()) return;
  const DeployedServer& server = *deployment.limits();
  const auto samples = server.directives.number("maxmemory-samples");
  if (!samples || *samples >= 5 || server.evicts() == false) return;
  findings.push_back(
      {.origin = at(server, "maxmemory-samples"),
       .found = "maxmemory-samples " + std::to_string(*samples) + " on " + server.name});
}

constexpr Rule rules[] = {
    {.id = "shared-policy",
     .severity = Severity::error,
     .title = "Limits and cache on one server go with volatile-ttl",
     .why = "When memory is full this policy evicts rate limits as well as answers. A bucket that "
            "is gone is a full one: clients get tickets beyond their limit, and nothing says so.",
     .mend = "set maxmemory-policy volatile-ttl, or give the cache a server of its own by "
             "TENSORZERO_VALKEY_CACHE_URL and set noeviction here",
     .source = sources::deployment_page,
     .scenario = "policies/allkeys-lru",
     .look = limits_beside_cache},
    {.id = "shared-noeviction",
     .severity = Severity::warning,
     .title = "A cache does not share a server that must not evict",
     .why =
         "Answers fill the memory, and then every write is refused: limited requests fail (502), "
         "and a gateway that is restarted does not start, for it can't load its functions.",
     .mend = "set maxmemory-policy volatile-ttl, or give the cache a server of its own by "
             "TENSORZERO_VALKEY_CACHE_URL",
     .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.1.1",
     .scenario = "policies/noeviction-full",
     .look = shared_that_refuses},
    {.id = "primary-evicts",
     .severity = Severity::error,
     .title = "A server of rate limits alone never evicts",
     .why = "There is nothing else to push out here, so when memory is full limits go, and their "
            "clients start anew with full buckets. Refused writes can be seen; lost limits can't.",
     .mend = "set maxmemory-policy noeviction, with memory for all users",
     .source = sources::deployment_page,
     .scenario = "",
     .look = primary_that_evicts},
    {.id = "cache-noeviction",
     .severity = Severity::warning,
     .title = "A server of cached answers evicts",
     .why = "Once memory is full no new answer is stored until old ones expire. The gateway takes "
            "no notice of a refused SETEX: hits become fewer, and nothing says why.",
     .mend = "set maxmemory-policy volatile-lru",
     .source = sources::deployment_page,
     .scenario = "",
     .look = cache_that_refuses},
    {.id = "cache-policy",
     .severity = Severity::note,
     .title = "A cache evicts what nobody asks for",
     .why =
         "All answers have the same TTL, so this policy does not tell popular ones from the rest. "
         "Measured with room for a tenth of the keys: LRU 63 % hits, LFU 70 %, volatile-ttl and "
         "random 61 %.",
     .mend = "set maxmemory-policy volatile-lru, or volatile-lfu",
     .source = "https://www.tensorzero.com/docs/deployment/valkey-redis; measured on Valkey 8.0.1",
     .scenario = "",
     .look = cache_by_luck},
    {.id = "no-maxmemory",
     .severity = Severity::warning,
     .title = "A server has a cap",
     .why = "Without maxmemory nothing is ever evicted or refused: memory grows until the system "
            "ends the process, and all that was not saved is lost at once.",
     .mend = "set maxmemory to what the machine can spare, e.g. maxmemory 1gb",
     .source = sources::eviction_page,
     .scenario = "",
     .look = without_cap},
    {.id = "few-samples",
     .severity = Severity::warning,
     .title = "Evictions look at five keys or more",
     .why =
         "Policies look at a sample. Where limits are many and answers few a small one often has "
         "no answer in it: at ten limits an answer, under pressure, 3 samples lose 39 % of the "
         "limits, 5 lose 19 %, 10 lose 0.2 %.",
     .mend = "leave maxmemory-samples at 5, or set 10",
     .source = "measured on Valkey 8.0.1; https://valkey.io/topics/lru-cache/",
     .scenario = "rate-limits/domination",
     .look = few_samples},
};

}  // namespace

std::span<const Rule> eviction_rules() {
  return rules;
}

}  // namespace outlive::harness
