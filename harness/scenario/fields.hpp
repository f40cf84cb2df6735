// The language of scenario files: every word, where it may stand and what it means. The rows are
// read by scenario/parse.cpp.
#pragma once

#include <span>

#include "scenario/reader.hpp"

namespace outlive::harness {

template <class Kind>
constexpr unsigned kind_bit(Kind kind) {
  return 1U << static_cast<unsigned>(kind);
}

std::span<const Field<Scenario>> scenario_fields();
std::span<const Field<Traffic>> traffic_fields();
std::span<const Field<Limit>> limit_fields();
std::span<const Field<Phase>> phase_fields();
std::span<const Field<CommandTemplate>> command_fields();
std::span<const Field<Event>> event_fields();
std::span<const Field<Check>> check_fields();

}  // namespace outlive::harness
