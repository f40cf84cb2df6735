// The only place that reads a clock.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "engine/clock_control.hpp"

namespace outlive {

// The system's time.
Instant system_now();
// A stopwatch's reading in microseconds, for durations alone.
std::int64_t stopwatch_us();

// The clock that a server runs by: the system's, or one that stands still until it is moved.
class ServerClock final : public ClockControl {
 public:
  Instant now() const { return fixed_ ? at_ : system_now() + ahead_; }
  bool fixed() const override { return fixed_; }
  void freeze(Instant at) override {
    fixed_ = true;
    at_ = at;
  }
  // Moves a frozen clock, or shifts one that runs.
  void move_to(Instant to) override {
    at_ = to;
    if (!fixed_) ahead_ = to - system_now();
  }
  // Runs on from where it stands.
  void resume() override {
    if (fixed_) ahead_ = at_ - system_now();
    fixed_ = false;
  }
  Instant follow_system() override {
    *this = {};
    return now();
  }

 private:
  bool fixed_ = false;
  Instant at_{};
  Duration ahead_{};
};

}  // namespace outlive
