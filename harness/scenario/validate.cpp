#include "scenario/validate.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "base/number.hpp"
#include "scenario/command_book.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

void validate_instances(const Scenario& scenario, Mistakes& mistakes) {
  // What the host of a URL may have, and what --target can name.
  constexpr std::string_view letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  std::set<std::string_view> seen;
  for (const Instance& instance : scenario.instances) {
    if (instance.name.find_first_not_of(letters) != instance.name.npos) {
      mistakes.add(instance.line,
                   "the name of an instance has letters of ASCII, digits, _ . and -, "
                   "for URLs name it; " +
                       in_quotes(instance.name) + " has others");
    }
    if (!instance.name.empty() && !seen.insert(instance.name).second) {
      mistakes.add(instance.line, "a second instance is called " + in_quotes(instance.name) +
                                      "; each has a name of its own");
    }
  }
}

void require_gateway(const Scenario& scenario, const Event& event, Mistakes& mistakes) {
  std::vector<std::string_view> names;
  for (const Traffic& traffic : scenario.traffic) {
    if (traffic.comes_through_gateway()) names.push_back(traffic.gateway);
  }
  if (scenario.traffic.empty() || std::ranges::find(names, event.gateway) != names.end()) return;
  mistakes.add_unknown(line_of(event, "gateway"), "gateway: the traffic", event.gateway, names);
}

bool has_gateway(const Scenario& scenario) {
  return scenario.traffic.empty() ||  // told already
         std::ranges::any_of(scenario.traffic, &Traffic::comes_through_gateway);
}

void validate_fault(const Event& event, Mistakes& mistakes) {
  if (event.kind != EventKind::fault) return;
  const auto is_control = [](char letter) { return letter >= 0 && letter < ' '; };
  if (std::ranges::any_of(event.error, is_control)) {
    mistakes.add(line_of(event, "error"), "error: what a server says is one line");
  }
  if (event.command.empty()) return;
  CommandBook book;
  const std::string unknown = book.unknown(event.command);
  if (!unknown.empty()) mistakes.add(line_of(event, "command"), "command: " + unknown);
}

void validate_event(const Scenario& scenario, const Event& event, Mistakes& mistakes) {
  if (event.kind == EventKind::config && event.directives.empty()) {
    mistakes.add(event.line, "this event changes no directive, like maxmemory = \"used\"");
  }
  if (event.kind == EventKind::clock && event.instance.empty() == event.gateway.empty()) {
    mistakes.add(event.line, "a clock event wants an instance or a gateway, one of them");
  }
  if (event.kind == EventKind::clock && !event.word_lines.contains("by") &&
      !event.word_lines.contains("drift")) {
    mistakes.add(event.line, "a clock event wants by = \"5m\", drift = \"2s/h\" or both");
  }
  if (event.saved > event.at) {
    mistakes.add(line_of(event, "saved"),
                 "saved = \"" + format_span(event.saved) +
                     "\": the scenario had not begun when that snapshot was taken");
  }
  if (event.saved > Span::zero() && !event.persistent) {
    mistakes.add(line_of(event, "saved"),
                 "\"saved\" wants persistence = \"rdb\": else nothing is loaded");
  }
  if (!event.instance.empty()) {
    require_instance(scenario, event.instance, line_of(event, "instance"), "instance", mistakes);
  }
  if (!event.gateway.empty()) {
    require_gateway(scenario, event, mistakes);
  } else if (event.kind == EventKind::gateway_restart && !has_gateway(scenario)) {
    mistakes.add(event.line, "no traffic comes through a gateway that could be restarted");
  }
  validate_fault(event, mistakes);
}

void validate_events(const Scenario& scenario, Mistakes& mistakes) {
  for (const Event& event : scenario.events) {
    if (scenario.duration > Span::zero() && event.at > scenario.duration) {
      mistakes.add(line_of(event, "at"), "this event comes (" + format_span(event.at) +
                                             ") after the scenario has ended (" +
                                             format_span(scenario.duration) + ")");
    }
    validate_event(scenario, event, mistakes);
  }
}

}  // namespace

void validate_parts(const Scenario& scenario, Mistakes& mistakes) {
  validate_instances(scenario, mistakes);
  for (const Traffic& traffic : scenario.traffic) validate_traffic(scenario, traffic, mistakes);
}

void validate_course(const Scenario& scenario, Mistakes& mistakes) {
  validate_events(scenario, mistakes);
  for (const Check& check : scenario.checks) validate_check(scenario, check, mistakes);
  validate_patterns(scenario, mistakes);
}

bool require_instance(const Scenario& scenario, std::string_view name, Position place,
                      std::string_view where, Mistakes& mistakes) {
  std::vector<std::string_view> names;
  for (const Instance& instance : scenario.instances) names.push_back(instance.name);
  if (std::ranges::find(names, name) != names.end()) return true;
  // Without a name that could be read it is not known who is meant.
  const bool told = name.empty() || names.empty() || std::ranges::find(names, "") != names.end();
  if (!told) mistakes.add_unknown(place, std::string{where} + ": the scenario", name, names);
  return false;
}

bool require_database(const Scenario& scenario, std::string_view instance, int database,
                      Position place, Mistakes& mistakes) {
  const auto found = std::ranges::find(scenario.instances, instance, &Instance::name);
  if (found == scenario.instances.end()) return false;
  const auto stated = std::ranges::find(found->directives, "databases", &Directive::first);
  // Valkey 8.1 `config.c`: 16 unless the directive says otherwise.
  const auto count = stated == found->directives.end() ? std::optional<std::int64_t>{16}
                                                       : parse_integer(stated->second);
  if (!count || database < *count) return true;  // an unreadable one has been told already
  mistakes.add(place, std::string{instance} + " has no database " + std::to_string(database) +
                          ": they are 0 to " + std::to_string(*count - 1) +
                          ", as its directive \"databases\" says");
  return false;
}

}  // namespace outlive::harness
