// Quantities as a scenario file writes them: "36h", "50/s", "16kb". And durations as people read
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenario/model.hpp"

namespace outlive::harness {

constexpr std::uint64_t bytes_max =
    512ULL * 1024 * 1024;  // of a value: Valkey's proto-max-bulk-len

// Without blanks at its ends.
std::string_view trimmed(std::string_view text);

// One or more numbers with units, without blanks: "90s", "1h30m", "0.5s". us, ms, s, m, h, d. None
// also for what is longer than a thousand years.
std::optional<Span> parse_span(std::string_view text);

// Bytes as valkey.conf writes them: "1000", "16kb". None for what 64 bits do not hold.
std::optional<std::uint64_t> parse_size(std::string_view text);

// A count, at least so much, and a duration or a single unit: "50/s", "3/10m", "1000/d". No more
// than one a microsecond, the tick of all clocks here.
std::optional<Rate> parse_rate(std::string_view text, std::int64_t least = 1);

// What a clock gains in so long, in microseconds: "2s/h"; or loses: "-2s/h".
std::optional<Rate> parse_drift(std::string_view text);

// "used", "used + 2mb", "used - 100kb": how far from the memory in use. None for anything else.
std::optional<std::int64_t> parse_used(std::string_view text);

// The two largest units that matter: "2 h", "1 h 30 min", "1.5 s".
std::string format_span(Span span);

// 1234567 as "1,234,567".
std::string format_count(std::uint64_t count);

// A number as TOML writes it where it is no whole one: in TOML 2.0 is of another type than 2.
std::string with_point(double number);

// Sixteen hexadecimal digits: digests.
std::string format_hex(std::uint64_t word);

}  // namespace outlive::harness
