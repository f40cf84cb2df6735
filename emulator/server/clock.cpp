#include "server/clock.hpp"

#include <chrono>

namespace outlive {

Instant system_now() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return Instant{std::chrono::duration_cast<Duration>(since_epoch)};
}

std::int64_t stopwatch_us() {
  const auto reading = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(reading).count();
}

}  // namespace outlive
