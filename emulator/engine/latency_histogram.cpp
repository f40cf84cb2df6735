#include "engine/latency_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace outlive {
namespace {

// Counters are one apart up to 256 ns; from there on each doubling has 128 of them.
constexpr int fine_bits = 8;
constexpr std::size_t per_doubling = 1u << (fine_bits - 1);
constexpr std::int64_t nanoseconds_max = 1'000'000'000;

std::size_t index_of(std::int64_t nanoseconds) {
  const auto value = static_cast<std::uint64_t>(nanoseconds);
  const int shift = std::max(static_cast<int>(std::bit_width(value)) - fine_bits, 0);
  return static_cast<std::size_t>(shift) * per_doubling + (value >> shift);
}

// The largest value that is counted at this index.
std::int64_t highest_at(std::size_t index) {
  if (index < 2 * per_doubling) return static_cast<std::int64_t>(index);
  const std::size_t shift = index / per_doubling - 1;
  const std::size_t fine = index % per_doubling + per_doubling;
  return static_cast<std::int64_t>(((fine + 1) << shift) - 1);
}

}  // namespace

void LatencyHistogram::add(std::int64_t nanoseconds) {
  const std::size_t index = index_of(std::clamp<std::int64_t>(nanoseconds, 1, nanoseconds_max));
  if (index >= counters_.size()) counters_.resize(index + 1);
  ++counters_[index];
  ++calls_;
}

std::int64_t LatencyHistogram::percentile(double percent) const {
  const auto wanted =
      static_cast<std::uint64_t>(std::max(percent / 100 * static_cast<double>(calls_) + 0.5, 1.0));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    seen += counters_[i];
    if (seen >= wanted) return highest_at(i);
  }
  return 0;
}

std::vector<LatencyHistogram::Step> LatencyHistogram::cumulative() const {
  std::vector<Step> steps;
  std::uint64_t seen = 0;
  std::size_t next = 0;
  for (std::int64_t limit = 1024; seen < calls_; limit *= 2) {
    const std::uint64_t before = seen;
    const std::size_t last = index_of(limit);
    for (; next <= last && next < counters_.size(); ++next) seen += counters_[next];
    if (seen > before) steps.push_back({highest_at(last) / 1000, seen});
  }
  return steps;
}

}  // namespace outlive
