#include "traffic/rate_curve.hpp"

#include <algorithm>
#include <cmath>

#include "base/ensure.hpp"

namespace outlive::harness {
namespace {

// An arrival that is due so near to the end of a stretch belongs to the next: where a stretch does
// not hold a whole number of arrivals, sums have an error, far smaller than this.
constexpr double nearly = 1e-9;

double as_us(Span span) {
  return static_cast<double>(span.count());
}

double per_us(const Rate& rate) {
  return static_cast<double>(rate.count) / as_us(rate.per);
}

bool same(const Rate& one, const Rate& other) {
  return one.count == other.count && one.per == other.per;
}

}  // namespace

double RateCurve::Stretch::due_by(double us) const {
  // Of a steady rate the product comes first, so that whole arrivals are exact.
  if (same(first, last)) return us * static_cast<double>(first.count) / as_us(first.per);
  const double from = per_us(first);
  return us * from + us * us * (per_us(last) - from) / (2 * length);
}

double RateCurve::Stretch::when_due(double due) const {
  if (same(first, last)) return due * as_us(first.per) / static_cast<double>(first.count);
  // The root of the quadratic above, in the form that has no difference of near numbers.
  const double from = per_us(first);
  const double discriminant = from * from + 2 * due * (per_us(last) - from) / length;
  const double slope = from + std::sqrt(std::max(0.0, discriminant));
  return slope == 0 ? 0 : std::min(length, 2 * due / slope);
}

RateCurve::RateCurve(const Traffic& traffic, Time begin, Span lasting) : repeats_{traffic.repeats} {
  double cycle = 0, arrivals = 0;
  for (const Phase& phase : traffic.phases) {
    Stretch& stretch = stretches_.emplace_back();
    stretch.length = phase.lasting > Span::zero() ? as_us(phase.lasting) : as_us(lasting) - cycle;
    stretch.first = phase.first;
    stretch.last = phase.last;
    stretch.arrivals = stretch.due_by(stretch.length);
    cycle += stretch.length;
    arrivals += stretch.arrivals;
  }
  ensure(cycle > 0 && arrivals > 0, "phases last, and something comes in one of them");
  if (!traffic.day_begins) return;
  const Span of_day = begin - std::chrono::floor<std::chrono::days>(begin);
  const Span day = std::chrono::days{1};
  offset_ = as_us((of_day - *traffic.day_begins + day) % day);
  move_to(offset_);
}

void RateCurve::move_to(double us) {
  begin_ = -us;
  while (us >= stretches_[place_].length) {
    us -= stretches_[place_].length;
    next_stretch();
  }
  due_ = stretches_[place_].due_by(us);
}

void RateCurve::next_stretch() {
  begin_ += stretches_[place_].length;
  due_ = 0;
  if (++place_ == stretches_.size() && repeats_) place_ = 0;
}

std::optional<double> RateCurve::after(double arrivals) {
  while (place_ < stretches_.size()) {
    const Stretch& stretch = stretches_[place_];
    const double left = stretch.arrivals - due_;
    if (arrivals < left - nearly) {
      due_ += arrivals;
      return begin_ + stretch.when_due(due_);
    }
    arrivals = std::max(0.0, arrivals - left);
    next_stretch();
  }
  return std::nullopt;
}

double RateCurve::expected(Span lasting) const {
  double cycle = 0, in_cycle = 0;
  for (const Stretch& stretch : stretches_) {
    cycle += stretch.length;
    in_cycle += stretch.arrivals;
  }
  const auto by = [&](double us) {
    double due = 0;
    if (repeats_) {
      const double whole = std::floor(us / cycle);
      due = whole * in_cycle;
      us -= whole * cycle;
    }
    for (const Stretch& stretch : stretches_) {
      due += stretch.due_by(std::min(us, stretch.length));
      us = std::max(0.0, us - stretch.length);
    }
    return due;
  };
  return by(offset_ + as_us(lasting)) - by(offset_);
}

}  // namespace outlive::harness
