// How the words are read that describe a shape: rates over time, popularity, sizes.
#pragma once

#include <span>
#include <vector>

#include "scenario/reader.hpp"

namespace outlive::harness {

constexpr std::int64_t population_max = 20'000'000;

// "50/s" or, as phases that repeat, { day = "50/s", night = "5/s" }.
void read_rate(Traffic& into, const Value& value);
std::vector<Phase> read_phases(const Value& value);
Popularity read_popularity(const Value& value);
// Of a histogram only the file's name: it is read when it is known where the scenario lies.
Sizes read_sizes(const Value& value);

}  // namespace outlive::harness
