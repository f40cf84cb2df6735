#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr std::uint64_t requests_of_long_play = 500'000;

}  // namespace

ProgressLine::ProgressLine(std::string title)
    : title_{std::move(title)}, terminal_{isatty(STDERR_FILENO) == 1} {}

ProgressLine::~ProgressLine() {
  if (terminal_ && shown_) std::cerr << "\r\x1b[K";
}

void ProgressLine::operator()(std::uint64_t played, std::uint64_t expected) {
  if (!terminal_ && expected < requests_of_long_play) return;
  const std::uint64_t step = terminal_ ? 1 : 25;
  const std::uint64_t percent =
      std::min<std::uint64_t>(played * 100 / std::max<std::uint64_t>(expected, 1), 100);
  if (percent / step == last_ / step) return;
  last_ = percent;
  shown_ = true;
  std::cerr << (terminal_ ? "\r\x1b[K" : "") << title_ << ": " << percent << " % of "
            << format_count(expected) << " requests" << (terminal_ ? "" : "\n") << std::flush;
}

}  // namespace outlive::harness
