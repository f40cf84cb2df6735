// Plays of one file told as one: what they have in common once, what differs with the values of the
// axes that make the difference.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "describe/passage.hpp"

namespace outlive::harness {

// An axis with all values that it has in the plays, in their order.
struct AxisOfPlays {
  std::string name;
  std::vector<std::string> values;
};
std::vector<AxisOfPlays> axes_of(std::span<const Scenario> plays);

// `texts` has one for each play. One text when they are all the same, else one for each that
// differs, behind the values that it goes with: "With ttl = 24h: …".
Sentences told_as_one(std::span<const Scenario> plays, const std::vector<std::string>& texts);

// The passages of all plays as one.
std::vector<Passage> passages_of(std::span<const Scenario> plays);

}  // namespace outlive::harness
