// What no single word of [[check]] shows to be wrong.
#include <algorithm>
#include <initializer_list>
#include <set>
#include <string>

#include "scenario/quantity.hpp"
#include "scenario/validate.hpp"

namespace outlive::harness {
namespace {

bool is_one_of(CheckKind kind, std::initializer_list<CheckKind> kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

// What the traffic of a scenario does; without any, or none that could be read, that has been told.
using Does = bool (Traffic::*)() const;
bool some_traffic(const Scenario& scenario, Does does) {
  return scenario.traffic.empty() || std::ranges::any_of(scenario.traffic, does);
}

Does who_does(Operation operation) {
  switch (operation) {
    case Operation::load:
      return &Traffic::comes_through_gateway;
    case Operation::consume:
      return &Traffic::takes_tickets;
    case Operation::cache_read:
    case Operation::cache_write:
      return &Traffic::uses_cache;
    case Operation::command:
      break;
  }
  return &Traffic::says_commands;
}

void validate_subject(const Scenario& scenario, const Check& check, Mistakes& mistakes) {
  if (check.kind == CheckKind::over_admission && !some_traffic(scenario, &Traffic::takes_tickets)) {
    mistakes.add(check.line, "over-admission is checked, but no traffic takes tickets");
  }
  if (check.kind == CheckKind::hit_ratio && !some_traffic(scenario, &Traffic::uses_cache)) {
    mistakes.add(check.line, "hit-ratio is checked, but no traffic uses the cache");
  }
  if (!check.operation) return;
  if (some_traffic(scenario, who_does(*check.operation))) return;
  mistakes.add(line_of(check, "operation"),
               "operation = " + in_quotes(to_string(*check.operation)) +
                   ": no traffic of this scenario does that");
}

void validate_bounds(const Check& check, Mistakes& mistakes) {
  const std::string kind{to_string(check.kind)};
  const bool bounded =
      is_one_of(check.kind, {CheckKind::evicted_share, CheckKind::resident, CheckKind::ttl,
                             CheckKind::memory, CheckKind::hit_ratio});
  const bool given = check.word_lines.contains("at_least") || check.word_lines.contains("at_most");
  if (bounded && !given) {
    mistakes.add(check.line,
                 kind + " wants at_least, at_most or both" +
                     (check.kind == CheckKind::hit_ratio ? ", like at_least = 0.5" : ""));
  }
  if (check.at_least && check.at_most && *check.at_least > *check.at_most) {
    mistakes.add(line_of(check, "at_least"), "at_least is more than at_most");
  }
  if (!is_one_of(check.kind, {CheckKind::evicted_share, CheckKind::hit_ratio})) return;
  for (const auto& [word, bound] :
       {std::pair{"at_least", check.at_least}, std::pair{"at_most", check.at_most}}) {
    if (bound.value_or(0) > 1) {
      mistakes.add(line_of(check, word), kind + " is a share, from 0 to 1: 5 % is written 0.05");
    }
  }
}

// Classes, or keys and others, must differ.
void validate_classes(const Check& check, Mistakes& mistakes) {
  if (!check.keys.empty() && check.keys == check.others) {
    mistakes.add(line_of(check, "others"), "others: these are the very keys that must stay");
  }
  std::set<std::string_view> seen;
  for (const std::string& one : check.classes) {
    if (!one.empty() && !seen.insert(one).second) {
      mistakes.add(line_of(check, "classes"), "classes: " + in_quotes(one) + " stands twice");
    }
  }
}

}  // namespace

void validate_check(const Scenario& scenario, const Check& check, Mistakes& mistakes) {
  validate_subject(scenario, check, mistakes);
  validate_bounds(check, mistakes);
  validate_classes(check, mistakes);
  if (check.kind == CheckKind::recovers_within && scenario.duration > Span::zero() &&
      check.after + check.within >= scenario.duration) {
    mistakes.add(line_of(check, "within"), "recovers-within: the scenario has ended (" +
                                               format_span(scenario.duration) + ") by then (" +
                                               format_span(check.after + check.within) + ")");
  }
  if (!check.instance.empty()) {
    require_instance(scenario, check.instance, line_of(check, "instance"), "instance", mistakes);
  }
}

}  // namespace outlive::harness
