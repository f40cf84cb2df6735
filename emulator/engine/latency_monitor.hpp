// LATENCY: events that took longer than latency-monitor-threshold, by kind (latency.c).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace outlive {

class LatencyMonitor {
 public:
  struct Sample {
    std::int64_t unix_seconds;
    std::int64_t milliseconds;
  };
  struct Event {
    std::deque<Sample> samples;  // the worst of each second, the latest at the end
    std::int64_t milliseconds_max = 0;
    std::int64_t milliseconds_sum = 0;
    std::int64_t count = 0;
  };
  using Events = std::map<std::string, Event, std::less<>>;

  void add(std::string_view event, std::int64_t milliseconds, std::int64_t unix_seconds);
  const Events& events() const { return events_; }
  // Forgets an event, whatever its name's case; all of them without a name. Returns how many.
  std::int64_t reset();
  std::int64_t reset(std::string_view name);

 private:
  Events events_;
};

}  // namespace outlive
