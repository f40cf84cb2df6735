#include "scenario/model.hpp"

#include <algorithm>
#include <array>

namespace outlive::harness {
namespace {

constexpr std::array<std::string_view, 5> traffic_kinds{"rate-limit", "cache", "gateway",
                                                        "commands", "transcript"};
constexpr std::array<std::string_view, check_kind_count> check_kinds{
    "outlives",       "order",     "never-evicted", "evicted-share",   "no-stale-pool",
    "loses-nothing",  "resident",  "ttl",           "only-on",         "memory",
    "over-admission", "hit-ratio", "errors",        "recovers-within", "latency"};
constexpr std::array<std::string_view, event_kind_count> event_kinds{
    "config", "flush", "restart", "crash", "failover",       "outage",
    "slow",   "drop",  "fault",   "clock", "gateway-restart"};
constexpr std::array<std::string_view, operation_count> operations{"load", "consume", "cache-read",
                                                                   "cache-write", "command"};

}  // namespace

std::vector<Directive> Instance::directives_without_profile() const {
  std::vector<Directive> found = directives;
  std::erase_if(found,
                [](const Directive& directive) { return directive.first == profile_directive; });
  return found;
}

std::string Instance::like() const {
  std::string service;  // the last one counts
  for (const Directive& directive : directives) {
    if (directive.first == like_directive) service = directive.second;
  }
  return service == "none" ? "" : service;
}

bool Check::expects_violation(std::string_view target) const {
  for (const Expectation& expectation : expect_on) {
    const auto& targets = expectation.targets;
    if (std::ranges::find(targets, target) != targets.end()) return expectation.violated;
  }
  return expect_violated;
}

SourcePlace source_place_of(const Scenario& scenario, int line) {
  const auto after = std::ranges::upper_bound(scenario.sources, line, {}, &SourceFile::first_line);
  if (after == scenario.sources.begin()) return {scenario.file, line};
  const SourceFile& file = *std::prev(after);
  return {file.name, line - file.first_line + 1};
}

std::string place_of(const Scenario& scenario, int line) {
  const SourcePlace place = source_place_of(scenario, line);
  return place.file + ":" + std::to_string(place.line);
}

std::string settings_of(const Scenario& scenario) {
  std::string words;
  for (const AxisValue& axis : scenario.axes) {
    if (axis.varies) words.append(" --set ").append(axis.name).append("=").append(axis.value);
  }
  return words;
}

std::string variant_of(const Scenario& scenario) {
  std::string values;
  for (const AxisValue& axis : scenario.axes) {
    if (!axis.varies) continue;
    values.append(values.empty() ? " [" : ", ").append(axis.name).append(" = ").append(axis.value);
  }
  return values.empty() ? values : values + ']';
}

std::string title_of(const Scenario& scenario) {
  std::string title = scenario.title;
  const std::string variant = variant_of(scenario);
  if (title.ends_with(variant)) title.resize(title.size() - variant.size());
  return title;
}

// In doubles, which are exact up to 2^53 and the same everywhere: products of 64 bits could
// overflow.
std::uint64_t times_in(Span lasting, const Rate& rate) {
  const double times = static_cast<double>(lasting.count()) * static_cast<double>(rate.count) /
                       static_cast<double>(rate.per.count());
  return static_cast<std::uint64_t>(times);
}

std::string_view to_string(TrafficKind kind) {
  return traffic_kinds[static_cast<std::size_t>(kind)];
}

std::string_view to_string(EventKind kind) {
  return event_kinds[static_cast<std::size_t>(kind)];
}

std::string_view to_string(CheckKind kind) {
  return check_kinds[static_cast<std::size_t>(kind)];
}

std::string_view to_string(Operation operation) {
  return operations[static_cast<std::size_t>(operation)];
}

std::span<const std::string_view> traffic_kind_names() {
  return traffic_kinds;
}
std::span<const std::string_view> event_kind_names() {
  return event_kinds;
}
std::span<const std::string_view> check_kind_names() {
  return check_kinds;
}
std::span<const std::string_view> operation_names() {
  return operations;
}

}  // namespace outlive::harness
