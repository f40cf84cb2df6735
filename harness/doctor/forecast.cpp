#include "doctor/forecast.hpp"

#include <algorithm>

#include "deployment/sizes.hpp"

namespace outlive::harness {
namespace {

constexpr std::uint64_t trials = 3;

std::string why_not(const Examination& examination, const std::optional<LoadPlan>& plan) {
  const ServerFacts& facts = examination.facts;
  if (!facts.used_memory) return "it is not known how much memory is used";
  if (!facts.maxmemory) return "the cap is not known";
  if (!facts.policy) return "the policy is not known";
  if (*facts.maxmemory == 0) {
    return "without maxmemory nothing is evicted; --maxmemory SIZE shows what a cap would do";
  }
  if (!plan) return "no key could be looked at";
  return {};
}

Prognosis prognosis_of(const Examination& examination, const Treatment& treatment,
                       const std::vector<TrialOutcome>& outcomes) {
  Prognosis mean;
  mean.treatment = treatment;
  mean.evicted.assign(examination.groups.size(), 0);
  mean.first = mean.evicted;
  const auto count = static_cast<double>(outcomes.size());
  for (const TrialOutcome& one : outcomes) {
    double limits = 0;
    for (std::size_t i = 0; i < examination.groups.size(); ++i) {
      const bool is_limit = examination.groups[i].is(Role::limits);
      mean.evicted[i] += one.evicted[i] / count;
      mean.first[i] += one.evicted_first[i] / count;
      limits += is_limit ? one.evicted[i] : 0;
      mean.limits_lost_unrefilled += one.evicted_unrefilled[i] / count;
      if (!is_limit) mean.others_evicted += one.evicted[i] / count;
    }
    const bool first = &one == &outcomes.front();
    mean.limits_lost += limits / count;
    mean.limits_lost_min = first ? limits : std::min(mean.limits_lost_min, limits);
    mean.limits_lost_max = std::max(mean.limits_lost_max, limits);
    mean.refused += one.refused / count;
    mean.cap_was_met |= one.cap_was_met;
  }
  return mean;
}

std::uint64_t limits_alone(const Examination& examination) {
  double bytes = 0;
  for (const KeyGroup& group : examination.groups) {
    // What a key's places in two tables of 64-byte buckets cost (hashtable.c): 64 / 7 bytes each,
    // twice as much just after they have grown.
    constexpr double places = 2 * 2 * 64.0 / 7;
    if (group.is(Role::limits)) bytes += group.keys * (group.bytes_each() + places);
  }
  // And a fourth more, as `outlive check` wants it (no-headroom).
  constexpr double room = 1.25;
  return bytes == 0 ? 0 : empty_server_bytes() + static_cast<std::uint64_t>(bytes * room);
}

}  // namespace

const Prognosis* Forecast::best() const {
  const double chance = limits / 1'000;  // of no account
  const Prognosis* best = nullptr;
  for (const Prognosis& one : prognoses) {
    const double harm = one.limits_lost + one.refused;
    if (best == nullptr || harm + chance < best->limits_lost + best->refused) best = &one;
  }
  return best;
}

Forecast make_forecast(const Examination& examination, const ForecastOptions& options,
                       const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  Forecast forecast;
  forecast.plan = plan_load(examination, options.load);
  forecast.until = until_cap(examination, forecast.plan, options.bytes_per_second);
  forecast.limits = examination.keys_of(Role::limits);
  forecast.limits_alone_bytes = limits_alone(examination);
  forecast.why_not = why_not(examination, forecast.plan);
  if (!forecast.why_not.empty()) return forecast;

  const LoadPlan& plan = *forecast.plan;
  const std::vector<Treatment> treatments = treatments_for(examination, options.samples);
  forecast.trials = trials;
  forecast.scale = scale_of(examination, plan, *examination.facts.maxmemory);
  StandIns stand_ins{examination.facts.profile};
  std::optional<double> writes;
  if (plan.writes) writes = static_cast<double>(*plan.writes);
  std::uint64_t done = 0;
  for (const Treatment& treatment : treatments) {
    std::vector<TrialOutcome> outcomes;
    for (std::uint64_t i = 0; i < trials; ++i) {
      progress(done++, treatments.size() * trials);
      outcomes.push_back(play_trial(examination, plan, treatment.setting, forecast.scale, writes,
                                    options.seed + i, stand_ins));
    }
    forecast.prognoses.push_back(prognosis_of(examination, treatment, outcomes));
    if (forecast.prognoses.size() > 1) continue;
    // The load is the same for all treatments: as much as it takes at today's settings.
    for (const TrialOutcome& one : outcomes)
      forecast.writes += one.writes / static_cast<double>(trials);
    writes = forecast.writes;
  }
  return forecast;
}

}  // namespace outlive::harness
