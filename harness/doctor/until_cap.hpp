// How long until memory is full.
#pragma once

#include <optional>
#include <string>

#include "doctor/load_plan.hpp"

namespace outlive::harness {

struct CapForecast {
  enum class When : std::uint8_t {
    met,      // it is full
    after,    // after so long
    settles,  // what comes and what expires settle below it
    no_cap,   // there is none
    unknown,  // nothing grew, and nobody said what will come; or the cap can't be seen
  };
  When when = When::unknown;
  Span after{};
  std::string by;  // by what: "4,096 bytes a second, as seen in 12 s"
};
std::string_view to_string(CapForecast::When when);

// By the bytes a second that the user named; else by the new keys a second that the user named,
// beside which answers that are there expire; else by what was seen to grow.
CapForecast until_cap(const Examination& examination, const std::optional<LoadPlan>& plan,
                      std::optional<double> bytes_per_second);

}  // namespace outlive::harness
