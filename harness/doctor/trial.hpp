// What a server holds, rebuilt in an emulator, and a load upon it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "doctor/load_plan.hpp"
#include "doctor/stand_ins.hpp"

namespace outlive::harness {

// Settings to play by.
struct TrialSetting {
  std::string policy;
  std::uint64_t maxmemory = 0;  // bytes, of the real server: more than 0
  std::uint64_t samples = 5;    // maxmemory-samples
};

struct TrialOutcome {
  // By the numbers of groups, in keys of the real server.
  std::vector<double> evicted;
  std::vector<double> evicted_unrefilled;  // of limits: with more than half of their TTL left
  std::vector<double> evicted_first;       // of the first hundred evictions
  double writes = 0;
  double refused = 0;
  bool cap_was_met = false;  // something was evicted or refused
  Span lasted{};
};

// An empty emulator with the setting's policy and the server's other directives, without a cap; its
// clock is the server's.
Emulator::Options trial_options(const Examination& examination, const TrialSetting& setting,
                                std::uint64_t seed);

// What may be evicted, scaled so that no more than so many keys and bytes are rebuilt.
constexpr double trial_keys_max = 150'000;
constexpr double trial_bytes_max = 256.0 * 1024 * 1024;

// One key is rebuilt of so many: a power of two, so that tables are as full as the server's.
std::uint64_t scale_of(const Examination& examination, const LoadPlan& plan,
                       std::uint64_t maxmemory);

// Rebuilds the population by its samples, a key in `scale`, sets the cap as far off as the server's
// (a `scale`th), and lets the load come: `writes` of it in the server's keys, or none: until the
// cap and then each key like the new ones once more. The facts must have used_memory. The same seed
// gives the same outcome.
TrialOutcome play_trial(const Examination& examination, const LoadPlan& plan,
                        const TrialSetting& setting, std::uint64_t scale,
                        std::optional<double> writes, std::uint64_t seed, StandIns& stand_ins);

}  // namespace outlive::harness
