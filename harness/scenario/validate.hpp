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

// Its instances and traffic; and its events and checks, by what these instances and this traffic
// do. Where traffic could not be read there is none here, and nothing is asked of it.
void validate_parts(const Scenario& scenario, Mistakes& mistakes);
void validate_course(const Scenario& scenario, Mistakes& mistakes);
void validate_traffic(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes);
void validate_check(const Scenario& scenario, const Check& check, Mistakes& mistakes);
// Patterns of checks and events that no key of this scenario can fit.
void validate_patterns(const Scenario& scenario, Mistakes& mistakes);

// Each notes a mistake, and gives false, unless there is an instance of that name, and it has a
// database of that number.
bool require_instance(const Scenario& scenario, std::string_view name, Position place,
                      std::string_view where, Mistakes& mistakes);
bool require_database(const Scenario& scenario, std::string_view instance, int database,
                      Position place, Mistakes& mistakes);

}  // namespace outlive::harness
