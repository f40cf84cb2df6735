// Time as the core knows it: instants are handed in, nothing here can read a clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace outlive {

// A clock without now(). The epoch is Unix's; the resolution is one microsecond, TIME's own.
struct Timeline {
  using rep = std::int64_t;
  using period = std::micro;
  using duration = std::chrono::duration<rep, period>;
};

using Duration = Timeline::duration;
using Instant = std::chrono::time_point<Timeline, Duration>;

constexpr Instant instant_from_ms(std::int64_t unix_ms) {
  return Instant{Duration{unix_ms * 1000}};
}
constexpr Instant instant_from_us(std::int64_t unix_us) { return Instant{Duration{unix_us}}; }

constexpr std::int64_t unix_us(Instant at) { return at.time_since_epoch().count(); }
constexpr std::int64_t unix_ms(Instant at) { return unix_us(at) / 1000; }
constexpr std::int64_t unix_seconds(Instant at) { return unix_us(at) / 1'000'000; }

}  // namespace outlive
