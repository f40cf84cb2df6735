#include "doctor/load_plan.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

// Growth of less than this may be the look itself.
constexpr double noise_bytes = 100'000;
constexpr double noise_keys = 100;
// Long enough for a counter that nobody raises to be at its least.
constexpr Span lasting_by_counters = std::chrono::minutes{10};

std::optional<double> seen_rate(const Examination& examination, double bytes_each) {
  const auto& growth = examination.growth;
  if (!growth || bytes_each <= 0) return std::nullopt;
  const double seconds = static_cast<double>(growth->between.count()) / 1e6;
  double rate = growth->evicted * seconds > noise_keys ? growth->evicted : 0;
  if (growth->bytes * seconds > noise_bytes) rate += growth->bytes / bytes_each;
  return rate > 0 ? std::optional{rate} : std::nullopt;
}

}  // namespace

bool LoadPlan::writes_group(std::size_t group) const {
  return std::ranges::any_of(parts, [group](const Part& part) { return part.group == group; });
}

std::optional<LoadPlan> plan_load(const Examination& examination, const LoadOptions& options) {
  using Choice = std::function<bool(const KeyGroup&)>;
  const Choice choices[] = {
      [](const KeyGroup& group) { return group.is(Role::answers); },
      [](const KeyGroup& group) {
        return group.is(Role::other) && group.share_without_ttl() < 0.5;
      },
      [](const KeyGroup& group) { return group.is(Role::other); },
      [](const KeyGroup&) { return true; },
  };
  LoadPlan plan;
  for (const Choice& chosen : choices) {
    for (std::size_t i = 0; i < examination.groups.size(); ++i) {
      const KeyGroup& group = examination.groups[i];
      if (group.samples.empty() || !chosen(group)) continue;
      auto ttl = group.ttl_given(examination.now_ms);
      if (options.answer_ttl && !group.is(Role::limits)) ttl = options.answer_ttl;
      plan.parts.push_back({i, group.keys, ttl});
      plan.keys_like_new += group.keys;
      plan.bytes_each += group.keys * group.bytes_each();
    }
    if (!plan.parts.empty()) break;
  }
  if (plan.keys_like_new <= 0) return std::nullopt;
  plan.bytes_each /= plan.keys_like_new;
  for (LoadPlan::Part& part : plan.parts) part.share /= plan.keys_like_new;
  plan.writes = options.writes;
  plan.limits_used = options.limits_used;
  plan.writes_per_second = options.writes_per_second;
  if (!plan.writes_per_second) {
    plan.writes_per_second = seen_rate(examination, plan.bytes_each);
    plan.rate_was_seen = plan.writes_per_second.has_value();
  }
  const bool counts = examination.facts.policy.value_or("").ends_with("-lfu");
  if (!plan.writes_per_second && counts) plan.lasting = lasting_by_counters;
  return plan;
}

std::string in_words(const LoadPlan& plan, const Examination& examination) {
  std::string words = "like those of ";
  for (std::size_t i = 0; i < plan.parts.size(); ++i) {
    const LoadPlan::Part& part = plan.parts[i];
    if (i == 3) {
      words += " and others";
      break;
    }
    words += (i == 0 ? "" : ", ") + examination.groups[part.group].pattern.glob;
    words += part.ttl ? " (TTL " + format_span(*part.ttl) + ")" : " (no TTL)";
  }
  if (plan.writes_per_second) {
    const auto rate = static_cast<std::uint64_t>(std::lround(*plan.writes_per_second));
    words += rate > 0 ? ", " + format_count(rate) + " a second" : ", less than one a second";
    if (plan.rate_was_seen) words += " as was seen";
  } else if (plan.lasting > Span::zero()) {
    words += ", within " + format_span(plan.lasting);
  } else {
    words += ", so fast that nothing expires meanwhile";
  }
  const auto percent = std::lround(plan.limits_used * 100);
  words += percent == 0 ? "; no limit is used meanwhile"
                        : "; " + std::to_string(percent) + " % of the limits are used meanwhile";
  return words;
}

}  // namespace outlive::harness
