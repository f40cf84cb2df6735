// Time as scenarios have it: instants of the emulated clock, and what lies between.
#pragma once

#include <chrono>

#include "outlive/departure.hpp"

namespace outlive::harness {

using Span = std::chrono::microseconds;

}  // namespace outlive::harness
