// What somebody who mistyped a quantity most likely meant: "24 hours" is "24h", "50 per second" is
// "50/s", "1.5mb" is "1536kb". Each gives a text that can be read, or nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outlive::harness {

std::optional<std::string> span_meant(std::string_view text);
std::optional<std::string> rate_meant(std::string_view text, std::int64_t least = 1);
std::optional<std::string> size_meant(std::string_view text);

// Whether nothing is wrong with a duration, or a rate of whole numbers, but that it is out of
// bounds.
bool is_spelled_as_span(std::string_view text);
bool is_spelled_as_rate(std::string_view text);

}  // namespace outlive::harness
