#include "cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "cli/terminal.hpp"
#include "scenario/quantity.hpp"
#include "server/clock.hpp"

namespace outlive::harness {
namespace {

constexpr std::uint64_t requests_of_long_play = 500'000;
constexpr std::int64_t long_run_us = 10'000'000;
constexpr std::uint64_t quarter = 25;
constexpr std::uint64_t nothing_shown = 1'000;

}  // namespace

RunProgress::RunProgress(std::vector<std::string> titles)
    : titles_{std::move(titles)}, began_us_{stopwatch_us()}, terminal_{isatty(STDERR_FILENO) == 1} {
  // A terminal shows the first percent too, the 0th.
  percent_.assign(titles_.size(), terminal_ ? nothing_shown : 0);
}

RunProgress::~RunProgress() {
  if (terminal_ && shown_) std::cerr << "\r\x1b[K" << std::flush;
}

void RunProgress::advanced(std::size_t play, std::uint64_t played, std::uint64_t expected) {
  if (!terminal_ && expected < requests_of_long_play) return;
  const std::lock_guard lock{mutex_};
  const std::uint64_t percent =
      std::min<std::uint64_t>(played * 100 / std::max<std::uint64_t>(expected, 1), 100);
  const std::uint64_t step = terminal_ ? 1 : quarter;
  if (percent / step == percent_[play] / step) return;
  percent_[play] = percent;
  const std::string text = titles_[play] + ": " + std::to_string(percent) + " % of " +
                           format_count(expected) + " requests";
  if (terminal_) return show_on_terminal(titles_.size() > 1 ? whole() + "; " + text : text);
  std::cerr << text + '\n' << std::flush;
}

void RunProgress::ended(std::size_t play) {
  const std::lock_guard lock{mutex_};
  percent_[play] = 100;
  ++ended_;
  if (titles_.size() == 1) return;
  if (terminal_) return show_on_terminal(whole());
  tell_of_whole();
}

std::string RunProgress::whole() const {
  return std::to_string(ended_) + " of " + std::to_string(titles_.size()) + " scenarios played";
}

void RunProgress::show_on_terminal(const std::string& text) {
  shown_ = true;
  std::cerr << "\r\x1b[K" << cut(text, terminal_columns(STDERR_FILENO) - 1) << std::flush;
}

// A run that is over soon needs no words.
void RunProgress::tell_of_whole() {
  const std::size_t quarters = ended_ * 4 / titles_.size();
  if (quarters == ended_told_ * 4 / titles_.size() || quarters == 4) return;
  if (stopwatch_us() - began_us_ < long_run_us) return;
  ended_told_ = ended_;
  std::cerr << whole() + '\n' << std::flush;
}

}  // namespace outlive::harness
