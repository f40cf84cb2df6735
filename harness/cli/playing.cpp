#include "cli/playing.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "check/verdict.hpp"
#include "cli/interrupt.hpp"
#include "cli/progress.hpp"
#include "outlive/emulator.hpp"
#include "play/player.hpp"
#include "server/clock.hpp"

namespace outlive::harness {
namespace {

std::chrono::milliseconds since(std::int64_t began_us) {
  return std::chrono::milliseconds{(stopwatch_us() - began_us) / 1000};
}

// Whoever is free takes the next scenario. An engine is an ordinary object, so that plays in
// threads beside each other never meet.
class Players {
 public:
  Players(Run& run, const TargetKind& target, const RunOptions& options)
      : run_{run},
        target_{target},
        options_{options},
        progress_{titles_of(run)},
        stop_{interrupted()} {}

  void play() {
    std::vector<std::thread> others;
    const std::size_t count =
        target_.one_at_a_time() ? 1 : std::min<std::size_t>(options_.jobs, run_.played.size());
    for (std::size_t i = 1; i < count; ++i) others.emplace_back([this] { play_some(); });
    play_some();
    for (std::thread& other : others) other.join();
    if (broke_) std::rethrow_exception(broke_);
  }

 private:
  static std::vector<std::string> titles_of(const Run& run) {
    std::vector<std::string> titles;
    for (const Played& one : run.played) titles.push_back(one.scenario.title);
    return titles;
  }

  void play_some() {
    for (std::size_t place = next_++; place < run_.played.size(); place = next_++) {
      try {
        play_one(place);
      } catch (...) {  // not the user's mistake but ours
        if (!breaks_.exchange(true)) broke_ = std::current_exception();
        next_ = run_.played.size();
      }
    }
  }

  void play_one(std::size_t place) {
    Played& played = run_.played[place];
    played.seed = options_.seed.value_or(played.scenario.seed);
    played.until = options_.until;
    if (stop_) return interrupt(played);
    const std::int64_t began_us = stopwatch_us();
    try {
      played.observations = harness::play(
          played.scenario, target_, {.seed = played.seed, .until = options_.until, .stop = &stop_},
          [this, place](std::uint64_t done, std::uint64_t expected) {
            progress_.advanced(place, done, expected);
          });
      played.verdicts = judge(played.scenario, played.observations);
    } catch (const Interrupted&) {
      return interrupt(played);
    } catch (const UserError& error) {
      played.error = error.what();
    }
    played.took = since(began_us);
    progress_.ended(place);
  }

  static void interrupt(Played& played) {
    played.error = "interrupted";
    played.interrupted = true;
  }

  Run& run_;
  const TargetKind& target_;
  const RunOptions& options_;
  RunProgress progress_;
  const std::atomic<bool>& stop_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> breaks_{false};
  std::exception_ptr broke_;  // written by who set `breaks_`, read when all have ended
};

}  // namespace

Run play_all(std::vector<Scenario> scenarios, const TargetKind& target, const RunOptions& options) {
  Run run{.target = target.name(), .repeatable = target.repeatable(), .played = {}, .took = {}};
  for (Scenario& scenario : scenarios) run.played.emplace_back().scenario = std::move(scenario);
  const std::int64_t began_us = stopwatch_us();
  Players{run, target, options}.play();
  run.took = since(began_us);
  return run;
}

}  // namespace outlive::harness
