#include "engine/latency_monitor.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace outlive {

void LatencyMonitor::add(std::string_view name, std::int64_t milliseconds,
                         std::int64_t unix_seconds) {
  constexpr std::size_t samples_max = 160;  // latency.h, LATENCY_TS_LEN
  Event& event = events_[std::string(name)];
  event.milliseconds_max = std::max(event.milliseconds_max, milliseconds);
  event.milliseconds_sum += milliseconds;
  ++event.count;
  if (!event.samples.empty() && event.samples.back().unix_seconds == unix_seconds) {
    Sample& last = event.samples.back();
    last.milliseconds = std::max(last.milliseconds, milliseconds);
    return;
  }
  event.samples.push_back({unix_seconds, milliseconds});
  if (event.samples.size() > samples_max) event.samples.pop_front();
}

std::int64_t LatencyMonitor::reset() {
  const auto count = static_cast<std::int64_t>(events_.size());
  events_.clear();
  return count;
}

std::int64_t LatencyMonitor::reset(std::string_view name) {
  return static_cast<std::int64_t>(std::erase_if(
      events_, [&](const auto& event) { return equal_ignoring_case(event.first, name); }));
}

}  // namespace outlive
