// The settings to play.
#include "base/number.hpp"
#include "deployment/words.hpp"
#include "doctor/forecast.hpp"

namespace outlive::harness {
namespace {

constexpr std::uint64_t samples_default = 5;  // valkey.conf, maxmemory-samples
constexpr std::uint64_t samples_many = 10;
constexpr std::string_view by_ttl = "volatile-ttl";

std::uint64_t samples_of(const ServerFacts& facts, std::optional<std::uint64_t> named) {
  if (named) return *named;
  const auto found = facts.directives.find("maxmemory-samples");
  const auto told = found == facts.directives.end() ? std::nullopt : parse_unsigned(found->second);
  return told.value_or(samples_default);
}

// To what people would write.
std::uint64_t rounded_up(std::uint64_t bytes) {
  const std::uint64_t unit = bytes < 10 << 20 ? 1 << 10 : 1 << 20;
  return (bytes + unit - 1) / unit * unit;
}

std::string cap_in_words(std::uint64_t bytes) {
  return "maxmemory " + bytes_in_words(bytes);
}

}  // namespace

std::vector<Treatment> treatments_for(const Examination& examination,
                                      std::optional<std::uint64_t> samples) {
  const ServerFacts& facts = examination.facts;
  TrialSetting now{.policy = *facts.policy,
                   .maxmemory = *facts.maxmemory,
                   .samples = samples_of(facts, samples)};
  std::vector<Treatment> all{{"as-it-is", "as it is: " + now.policy, now}};
  const bool has_limits = examination.keys_of(Role::limits) > 0;
  TrialSetting mended = now;
  std::string with;
  if (has_limits && now.policy != by_ttl) {
    mended.policy = by_ttl;
    with = "maxmemory-policy " + mended.policy;
    all.push_back({"volatile-ttl", with, mended});
    with += ", ";
  }
  if (has_limits && mended.samples < samples_many) {
    TrialSetting more = mended;
    more.samples = samples_many;
    all.push_back({"ten-samples", with + "maxmemory-samples 10", more});
  }
  TrialSetting larger = mended;
  larger.maxmemory = rounded_up(larger.maxmemory * 2);
  all.push_back({"twice-the-memory", with + cap_in_words(larger.maxmemory), larger});
  return all;
}

}  // namespace outlive::harness
