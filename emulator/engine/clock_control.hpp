// The hands of the clock that a shell runs the engine by, for OUTLIVE CLOCK.
#pragma once

#include "base/time.hpp"

namespace outlive {

class ClockControl {
 public:
  virtual ~ClockControl() = default;
  // It stands still until it is moved.
  virtual bool fixed() const = 0;
  virtual void freeze(Instant at) = 0;
  // Moves a frozen clock, or shifts one that runs.
  virtual void move_to(Instant to) = 0;
  // Runs on from where it stands.
  virtual void resume() = 0;
  // Goes by the system's time again; what that is.
  virtual Instant follow_system() = 0;
};

}  // namespace outlive
