// Rules that only a look at a running server can answer.
#pragma once

#include <span>

#include "deployment/rule.hpp"
#include "doctor/forecast.hpp"

namespace outlive::harness {

struct LiveRule {
  Rule rule;  // its `look` is not used
  void (*look)(const Examination& examination, const Forecast& forecast, Findings& findings);
};

std::span<const LiveRule> limit_rules();   // limits that will go
std::span<const LiveRule> memory_rules();  // memory that is full, or never gets free

}  // namespace outlive::harness
