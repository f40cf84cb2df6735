// A clock that may have been set wrong, and may go too fast or too slow.
#pragma once

#include "scenario/model.hpp"

namespace outlive::harness {

class DriftingClock {
 public:
  // What it shows at an instant of the scenario.
  Time at(Time now) const {
    if (is_right_) [[likely]]
      return now;
    return now + ahead_ + gained(now);
  }

  // From this instant on it is so much further ahead, and gains so much.
  void change(Time now, Span step, const Rate& drift) {
    ahead_ += gained(now) + step;
    drift_ = drift;
    since_ = now;
    is_right_ = false;
  }

 private:
  // Within a year and a gain of less than everything this fits: whole periods first.
  Span gained(Time now) const {
    const std::int64_t passed = (now - since_).count(), per = drift_.per.count();
    return Span{passed / per * drift_.count + passed % per * drift_.count / per};
  }

  bool is_right_ = true;
  Span ahead_{};
  Rate drift_{0, std::chrono::seconds{1}};
  Time since_{};
};

}  // namespace outlive::harness
