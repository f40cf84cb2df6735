// Arrivals at a rate that changes: phase by phase steady or a ramp. Time is found from how many
// arrivals have come due, by inverting the area below the rate: exact, and with nothing but sums,
// products, quotients and roots, which are the same on every platform.
#pragma once

#include <optional>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

class RateCurve {
 public:
  // Of traffic that begins at an instant, for so long at the most.
  RateCurve(const Traffic& traffic, Time begin, Span lasting);

  // When `arrivals` more, which need not be whole, have come due; in microseconds from the
  // beginning. None: the phases are over before.
  std::optional<double> after(double arrivals);

  // How many come due in so long from the beginning, on the average.
  double expected(Span lasting) const;

 private:
  struct Stretch {
    double length = 0;  // µs
    Rate first, last;
    double arrivals = 0;
    double due_by(double us) const;     // of its arrivals
    double when_due(double due) const;  // the inverse, µs from its beginning
  };

  void move_to(double us);
  void next_stretch();

  std::vector<Stretch> stretches_;
  bool repeats_;
  double offset_ = 0;  // of the beginning, from the first stretch
  std::size_t place_ = 0;
  double begin_ = 0;  // of the stretch at hand, µs from the traffic's beginning
  double due_ = 0;    // of its arrivals, up to now
};

}  // namespace outlive::harness
