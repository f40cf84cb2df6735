// The emulator of a trial, and how much of the server it holds.
#include <algorithm>

#include "doctor/trial.hpp"

namespace outlive::harness {
namespace {

constexpr int databases_default = 16;

}  // namespace

Emulator::Options trial_options(const Examination& examination, const TrialSetting& setting,
                                std::uint64_t seed) {
  Emulator::Options options;
  // A histogram for each command's first use would weigh as much as a hundred keys.
  options.directives = {{"outlive-profile", examination.facts.profile},
                        {"latency-tracking", "no"},
                        {stand_in_directive.first, stand_in_directive.second},
                        {"maxmemory-policy", setting.policy},
                        {"maxmemory-samples", std::to_string(setting.samples)}};
  for (const char* name : {"maxmemory-eviction-tenacity", "lfu-log-factor", "lfu-decay-time"}) {
    const auto found = examination.facts.directives.find(name);
    if (found != examination.facts.directives.end()) {
      options.directives.emplace_back(name, found->second);
    }
  }
  int databases = databases_default;
  for (const KeyGroup& group : examination.groups) {
    databases = std::max(databases, group.database + 1);
  }
  options.directives.emplace_back("databases", std::to_string(databases));
  options.seed = seed;
  options.start = Time{std::chrono::milliseconds{examination.now_ms}};
  options.journal_limit = 0;
  return options;
}

std::uint64_t scale_of(const Examination& examination, const LoadPlan& plan,
                       std::uint64_t maxmemory) {
  double keys = 0, bytes = 0;
  for (const KeyGroup& group : examination.groups) {
    keys += group.keys;
    bytes += group.keys * group.bytes_each();
  }
  const double used = static_cast<double>(examination.facts.used_memory.value_or(0));
  const double room = std::max(static_cast<double>(maxmemory) - used, 0.0);
  bytes += room;
  keys += room / std::max(plan.bytes_each, 1.0);
  std::uint64_t scale = 1;
  while (keys / static_cast<double>(scale) > trial_keys_max ||
         bytes / static_cast<double>(scale) > trial_bytes_max) {
    scale *= 2;
  }
  return scale;
}

}  // namespace outlive::harness
