// The Lua function library of the rate limits, traffic/rate_limits.lua, as FUNCTION LOAD wants it.
#pragma once

#include <string_view>

namespace outlive::harness {

extern const std::string_view rate_limit_library;

// Functions in it: on the server's own clock, and on one that is handed in.
constexpr std::string_view consume_function = "outlive_consume_tickets";
constexpr std::string_view consume_at_function = "outlive_consume_tickets_at";

}  // namespace outlive::harness
