#include "target/approximation.hpp"

#include <algorithm>

#include "target/real_directives.hpp"

namespace outlive::harness {
namespace {

bool always(const Scenario&, const Instance&) {
  return true;
}

bool ranks_by_use(const std::vector<Directive>& directives) {
  return std::ranges::any_of(directives, [](const Directive& directive) {
    const auto& [name, value] = directive;
    return name == "maxmemory-policy" && (value.ends_with("lru") || value.ends_with("lfu"));
  });
}

bool about(const Event& event, const Instance& instance) {
  return event.instance == instance.name;
}

bool chooses_by_use(const Scenario& scenario, const Instance& instance) {
  return ranks_by_use(real_directives(instance)) ||
         std::ranges::any_of(scenario.events, [&](const Event& event) {
           return about(event, instance) && ranks_by_use(event.directives);
         });
}

bool has_wrong_clock(const Scenario& scenario, const Instance& instance) {
  return std::ranges::any_of(scenario.events, [&](const Event& event) {
    return event.kind == EventKind::clock && about(event, instance);
  });
}

// Buckets live for 48 h at least; commands may say what they like.
bool sees_expiry(const Scenario& scenario, const Instance& instance) {
  return std::ranges::any_of(scenario.traffic, [&](const Traffic& traffic) {
    return traffic.instance == instance.name ||
           (traffic.uses_cache() && traffic.from + traffic.ttl < scenario.duration) ||
           (traffic.takes_tickets() && traffic.from + std::chrono::hours{48} < scenario.duration);
  });
}

bool runs_scripts(const Scenario& scenario, const Instance& instance) {
  return std::ranges::any_of(scenario.traffic, [&](const Traffic& traffic) {
    return traffic.instance == instance.name &&
           std::ranges::any_of(traffic.commands, &CommandTemplate::is_script);
  });
}

bool asks_for_scores(const Scenario& scenario, const Instance&) {
  return std::ranges::find(scenario.checks, CheckKind::no_stale_pool, &Check::kind) !=
         scenario.checks.end();
}

bool asks_for_memory(const Scenario& scenario, const Instance& instance) {
  const auto in_use = [](const Directive& directive) {
    return directive.first == "maxmemory" && directive.second.starts_with("used");
  };
  return std::ranges::any_of(scenario.checks,
                             [&](const Check& check) {
                               return check.kind == CheckKind::memory &&
                                      check.instance == instance.name;
                             }) ||
         std::ranges::any_of(scenario.events, [&](const Event& event) {
           return about(event, instance) && std::ranges::any_of(event.directives, in_use);
         });
}

bool is_like_a_service(const Scenario&, const Instance& instance) {
  return !instance.like().empty();
}

bool says_what_it_is(const Scenario&, const Instance& instance) {
  return std::ranges::find(instance.directives, profile_directive, &Directive::first) !=
         instance.directives.end();
}

struct Row {
  Ability lacking;
  bool (*matters)(const Scenario&, const Instance&);
  std::string_view word;
  std::string_view meaning;
};

constexpr Row rows[] = {
    {Ability::fixes_seed, always, "chance",
     "no digest: the server draws its own samples, and figures differ from play to play"},
    {Ability::moves_clock, chooses_by_use, "idle-times",
     "idle times and LFU's minutes are the machine's, hours shrunk to seconds: LRU and LFU choose "
     "more coarsely"},
    {Ability::moves_clock, sees_expiry, "expiry",
     "keys are deleted at the scenario's instant of their expiry, where a server would find them a "
     "little later"},
    {Ability::moves_clock, runs_scripts, "scripts",
     "what EVAL and FCALL do is not seen: expiries that they set go by the server's own clock"},
    {Ability::moves_clock, has_wrong_clock, "clock",
     "the server's own clock is not set: expiry follows the changed clock, idle times do not"},
    {Ability::tells_scores, asks_for_scores, "scores",
     "no-stale-pool is unjudged: the server does not tell on which score a key was evicted"},
    {Ability::models_memory, asks_for_memory, "memory",
     "used_memory is the server's own, by its version and allocator"},
    {Ability::has_profiles, says_what_it_is, "version",
     "the server's version and allocator are its own, whatever profile the scenario names"},
    {Ability::has_profiles, is_like_a_service, "service",
     "the server is set as the managed service's are; commands that the service refuses are not "
     "refused by it"},
    {Ability::alone, always, "company",
     "the server is not ours alone: what other clients do to it is in the figures"},
};

}  // namespace

std::vector<Approximation> approximations_of(const Scenario& scenario, const Instance& instance,
                                             const Abilities& abilities) {
  std::vector<Approximation> found;
  for (const Row& row : rows) {
    if (abilities.has(row.lacking) || !row.matters(scenario, instance)) continue;
    found.push_back({std::string{row.word}, std::string{row.meaning}, {instance.name}});
  }
  return found;
}

void add_approximation(std::vector<Approximation>& all, const Approximation& one) {
  const auto known = std::ranges::find_if(all, [&](const Approximation& other) {
    return other.word == one.word && other.meaning == one.meaning;
  });
  if (known == all.end()) return all.push_back(one);
  known->instances.insert(known->instances.end(), one.instances.begin(), one.instances.end());
}

}  // namespace outlive::harness
