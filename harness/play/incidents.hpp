// What happens on the way, moment by moment: an event that lasts has a moment where it begins and
// one where it is over.
#pragma once

#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

struct Moment {
  // In the order in which moments of one instant come: what is over makes room for what begins.
  enum class Part : std::uint8_t { over, saves, begins };

  Span at{};
  Part part = Part::begins;
  const Event* event = nullptr;
};

// In order of time. Events of one instant come in an order of their own, not the file's: the same
// events in another order are the same play.
std::vector<Moment> moments_of(const Scenario& scenario);

}  // namespace outlive::harness
