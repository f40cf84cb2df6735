// Plays a scenario: one timeline of requests and events, an instance's clock moved to each as it is
// spoken to.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>

#include "play/observations.hpp"
#include "scenario/model.hpp"
#include "target/kind.hpp"

namespace outlive::harness {

// Told now and then: requests played, and about how many there will be.
using Progress = std::function<void(std::uint64_t played, std::uint64_t expected)>;

struct Play {
  std::uint64_t seed = 1;
  std::optional<Span> until =
      {};  // only what happens up to here, counted from the start; none: all
  const std::atomic<bool>* stop = nullptr;  // true: somebody wants an end to it
};

// A play that was stopped on the way. Its servers have ended, or are as they were found.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error{"interrupted"} {}
};

// Throws UserError when a target does not start or no longer answers, Interrupted when stopped.
Observations play(const Scenario& scenario, const TargetKind& target, const Play& play,
                  const Progress& progress = {});

}  // namespace outlive::harness
