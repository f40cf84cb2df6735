// Draws of given shapes, the same on every platform: no function of the C library takes part, whose
// last digit differs between systems. (The room is compiled without fused multiply-add, too.)
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/prefetch.hpp"
#include "base/random.hpp"
#include "base/wide_multiply.hpp"
#include "scenario/model.hpp"

namespace outlive::harness {

// Mean 1: von Neumann, "Various techniques used in connection with random digits" (1951), by
// comparing uniform draws alone.
inline double exponential(Random& random) {
  for (double whole = 0;; ++whole) {
    const double first = random.unit();
    double last = first;
    bool odd = true;
    for (double next = random.unit(); next < last; next = random.unit()) {
      last = next;
      odd = !odd;
    }
    if (odd) return whole + first;
  }
}

// Mean 0, deviation 1: Karney, "Sampling exactly from the normal distribution" (2016), algorithm N.
double normal(Random& random);

// e^x and ln x, to about the last digit of a double.
double portable_exp(double x);
double portable_log(double x);

// Draws who comes next, exactly after the popularity: Walker's alias method (Vose's tables, 1991),
// one draw and one look-up whatever the number.
class Chooser {
 public:
  Chooser(const Popularity& popularity, std::uint64_t count, const Random& random);
  // Each with a weight of its own.
  Chooser(const std::vector<double>& weights, const Random& random);

  // `once` alone comes to an end.
  bool exhausted() const { return shape_ == Popularity::Shape::once && next_ == count_; }

  std::uint32_t next() {
    if (shape_ == Popularity::Shape::once) return static_cast<std::uint32_t>(next_++);
    const WideProduct drawn = drawn_[next_++ % drawn_.size()];
    draw();
    const auto index = static_cast<std::uint32_t>(drawn.high);
    if (slots_.empty()) return index;
    const Slot& slot = slots_[index];
    // The low half says where in the slot the draw fell. Without a branch, which could not be
    // foreseen, the processor goes on meanwhile.
    const std::uint32_t keeps = static_cast<std::uint32_t>(drawn.low >> 32) < slot.own;
    return slot.alias ^ ((slot.alias ^ index) & (0 - keeps));
  }

 private:
  struct Slot {
    std::uint32_t own;    // the slot's own share of it, of 2^32
    std::uint32_t alias;  // whose the rest is
  };

  // `share`: how often each is drawn, in whatever unit.
  void fill_slots(std::vector<double> share);
  void draw_ahead();
  // Draws the last of those ahead, in the place of the one that was just taken.
  void draw() {
    WideProduct& drawn = drawn_[(next_ - 1) % drawn_.size()];
    drawn = wide_multiply(random_.next(), count_);
    if (!slots_.empty()) prefetch(&slots_[drawn.high]);
  }

  Popularity::Shape shape_;
  std::uint64_t count_;
  std::uint64_t next_ = 0;
  Random random_;
  std::vector<Slot> slots_;
  // Drawn ahead, so that their slots, which lie anywhere, are near when it is their turn.
  std::array<WideProduct, 8> drawn_{};
};

// The size of one value.
std::uint32_t draw_size(const Sizes& sizes, Random& random);

// The size of each of `count` values, drawn in order.
std::vector<std::uint32_t> draw_sizes(const Sizes& sizes, std::uint64_t count, Random random);

}  // namespace outlive::harness
