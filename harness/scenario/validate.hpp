// What no single word shows to be wrong: names that lead nowhere, times outside the scenario,
// checks of things that do not happen.
#pragma once

#include <string_view>

#include "scenario/model.hpp"
#include "scenario/reader.hpp"

namespace outlive::harness {

// How many different patterns the checks of one scenario may name, and how many its player may
// watch besides: with the gateway's own two, a key knows in 32 bits which of them it fits.
constexpr std::size_t pattern_count_max = 16;
constexpr std::size_t watched_count_max = 14;

void validate(const Scenario& scenario, Mistakes& mistakes);
void validate_traffic(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes);

// Notes a mistake unless there is an instance of that name.
void require_instance(const Scenario& scenario, std::string_view name, int line,
                      std::string_view where, Mistakes& mistakes);

}  // namespace outlive::harness
