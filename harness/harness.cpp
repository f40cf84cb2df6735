// What the harness's door does: the rooms' results in the door's own plain types.
#include "outlive/harness.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "check/verdict.hpp"
#include "play/player.hpp"
#include "scenario/parse.hpp"
#include "scenario/validate.hpp"
#include "target/embedded.hpp"

namespace outlive {
namespace {

CheckResult result_of(const harness::Verdict& verdict) {
  return {.kind = std::string{to_string(verdict.kind)},
          .verdict = std::string{to_string(verdict.finding)},
          .stated = verdict.expected_violated ? "violated" : "holds",
          .claim = verdict.claim,
          .seen = verdict.seen,
          .figures = verdict.figures,
          .evidence = verdict.evidence};
}

KeyCounts counts_of(const harness::PatternTally& tally) {
  return {.written = tally.written,
          .lost = tally.lost,
          .evicted = tally.evicted,
          .expired = tally.expired,
          .removed = tally.removed,
          .vanished = tally.vanished,
          .resident = tally.resident};
}

InstanceCounts counts_of(const harness::InstanceObservations& instance,
                         const std::vector<std::string>& patterns) {
  InstanceCounts counts{.name = instance.name, .used_memory = instance.used_memory};
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    counts.keys.emplace(patterns[i], counts_of(instance.patterns[i]));
  }
  for (const harness::OperationTally& operation : instance.operations) {
    for (const auto& [message, error] : operation.errors) counts.errors[message] += error.count;
  }
  return counts;
}

TimelinePoint point_of(const harness::Slice& slice, const harness::Observations& seen) {
  TimelinePoint point{.at = slice.at,
                      .look_ups = {.hits = slice.hits, .misses = slice.misses},
                      .granted = slice.granted,
                      .refused = slice.refused,
                      .failed = slice.failed};
  for (std::size_t i = 0; i < slice.instances.size(); ++i) {
    const harness::Slice::OfInstance& then = slice.instances[i];
    InstanceCounts& counts = point.instances.emplace_back();
    counts.name = seen.instances[i].name;
    counts.used_memory = then.used_memory;
    for (std::size_t k = 0; k < seen.patterns.size(); ++k) {
      counts.keys[seen.patterns[k]] = {.evicted = then.patterns[k].evicted,
                                       .resident = then.patterns[k].resident};
    }
  }
  return point;
}

ScenarioResult result_of(const harness::Scenario& scenario, const harness::Observations& seen) {
  ScenarioResult result{.title = scenario.title,
                        .seed = seen.seed,
                        .digest = seen.digest,
                        .requests = seen.requests,
                        .tickets = {.asked = seen.admission.asked,
                                    .granted = seen.admission.granted,
                                    .refused = seen.admission.refused,
                                    .failed = seen.admission.failed,
                                    .excess = seen.admission.excess,
                                    .worst_excess = seen.admission.worst_excess,
                                    .worst_client = seen.admission.worst_client},
                        .look_ups = {.hits = seen.cache.hits, .misses = seen.cache.misses}};
  for (const harness::AxisValue& axis : scenario.axes) result.axes[axis.name] = axis.value;
  for (const harness::Verdict& verdict : harness::judge(scenario, seen)) {
    result.checks.push_back(result_of(verdict));
  }
  for (const harness::InstanceObservations& instance : seen.instances) {
    result.instances.push_back(counts_of(instance, seen.patterns));
  }
  for (const harness::Slice& slice : seen.timeline) {
    result.timeline.push_back(point_of(slice, seen));
  }
  return result;
}

std::vector<harness::Setting> settings_of(const ScenarioOptions& options) {
  std::vector<harness::Setting> settings;
  for (const auto& [name, values] : options.set) settings.push_back({name, values});
  return settings;
}

ScenarioResult play_one(harness::Scenario scenario, const ScenarioOptions& options) {
  if (options.watch.size() > harness::watched_count_max) {
    throw UserError{"at most " + std::to_string(harness::watched_count_max) +
                    " patterns can be watched besides those of checks"};
  }
  scenario.watched = options.watch;
  const harness::TargetKind target{options.target};
  return result_of(scenario,
                   harness::play(scenario, target, {.seed = options.seed.value_or(scenario.seed)}));
}

}  // namespace

KeyCounts& KeyCounts::operator+=(const KeyCounts& other) {
  written += other.written;
  lost += other.lost;
  evicted += other.evicted;
  expired += other.expired;
  removed += other.removed;
  vanished += other.vanished;
  resident += other.resident;
  return *this;
}

bool ScenarioResult::as_stated() const {
  return std::ranges::all_of(checks, &CheckResult::as_stated);
}

KeyCounts ScenarioResult::keys(std::string_view pattern, std::string_view instance) const {
  KeyCounts sum;
  bool known = false;
  for (const InstanceCounts& one : instances) {
    if (!instance.empty() && one.name != instance) continue;
    known = true;
    const auto found = one.keys.find(std::string{pattern});
    if (found == one.keys.end()) {
      throw UserError{"keys " + outlive::quoted(pattern) +
                      " were not watched: name them in a check or in ScenarioOptions::watch"};
    }
    sum += found->second;
  }
  if (!known) throw UserError{"the scenario has no instance " + outlive::quoted(instance)};
  return sum;
}

std::string ScenarioResult::summary() const {
  std::string text = title + ", seed " + std::to_string(seed);
  for (const CheckResult& check : checks) {
    text.append("\n  ").append(check.verdict);
    if (!check.as_stated()) text.append(" (stated: ").append(check.stated).append(")");
    text.append(": ").append(check.claim).append("; ").append(check.seen);
    for (const std::string& evidence : check.evidence) text.append("\n    ").append(evidence);
  }
  return text;
}

ScenarioResult play_scenario(const std::string& path, const ScenarioOptions& options) {
  return play_one(harness::load_scenario(path, harness::EmulatorDirectives{}, settings_of(options)),
                  options);
}

std::vector<ScenarioResult> play_scenarios(const std::string& path,
                                           const ScenarioOptions& options) {
  std::vector<ScenarioResult> results;
  for (harness::Scenario& play :
       harness::load_plays(path, harness::EmulatorDirectives{}, settings_of(options))) {
    results.push_back(play_one(std::move(play), options));
  }
  return results;
}

ScenarioResult play_scenario_text(std::string_view toml, const ScenarioOptions& options,
                                  std::string name) {
  return play_one(harness::parse_scenario(toml, std::move(name), harness::EmulatorDirectives{},
                                          settings_of(options)),
                  options);
}

}  // namespace outlive
