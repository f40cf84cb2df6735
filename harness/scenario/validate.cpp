#include "scenario/validate.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

void validate_instances(const Scenario& scenario, Mistakes& mistakes) {
  std::set<std::string_view> seen;
  for (const Instance& instance : scenario.instances) {
    if (!instance.name.empty() && !seen.insert(instance.name).second) {
      mistakes.add(instance.line, "a second instance is called \"" + instance.name + "\"");
    }
  }
}

void require_gateway(const Scenario& scenario, const Event& event, Mistakes& mistakes) {
  std::vector<std::string_view> names;
  for (const Traffic& traffic : scenario.traffic) {
    if (traffic.comes_through_gateway()) names.push_back(traffic.gateway);
  }
  if (scenario.traffic.empty() || std::ranges::find(names, event.gateway) != names.end()) return;
  mistakes.add_unknown(event.line, "gateway: the traffic", event.gateway, names);
}

void validate_event(const Scenario& scenario, const Event& event, Mistakes& mistakes) {
  if (event.kind == EventKind::config && event.directives.empty()) {
    mistakes.add(event.line, "this event changes no directive, like maxmemory = \"used\"");
  }
  if (event.kind == EventKind::clock && event.instance.empty() == event.gateway.empty()) {
    mistakes.add(event.line, "a clock event wants an instance or a gateway, one of them");
  }
  if (event.kind == EventKind::clock && event.by == Span::zero() && event.drift.count == 0) {
    mistakes.add(event.line, "a clock event wants by = \"5m\", drift = \"2s/h\" or both");
  }
  if (event.saved > event.at) {
    mistakes.add(event.line, "saved = \"" + format_span(event.saved) +
                                 "\": the scenario had not begun when that snapshot was taken");
  }
  if (event.saved > Span::zero() && !event.persistent) {
    mistakes.add(event.line, "\"saved\" wants persistence = \"rdb\": else nothing is loaded");
  }
  if (!event.instance.empty()) {
    require_instance(scenario, event.instance, event.line, "instance", mistakes);
  }
  if (!event.gateway.empty()) require_gateway(scenario, event, mistakes);
}

void validate_events(const Scenario& scenario, Mistakes& mistakes) {
  for (const Event& event : scenario.events) {
    if (scenario.duration > Span::zero() && event.at > scenario.duration) {
      mistakes.add(event.line, "this event comes (" + format_span(event.at) +
                                   ") after the scenario has ended (" +
                                   format_span(scenario.duration) + ")");
    }
    validate_event(scenario, event, mistakes);
  }
}

void validate_check(const Scenario& scenario, const Check& check, Mistakes& mistakes) {
  // Without any traffic, or none that could be read, that has been told already.
  const bool unknown = scenario.traffic.empty();
  const bool limited = unknown || std::ranges::any_of(scenario.traffic, &Traffic::takes_tickets);
  const bool cached = unknown || std::ranges::any_of(scenario.traffic, &Traffic::uses_cache);
  if (check.kind == CheckKind::over_admission && !limited) {
    mistakes.add(check.line, "over-admission is checked, but no traffic takes tickets");
  }
  if (check.kind == CheckKind::hit_ratio && !cached) {
    mistakes.add(check.line, "hit-ratio is checked, but no traffic uses the cache");
  }
  if (check.kind == CheckKind::hit_ratio && !check.at_least && !check.at_most) {
    mistakes.add(check.line, "hit-ratio wants at_least, at_most or both, like at_least = 0.5");
  }
  if (check.at_least && check.at_most && *check.at_least > *check.at_most) {
    mistakes.add(check.line, "at_least is more than at_most");
  }
  constexpr std::array bounded{CheckKind::evicted_share, CheckKind::resident, CheckKind::ttl,
                               CheckKind::memory};
  if (std::ranges::find(bounded, check.kind) != bounded.end() && !check.at_least &&
      !check.at_most) {
    mistakes.add(check.line,
                 std::string{to_string(check.kind)} + " wants at_least, at_most or both");
  }
  const bool is_share =
      check.kind == CheckKind::evicted_share || check.kind == CheckKind::hit_ratio;
  if (is_share && std::max(check.at_least.value_or(0), check.at_most.value_or(0)) > 1) {
    mistakes.add(check.line, std::string{to_string(check.kind)} +
                                 " is a share, from 0 to 1: 5 % is written 0.05");
  }
  if (check.kind == CheckKind::recovers_within && scenario.duration > Span::zero() &&
      check.after + check.within >= scenario.duration) {
    mistakes.add(check.line, "recovers-within: the scenario has ended (" +
                                 format_span(scenario.duration) + ") by then (" +
                                 format_span(check.after + check.within) + ")");
  }
  if (!check.instance.empty()) {
    require_instance(scenario, check.instance, check.line, "instance", mistakes);
  }
}

void validate_patterns(const Scenario& scenario, Mistakes& mistakes) {
  std::set<std::string_view> patterns;
  for (const Check& check : scenario.checks) {
    std::vector<std::string_view> named{check.classes.begin(), check.classes.end()};
    named.insert(named.end(), {check.keys, check.others});
    for (const std::string_view pattern : named) {
      if (pattern.empty()) continue;
      if (patterns.insert(pattern).second && patterns.size() == pattern_count_max + 1) {
        mistakes.add(check.line, "the checks name more than " + std::to_string(pattern_count_max) +
                                     " different patterns");
      }
    }
  }
}

}  // namespace

void validate(const Scenario& scenario, Mistakes& mistakes) {
  validate_instances(scenario, mistakes);
  for (const Traffic& traffic : scenario.traffic) validate_traffic(scenario, traffic, mistakes);
  validate_events(scenario, mistakes);
  for (const Check& check : scenario.checks) validate_check(scenario, check, mistakes);
  validate_patterns(scenario, mistakes);
}

void require_instance(const Scenario& scenario, std::string_view name, int line,
                      std::string_view where, Mistakes& mistakes) {
  std::vector<std::string_view> names;
  for (const Instance& instance : scenario.instances) names.push_back(instance.name);
  if (std::ranges::find(names, name) == names.end()) {
    mistakes.add_unknown(line, std::string{where} + ": the scenario", name, names);
  }
}

}  // namespace outlive::harness
