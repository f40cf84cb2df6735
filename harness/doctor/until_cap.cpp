#include "doctor/until_cap.hpp"

#include <algorithm>
#include <cmath>

#include "doctor/words.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

// A server that evicts stays a little below its cap.
constexpr double full_share = 0.005;
// Growth of less than this between two looks may be the look itself.
constexpr double noise_bytes = 100'000;
constexpr double longest_s = 1e9;  // thirty years are never

Span span_of(double seconds) {
  return Span{static_cast<std::int64_t>(seconds * 1e6)};
}

CapForecast at_rate(double headroom, double bytes_per_second, std::string by) {
  const double seconds = bytes_per_second > 0 ? headroom / bytes_per_second : longest_s;
  if (seconds >= longest_s) return {.when = CapForecast::When::settles, .by = std::move(by)};
  return {.when = CapForecast::When::after, .after = span_of(seconds), .by = std::move(by)};
}

double seconds_of(Span span) {
  return static_cast<double>(span.count()) / 1e6;
}

// Memory by time, as straight lines between instants at which something expires.
class Course {
 public:
  Course(const Examination& examination, const LoadPlan& plan) {
    for (const LoadPlan::Part& part : plan.parts) {
      const KeyGroup& group = examination.groups[part.group];
      const double slope = *plan.writes_per_second * part.share * group.bytes_each();
      slope_ += slope;
      if (part.ttl) changes_.push_back({seconds_of(*part.ttl), 0, slope});
      const double each = group.keys / static_cast<double>(group.samples.size());
      for (const KeySample& sample : group.samples) {
        if (!sample.expiry_ms || group.is(Role::limits)) continue;  // limits are renewed
        const auto left_ms = std::max<std::int64_t>(*sample.expiry_ms - examination.now_ms, 0);
        changes_.push_back(
            {static_cast<double>(left_ms) / 1e3, each * static_cast<double>(sample.bytes), 0});
      }
    }
    std::ranges::sort(changes_, {}, &Change::at_s);
  }

  // When so many bytes more are in use than now; none: never.
  std::optional<double> reaches(double bytes) const {
    double at_s = 0, level = 0, slope = slope_;
    for (const Change& change : changes_) {
      const double rise = slope * (change.at_s - at_s);
      if (level + rise >= bytes) return at_s + (bytes - level) / slope;
      level += rise - change.freed;
      slope -= change.slope;
      at_s = change.at_s;
    }
    // What is left of sums of fractions is no slope.
    if (slope <= slope_ * 1e-9) return std::nullopt;
    return at_s + (bytes - level) / slope;
  }

 private:
  struct Change {
    double at_s, freed, slope;
  };
  double slope_ = 0;
  std::vector<Change> changes_;
};

CapForecast by_writes(const Examination& examination, const LoadPlan& plan, double headroom) {
  std::string by = rate_in_words(*plan.writes_per_second) + " new keys a second of " +
                   keys_in_words(plan.bytes_each) + " bytes";
  const auto seconds = Course{examination, plan}.reaches(headroom);
  if (!seconds || *seconds >= longest_s) {
    return {.when = CapForecast::When::settles, .by = std::move(by)};
  }
  return {.when = CapForecast::When::after, .after = span_of(*seconds), .by = std::move(by)};
}

}  // namespace

std::string_view to_string(CapForecast::When when) {
  constexpr std::string_view words[] = {"met", "after", "settles", "no-cap", "unknown"};
  return words[static_cast<std::size_t>(when)];
}

CapForecast until_cap(const Examination& examination, const std::optional<LoadPlan>& plan,
                      std::optional<double> bytes_per_second) {
  const ServerFacts& facts = examination.facts;
  if (facts.maxmemory == 0U) return {.when = CapForecast::When::no_cap, .by = {}};
  const auto room = facts.headroom();
  if (!room) return {};
  const auto headroom = static_cast<double>(*room);
  if (headroom < static_cast<double>(*facts.maxmemory) * full_share) {
    return {.when = CapForecast::When::met, .by = {}};
  }
  if (bytes_per_second) {
    return at_rate(headroom, *bytes_per_second, rate_in_words(*bytes_per_second) + " bytes a second");
  }
  if (plan && plan->writes_per_second && !plan->rate_was_seen) {
    return by_writes(examination, *plan, headroom);
  }
  const auto& growth = examination.growth;
  if (!growth || growth->bytes * seconds_of(growth->between) < noise_bytes) return {};
  return at_rate(headroom, growth->bytes,
                 rate_in_words(growth->bytes) + " bytes a second, as seen in " +
                     format_span(std::chrono::round<std::chrono::seconds>(growth->between)));
}

}  // namespace outlive::harness
