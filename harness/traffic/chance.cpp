#include "traffic/chance.hpp"

#include <algorithm>
#include <cmath>

namespace outlive::harness {
namespace {

// True with probability e^-p, for p below 1 (von Neumann, as above).
bool with_exp_of_minus(Random& random, double p) {
  bool even = true;
  for (double next = random.unit(); next < p; next = random.unit()) {
    p = next;
    even = !even;
  }
  return even;
}

bool all_of(Random& random, int times, double p) {
  for (int i = 0; i < times; ++i) {
    if (!with_exp_of_minus(random, p)) return false;
  }
  return true;
}

constexpr double ln_2_high = 0x1.62e42feep-1;  // 20 bits short, so that its multiples are exact
constexpr double ln_2_low = 0x1.a39ef35793c76p-33;
constexpr double sqrt_half = 0x1.6a09e667f3bcdp-1;

// Evenly within a bin that was drawn by its weight.
std::uint32_t draw_from_histogram(const Sizes& sizes, Random& random) {
  double sum = 0;
  for (const SizeBin& bin : sizes.bins) sum += bin.weight;
  double left = random.unit() * sum;
  std::uint64_t before = 0;
  for (const SizeBin& bin : sizes.bins) {
    if (left < bin.weight) {
      return static_cast<std::uint32_t>(before + 1 + random.below(bin.most - before));
    }
    left -= bin.weight;
    before = bin.most;
  }
  return static_cast<std::uint32_t>(before);
}

std::vector<double> zipf_shares(double exponent, std::uint64_t count) {
  std::vector<double> share(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    share[i] = portable_exp(-exponent * portable_log(static_cast<double>(i + 1)));
  }
  return share;
}

std::vector<double> hot_shares(const Popularity& popularity, std::uint64_t count) {
  const std::uint64_t hot = popularity.hot;
  std::vector<double> share(count, (1 - popularity.share) / static_cast<double>(count - hot));
  std::fill_n(share.begin(), hot, popularity.share / static_cast<double>(hot));
  return share;
}

}  // namespace

double normal(Random& random) {
  for (;;) {
    int k = 0;
    while (with_exp_of_minus(random, 0.5)) ++k;
    if (!all_of(random, k * (k - 1), 0.5)) continue;
    const double x = random.unit();
    if (!all_of(random, k + 1, x * (2 * k + x) / (2 * k + 2))) continue;
    return random.below(2) == 0 ? k + x : -(k + x);
  }
}

double portable_exp(double x) {
  const double twos = std::floor(x / (ln_2_high + ln_2_low) + 0.5);
  const double rest = (x - twos * ln_2_high) - twos * ln_2_low;  // within ±0.35
  double sum = 1;
  for (int term = 14; term > 0; --term) sum = 1 + sum * rest / term;
  return std::ldexp(sum, static_cast<int>(twos));
}

double portable_log(double x) {
  int twos = 0;
  double part = std::frexp(x, &twos);
  if (part < sqrt_half) {
    part *= 2;
    --twos;
  }
  const double s = (part - 1) / (part + 1);  // within ±0.172; ln part = 2 artanh s
  double sum = 0;
  for (int power = 25; power > 0; power -= 2) sum = sum * s * s + 1.0 / power;
  return twos * ln_2_high + (2 * s * sum + twos * ln_2_low);
}

Chooser::Chooser(const Popularity& popularity, std::uint64_t count, const Random& random)
    : shape_{popularity.shape}, count_{count}, random_{random} {
  if (shape_ == Popularity::Shape::once) return;
  if (shape_ == Popularity::Shape::zipf) fill_slots(zipf_shares(popularity.exponent, count));
  if (shape_ == Popularity::Shape::hot) fill_slots(hot_shares(popularity, count));
  draw_ahead();
}

Chooser::Chooser(const std::vector<double>& weights, const Random& random)
    : shape_{Popularity::Shape::uniform}, count_{weights.size()}, random_{random} {
  fill_slots(weights);
  draw_ahead();
}

void Chooser::draw_ahead() {
  while (next_ < drawn_.size()) {
    ++next_;
    draw();
  }
}

void Chooser::fill_slots(std::vector<double> share) {
  double sum = 0;
  for (const double one : share) sum += one;
  slots_.resize(count_);
  std::vector<std::uint32_t> small, large;
  for (std::uint32_t i = 0; i < count_; ++i) {
    share[i] *= static_cast<double>(count_) / sum;
    (share[i] < 1 ? small : large).push_back(i);
  }
  while (!small.empty() && !large.empty()) {
    const std::uint32_t poor = small.back(), rich = large.back();
    small.pop_back();
    slots_[poor] = {static_cast<std::uint32_t>(share[poor] * 0x1.0p32), rich};
    share[rich] -= 1 - share[poor];
    if (share[rich] >= 1) continue;
    large.pop_back();
    small.push_back(rich);
  }
  // Rounding may leave some of either kind: they fill their slots.
  for (const auto* rest : {&small, &large}) {
    for (const std::uint32_t i : *rest) slots_[i] = {UINT32_MAX, i};
  }
}

std::uint32_t draw_size(const Sizes& sizes, Random& random) {
  switch (sizes.shape) {
    case Sizes::Shape::fixed:
      return static_cast<std::uint32_t>(sizes.least);
    case Sizes::Shape::uniform:
      return static_cast<std::uint32_t>(sizes.least + random.below(sizes.most - sizes.least + 1));
    case Sizes::Shape::histogram:
      return draw_from_histogram(sizes, random);
    case Sizes::Shape::lognormal:
      break;
  }
  const double drawn =
      static_cast<double>(sizes.median) * portable_exp(sizes.sigma * normal(random));
  const double cut =
      std::clamp(drawn, static_cast<double>(sizes.least), static_cast<double>(sizes.most));
  return static_cast<std::uint32_t>(cut);
}

std::vector<std::uint32_t> draw_sizes(const Sizes& sizes, std::uint64_t count, Random random) {
  if (sizes.shape == Sizes::Shape::fixed) {
    return std::vector<std::uint32_t>(count, static_cast<std::uint32_t>(sizes.least));
  }
  std::vector<std::uint32_t> drawn(count);
  for (std::uint32_t& size : drawn) size = draw_size(sizes, random);
  return drawn;
}

}  // namespace outlive::harness
