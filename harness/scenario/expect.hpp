// The word `expect` of a check: what a good run finds, which may hang on axes and on the target.
#pragma once

#include <span>
#include <vector>

#include "scenario/axes.hpp"
#include "scenario/reader.hpp"

namespace outlive::harness {

// Reads it for the play in which the axes have these values.
void read_expectations(const Value& value, std::span<const Axis> axes,
                       std::span<const AxisValue> values, Check& into);

}  // namespace outlive::harness
