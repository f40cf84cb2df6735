// What becomes of the keys of a server under a load, at its settings and at others.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "doctor/trial.hpp"
#include "doctor/until_cap.hpp"

namespace outlive::harness {

struct ForecastOptions {
  LoadOptions load;
  std::optional<double> bytes_per_second;
  std::optional<std::uint64_t> samples;  // maxmemory-samples, where CONFIG GET does not tell
  std::uint64_t seed = 1;
};

// Settings that could be, in words.
struct Treatment {
  std::string id;    // "as-it-is", "volatile-ttl", "twice-the-memory", "ten-samples"
  std::string name;  // "maxmemory-policy volatile-ttl"
  TrialSetting setting;
};

// What became of the keys, as means over the trials, in keys of the server.
struct Prognosis {
  Treatment treatment;
  std::vector<double> evicted;  // by groups
  double limits_lost = 0, limits_lost_min = 0, limits_lost_max = 0;
  double limits_lost_unrefilled = 0;  // of these, with more than half of their TTL left
  double others_evicted = 0;
  double refused = 0;         // of the writes
  std::vector<double> first;  // by groups, of the first hundred evictions
  bool cap_was_met = false;
};

struct Forecast {
  CapForecast until;
  std::optional<LoadPlan> plan;
  std::string why_not;                   // nothing was played for this; "": it was
  std::uint64_t scale = 1;               // one key was rebuilt of so many
  std::uint64_t trials = 0;              // of each treatment
  double writes = 0;                     // that were played, in keys of the server
  double limits = 0;                     // keys, before
  std::vector<Prognosis> prognoses;      // the server's own settings first
  std::uint64_t limits_alone_bytes = 0;  // maxmemory of a server of limits alone; 0: none seen

  // The one in which fewest limits are lost, the nearest to today's settings of equals; null:
  // nothing was played.
  const Prognosis* best() const;
};

// The settings to play: the server's own, and those that are recommended for what it holds.
std::vector<Treatment> treatments_for(const Examination& examination,
                                      std::optional<std::uint64_t> samples);

Forecast make_forecast(const Examination& examination, const ForecastOptions& options,
                       const std::function<void(std::uint64_t done, std::uint64_t of)>& progress);

}  // namespace outlive::harness
