// Looks at servers that never were, for the tests of what the doctor makes of a look.
#pragma once

#include <algorithm>
#include <string>

#include "doctor/diagnosis.hpp"
#include "doctor/stand_ins.hpp"

namespace outlive::harness {

constexpr std::int64_t some_now_ms = 1'750'000'000'000;

struct GroupText {
  std::string pattern;
  Role role = Role::other;
  double keys = 0;
  std::uint64_t usage = 64;  // by MEMORY USAGE
  std::int64_t ttl_s = 0;    // left; 0: none
  std::int64_t idle_s = 0;
  bool is_string = true;
};

// A server that holds these, weighed; `headroom` bytes below its cap.
inline Examination server_with(const std::string& policy, const std::vector<GroupText>& groups,
                               std::int64_t headroom = 0) {
  Examination seen;
  seen.now_ms = some_now_ms;
  seen.facts.url = "valkey://valkey:6379";
  seen.facts.version = "Valkey 8.1.1";
  seen.facts.profile = "valkey-8.1";
  seen.facts.policy = policy;
  double bytes = 1e6;
  for (const GroupText& one : groups) {
    KeyGroup group;
    group.pattern = {one.pattern, one.role};
    group.seen = static_cast<std::uint64_t>(one.keys);
    group.keys = one.keys;
    KeySample sample;
    sample.usage = one.usage;
    sample.is_string = one.is_string;
    sample.name_bytes = 60;
    sample.used_s = some_now_ms / 1'000 - one.idle_s;
    if (one.ttl_s > 0) sample.expiry_ms = some_now_ms + one.ttl_s * 1'000;
    group.samples.assign(4, sample);
    seen.facts.databases[0] += group.seen;
    seen.groups.push_back(std::move(group));
  }
  weigh(seen);
  for (const KeyGroup& group : seen.groups) bytes += group.keys * group.bytes_each();
  seen.facts.used_memory = static_cast<std::uint64_t>(bytes);
  seen.facts.maxmemory = static_cast<std::uint64_t>(static_cast<std::int64_t>(bytes) + headroom);
  return seen;
}

inline const GroupText buckets(double keys, std::int64_t idle_s = 10) {
  return {"tensorzero_ratelimit:*", Role::limits, keys, 64, 172'800 - idle_s, idle_s, false};
}

inline const GroupText cached(double keys, std::int64_t ttl_s = 86'400) {
  return {"tensorzero_cache:*", Role::answers, keys, 1'040, ttl_s, 0, true};
}

inline Forecast forecast_of(const Examination& seen, const ForecastOptions& options = {}) {
  return make_forecast(seen, options, [](std::uint64_t, std::uint64_t) {});
}

inline bool finds(std::string_view rule, const Examination& seen, Severity severity) {
  const std::vector<Judged> all = judge_live(seen, forecast_of(seen));
  return std::ranges::any_of(
      all, [&](const Judged& one) { return one.rule.id == rule && one.severity == severity; });
}

inline bool finds(std::string_view rule, const Examination& seen) {
  return finds(rule, seen, Severity::note) || finds(rule, seen, Severity::warning) ||
         finds(rule, seen, Severity::error);
}

}  // namespace outlive::harness
