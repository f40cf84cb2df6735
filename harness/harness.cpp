// What the harness's door does: the rooms' results in the door's own plain types.
#include "outlive/harness.hpp"

#include <algorithm>

#include "check/verdict.hpp"
#include "play/player.hpp"
#include "scenario/parse.hpp"
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

ScenarioResult play_one(const harness::Scenario& scenario, const ScenarioOptions& options) {
  const harness::TargetKind target{options.target};
  const harness::Observations seen =
      harness::play(scenario, target, {.seed = options.seed.value_or(scenario.seed)});
  ScenarioResult result{.title = scenario.title,
                        .seed = seen.seed,
                        .digest = seen.digest,
                        .requests = seen.requests,
                        .checks = {}};
  for (const harness::Verdict& verdict : harness::judge(scenario, seen)) {
    result.checks.push_back(result_of(verdict));
  }
  return result;
}

}  // namespace

bool ScenarioResult::as_stated() const {
  return std::ranges::all_of(checks, &CheckResult::as_stated);
}

ScenarioResult play_scenario(const std::string& path, const ScenarioOptions& options) {
  return play_one(harness::load_scenario(path, harness::EmulatorDirectives{}), options);
}

ScenarioResult play_scenario_text(std::string_view toml, const ScenarioOptions& options,
                                  std::string name) {
  return play_one(harness::parse_scenario(toml, std::move(name), harness::EmulatorDirectives{}),
                  options);
}

}  // namespace outlive
