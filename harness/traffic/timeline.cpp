#include "traffic/timeline.hpp"

#include <algorithm>
#include <string>

namespace outlive::harness {
namespace {

// k · per / count without rounding on the way: a microsecond's share of the k-th arrival is cut
// off.
Span arrival(const Rate& rate, std::int64_t k) {
  const std::int64_t whole = k / rate.count;
  const std::int64_t rest = k % rate.count;
  return Span{whole * rate.per.count() + rest * rate.per.count() / rate.count};
}

// Of the commands that are drawn; those that only follow others stand behind them.
std::vector<double> weights_of(const Traffic& traffic) {
  std::vector<double> weights;
  for (const CommandTemplate& command : traffic.commands) {
    if (command.weight > 0) weights.push_back(command.weight);
  }
  return weights;
}

}  // namespace

Timeline::Source::Source(const Traffic& traffic, const Scenario& scenario, const Random& random)
    : traffic_{&traffic},
      start_{scenario.start},
      begin_{scenario.start + traffic.from},
      end_{scenario.start + traffic.until.value_or(scenario.duration)},
      mean_us_{static_cast<double>(traffic.rate.per.count()) /
               static_cast<double>(traffic.rate.count)},
      users_{traffic.user_popularity, traffic.users, traffic.user_turnover, random.fork("users")},
      prompts_{traffic.prompt_popularity, traffic.prompts, traffic.prompt_turnover,
               random.fork("prompts")},
      keys_{traffic.key_popularity, traffic.keys, traffic.key_turnover, random.fork("keys")},
      arrivals_{random.fork("arrivals")} {
  if (!traffic.phases.empty()) curve_.emplace(traffic, begin_, end_ - begin_);
  if (!traffic.commands.empty()) commands_.emplace(weights_of(traffic), random.fork("commands"));
  schedule();
}

void Timeline::Source::schedule() {
  if (traffic_->transcript) {
    schedule_line();
  } else if (curve_) {
    schedule_by_curve();
  } else if (traffic_->arrivals == Arrivals::regular) {
    at_ = begin_ + arrival(traffic_->rate, arrived_);
  } else {
    elapsed_us_ += exponential(arrivals_) * mean_us_;
    at_ = begin_ + Span{static_cast<std::int64_t>(elapsed_us_)};
  }
  ended_ = at_ >= end_ || is_exhausted();
}

void Timeline::Source::schedule_by_curve() {
  // Regular ones come at their beginning, then whenever one more is due; to the nearest
  // microsecond, where a ramp's root is not exact.
  const bool regular = traffic_->arrivals == Arrivals::regular;
  const auto due_us = curve_->after(regular ? arrived_ > 0 : exponential(arrivals_));
  at_ = due_us ? begin_ + Span{static_cast<std::int64_t>(*due_us + (regular ? 0.5 : 0))} : end_;
}

void Timeline::Source::schedule_line() {
  const auto& lines = traffic_->transcript->lines;
  const auto line = static_cast<std::size_t>(arrived_);
  if (line == lines.size()) {
    at_ = end_;
    return;
  }
  const double us = static_cast<double>(lines[line].at.count()) / traffic_->speed;
  at_ = begin_ + Span{static_cast<std::int64_t>(us)};
}

bool Timeline::Source::is_exhausted() const {
  return (traffic_->takes_tickets() && users_.exhausted()) ||
         (traffic_->uses_cache() && prompts_.exhausted()) || (commands_ && keys_.exhausted());
}

void Timeline::Source::take(Request& request) {
  request.at = at_;
  request.user = traffic_->takes_tickets() ? users_.next(at_ - start_) : 0;
  request.prompt = traffic_->uses_cache() ? prompts_.next(at_ - start_) : 0;
  if (commands_) {
    request.command = commands_->next();
    request.key = keys_.next(at_ - start_);
  } else {
    request.command = static_cast<std::uint32_t>(arrived_);
  }
  ++arrived_;
  schedule();
}

std::uint64_t Timeline::Source::expected() const {
  const Span lasting = end_ - begin_;
  if (traffic_->transcript) {
    const auto in_time = [&](const Transcript::Line& line) {
      return static_cast<double>(line.at.count()) / traffic_->speed <
             static_cast<double>(lasting.count());
    };
    return static_cast<std::uint64_t>(std::ranges::count_if(traffic_->transcript->lines, in_time));
  }
  double count =
      curve_ ? curve_->expected(lasting) : static_cast<double>(lasting.count()) / mean_us_;
  const auto at_most = [&count](const Popularity& popularity, std::uint64_t population) {
    if (popularity.shape == Popularity::Shape::once) {
      count = std::min(count, static_cast<double>(population));
    }
  };
  if (traffic_->takes_tickets()) at_most(traffic_->user_popularity, traffic_->users);
  if (traffic_->uses_cache()) at_most(traffic_->prompt_popularity, traffic_->prompts);
  if (commands_) at_most(traffic_->key_popularity, traffic_->keys);
  return static_cast<std::uint64_t>(count);
}

Timeline::Timeline(const Scenario& scenario, std::uint64_t seed) {
  const Random random{seed};
  sources_.reserve(scenario.traffic.size());
  for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
    sources_.emplace_back(scenario.traffic[i], scenario,
                          random.fork("traffic " + std::to_string(i)));
    expected_ += sources_.back().expected();
  }
}

bool Timeline::next(Request& request) {
  Source* soonest = nullptr;
  for (Source& source : sources_) {
    if (!source.ended() && (!soonest || source.at() < soonest->at())) soonest = &source;
  }
  if (!soonest) return false;
  request.traffic = static_cast<std::uint32_t>(soonest - sources_.data());
  soonest->take(request);
  return true;
}

std::size_t Timeline::next(std::span<Request> requests) {
  std::size_t count = 0;
  while (count < requests.size() && next(requests[count])) ++count;
  return count;
}

}  // namespace outlive::harness
