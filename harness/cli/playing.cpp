#include "cli/playing.hpp"

#include <functional>

#include "check/verdict.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "outlive/emulator.hpp"
#include "play/player.hpp"
#include "server/clock.hpp"

namespace outlive::harness {
namespace {

Played play_one(Scenario scenario, const TargetKind& target, const RunOptions& options) {
  Played played{
      .scenario = std::move(scenario), .seed = 0, .observations = {}, .verdicts = {}, .error = {}};
  played.seed = options.seed.value_or(played.scenario.seed);
  ProgressLine line{played.scenario.title};
  try {
    played.observations =
        play(played.scenario, target,
             {.seed = played.seed, .until = options.until, .stop = &interrupted()}, std::ref(line));
    played.verdicts = judge(played.scenario, played.observations);
  } catch (const UserError& error) {
    played.error = error.what();
  }
  return played;
}

}  // namespace

Run play_all(std::vector<Scenario> scenarios, const TargetKind& target, const RunOptions& options) {
  Run run{.target = target.name(), .repeatable = target.repeatable(), .played = {}, .took = {}};
  const std::int64_t began_us = stopwatch_us();
  for (Scenario& scenario : scenarios) {
    run.played.push_back(play_one(std::move(scenario), target, options));
  }
  run.took = std::chrono::milliseconds{(stopwatch_us() - began_us) / 1000};
  return run;
}

}  // namespace outlive::harness
