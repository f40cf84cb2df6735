// Checks on what instances hold: which keys, for how long, in how much memory.
#include <algorithm>

#include "check/judges.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using namespace wording;

bool concerns(const Check& check, const InstanceObservations& instance) {
  return check.instance.empty() || instance.name == check.instance;
}

}  // namespace

void judge_resident(const Check& check, const Observations& seen, Verdict& verdict) {
  const std::size_t keys = seen.place_of(check.keys);
  std::uint64_t written = 0, resident = 0;
  for (const InstanceObservations& instance : seen.instances) {
    if (!concerns(check, instance)) continue;
    written += instance.patterns[keys].written;
    resident += instance.patterns[keys].found;
  }
  figure(verdict, "written", written);
  figure(verdict, "resident", resident);
  if (!came_up(written + resident, check.keys, verdict)) return;
  verdict.finding = found(within_bounds(check, static_cast<double>(resident)));
  verdict.seen = format_count(resident) + " of " + format_count(written);
}

void judge_ttl(const Check& check, const Observations& seen, Verdict& verdict) {
  const std::size_t keys = seen.place_of(check.keys);
  TtlTally all;
  for (const InstanceObservations& instance : seen.instances) {
    const TtlTally& tally = instance.patterns[keys].ttl;
    if (tally.without > 0) all.without_key = tally.without_key;
    if (tally.finite() > 0) {
      all.widen(tally.least_ms, tally.least_key);
      all.widen(tally.most_ms, tally.most_key);
    }
    all.asked += tally.asked;
    all.without += tally.without;
  }
  figure(verdict, "keys", all.asked);
  figure(verdict, "without_ttl", all.without);
  figure(verdict, "least_ms", static_cast<std::uint64_t>(all.least_ms));
  figure(verdict, "most_ms", static_cast<std::uint64_t>(all.most_ms));
  if (!came_up(all.asked, check.keys, verdict)) return;
  const auto seconds = [](std::int64_t ms) { return static_cast<double>(ms) / 1000; };
  const bool finite = all.finite() > 0;
  const bool too_short = finite && check.at_least && seconds(all.least_ms) < *check.at_least;
  const bool too_long = finite && check.at_most && seconds(all.most_ms) > *check.at_most;
  const bool for_ever = all.without > 0 && check.at_most;
  verdict.finding = found(!too_short && !too_long && !for_ever);
  if (finite) {
    verdict.seen = "from " + shown_seconds(seconds(all.least_ms)) + " to " +
                   shown_seconds(seconds(all.most_ms)) + ", " + format_count(all.asked) + " keys";
  }
  if (all.without > 0) {
    verdict.seen += (finite ? ", " : "") + format_count(all.without) + " never expire";
  }
  if (too_short) verdict.evidence.push_back("the shortest: " + all.least_key);
  if (too_long) verdict.evidence.push_back("the longest: " + all.most_key);
  if (for_ever) verdict.evidence.push_back("without a TTL: " + all.without_key);
}

void judge_only_on(const Check& check, const Observations& seen, Verdict& verdict) {
  const std::size_t keys = seen.place_of(check.keys);
  std::uint64_t here = 0, elsewhere = 0;
  for (const InstanceObservations& instance : seen.instances) {
    const PatternTally& tally = instance.patterns[keys];
    const std::uint64_t held = std::max(tally.written, tally.found);
    (instance.name == check.instance ? here : elsewhere) += held;
    if (held == 0) continue;
    verdict.seen +=
        (verdict.seen.empty() ? "" : ", ") + format_count(held) + " on " + instance.name;
  }
  figure(verdict, "here", here);
  figure(verdict, "elsewhere", elsewhere);
  if (!came_up(here + elsewhere, check.keys, verdict)) return;
  verdict.finding = found(elsewhere == 0);
}

void judge_memory(const Check& check, const Observations& seen, Verdict& verdict) {
  for (std::size_t i = 0; i < seen.instances.size(); ++i) {
    if (seen.instances[i].name != check.instance) continue;
    std::uint64_t least = UINT64_MAX, most = 0;
    bool within = true;
    for (const Slice& slice : seen.timeline) {
      const std::uint64_t used = slice.instances[i].used_memory;
      least = std::min(least, used);
      most = std::max(most, used);
      if (within_bounds(check, static_cast<double>(used))) continue;
      within = false;
      shown_at(verdict, slice.at);
    }
    if (seen.timeline.empty()) return;
    figure(verdict, "least", least);
    figure(verdict, "most", most);
    verdict.finding = found(within);
    verdict.seen = format_count(least) + " to " + format_count(most) + " bytes, looked at " +
                   std::to_string(seen.timeline.size()) + " times";
  }
}

}  // namespace outlive::harness
