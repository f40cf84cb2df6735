// Checks on keys that leave: who goes, beside whom, on which score.
#include <algorithm>

#include "check/judges.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using namespace wording;

// One pattern over all instances, and what its keys were evicted beside.
struct PatternSum {
  std::uint64_t written = 0, lost = 0, evicted = 0, stale = 0, removed = 0, vanished = 0;
  Beside beside;
};

PatternSum sum_of(const Observations& seen, std::size_t keys, std::size_t others) {
  PatternSum sum;
  for (const InstanceObservations& instance : seen.instances) {
    const PatternTally& tally = instance.patterns[keys];
    sum.written += tally.written;
    sum.lost += tally.lost;
    sum.evicted += tally.evicted;
    sum.stale += tally.stale;
    sum.removed += tally.removed;
    sum.vanished += tally.vanished;
    const Beside& beside = tally.evicted_beside[others];
    if (beside.count == 0) continue;
    const bool first = sum.beside.count == 0 || beside.first_at < sum.beside.first_at;
    if (first) sum.beside.first_at = beside.first_at;
    sum.beside.count += beside.count;
  }
  return sum;
}

std::string words_of(const Loss& loss, const std::string& instance) {
  std::string line = "after " + format_span(loss.at) + " (request " + format_count(loss.request) +
                     ") " + instance + " evicted " + loss.key;
  if (loss.ttl_ms >= 0) line += ", TTL left " + format_span(std::chrono::milliseconds{loss.ttl_ms});
  if (loss.idle_ms >= 0) line += ", idle " + format_span(std::chrono::milliseconds{loss.idle_ms});
  return line;
}

using Losses = std::vector<Loss> PatternTally::*;

void add_losses(const Observations& seen, const std::string& keys, Losses losses,
                Verdict& verdict) {
  for (const InstanceObservations& instance : seen.instances) {
    for (const Loss& loss : instance.patterns[seen.place_of(keys)].*losses) {
      verdict.evidence.push_back(words_of(loss, instance.name));
    }
  }
}

// The same, where a single one of them is a violation.
void blame_losses(const Observations& seen, const std::string& keys, Losses losses,
                  Verdict& verdict) {
  for (const InstanceObservations& instance : seen.instances) {
    const std::vector<Loss>& found = instance.patterns[seen.place_of(keys)].*losses;
    if (!found.empty()) shown_at(verdict, found.front().at);
  }
  add_losses(seen, keys, losses, verdict);
}

std::string lost_of(const PatternSum& sum) {
  std::string text = format_count(sum.lost) + " of " + format_count(sum.written) + " lost";
  if (sum.lost > 0) text += " (" + percent(ratio(sum.lost, sum.written)) + ")";
  if (sum.vanished > 0) text += ", " + format_count(sum.vanished) + " gone unseen";
  return text;
}

void add_figures(const PatternSum& sum, Verdict& verdict) {
  figure(verdict, "written", sum.written);
  figure(verdict, "lost", sum.lost);
  figure(verdict, "evicted", sum.evicted);
  figure(verdict, "vanished", sum.vanished);
  verdict.figures.emplace_back("lost_share", ratio(sum.lost, sum.written));
}

// Sums up the check's own pattern and books the figures that every such check has.
PatternSum booked(const Check& check, const Observations& seen, Verdict& verdict) {
  const std::size_t keys = seen.place_of(check.keys);
  const PatternSum sum = sum_of(seen, keys, keys);
  add_figures(sum, verdict);
  return sum;
}

}  // namespace

void judge_outlives(const Check& check, const Observations& seen, Verdict& verdict) {
  const std::size_t keys = seen.place_of(check.keys), others = seen.place_of(check.others);
  const PatternSum sum = sum_of(seen, keys, others), other = sum_of(seen, others, keys);
  add_figures(sum, verdict);
  figure(verdict, "evicted_beside", sum.beside.count);
  figure(verdict, "others_evicted", other.evicted);
  if (!came_up(sum.written, check.keys, verdict) || !came_up(other.written, check.others, verdict))
    return;
  verdict.finding = found(sum.beside.count == 0 && sum.vanished == 0);
  verdict.seen = lost_of(sum) + ", " + format_count(other.evicted) + " evictions of the others";
  if (sum.evicted + other.evicted == 0) verdict.seen = "nothing was evicted: memory never ran out";
  if (sum.beside.count > 0) shown_at(verdict, sum.beside.first_at);
  add_losses(seen, check.keys, &PatternTally::first_losses, verdict);
}

void judge_order(const Check& check, const Observations& seen, Verdict& verdict) {
  std::uint64_t evicted = 0, too_early = 0;
  for (std::size_t i = 0; i < check.classes.size(); ++i) {
    const std::string& later = check.classes[i];
    const std::size_t place = seen.place_of(later);
    const PatternSum sum = sum_of(seen, place, place);
    evicted += sum.evicted;
    verdict.seen += (i == 0 ? "" : ", ") + format_count(sum.evicted) + " × " + later;
    for (std::size_t j = 0; j < i; ++j) {
      const Beside beside = sum_of(seen, place, seen.place_of(check.classes[j])).beside;
      if (beside.count == 0) continue;
      too_early += beside.count;
      shown_at(verdict, beside.first_at);
      verdict.evidence.push_back("after " + format_span(beside.first_at) + " " + later +
                                 " was evicted while " + check.classes[j] + " was there, " +
                                 format_count(beside.count) + " times in all");
    }
  }
  figure(verdict, "evicted", evicted);
  figure(verdict, "too_early", too_early);
  if (evicted == 0) {
    verdict.seen = "nothing was evicted: memory never ran out";
    return;
  }
  verdict.finding = found(too_early == 0);
  verdict.seen = "evicted: " + verdict.seen;
}

void judge_never_evicted(const Check& check, const Observations& seen, Verdict& verdict) {
  const PatternSum sum = booked(check, seen, verdict);
  if (!came_up(sum.written, check.keys, verdict)) return;
  verdict.finding = found(sum.evicted == 0 && sum.vanished == 0);
  verdict.seen = lost_of(sum);
  blame_losses(seen, check.keys, &PatternTally::first_losses, verdict);
}

void judge_evicted_share(const Check& check, const Observations& seen, Verdict& verdict) {
  const PatternSum sum = booked(check, seen, verdict);
  if (!came_up(sum.written, check.keys, verdict)) return;
  // Of one that vanished nobody knows why.
  verdict.finding = found(within_bounds(check, ratio(sum.lost, sum.written)) && sum.vanished == 0);
  verdict.seen = lost_of(sum);
  add_losses(seen, check.keys, &PatternTally::first_losses, verdict);
}

void judge_no_stale_pool(const Check& check, const Observations& seen, Verdict& verdict) {
  const PatternSum sum = booked(check, seen, verdict);
  figure(verdict, "stale", sum.stale);
  if (!came_up(sum.written, check.keys, verdict)) return;
  if (!seen.tells_scores) {
    verdict.seen = "the target does not tell on which score a key is evicted";
    return;
  }
  verdict.finding = found(sum.stale == 0);
  verdict.seen =
      format_count(sum.stale) + " of " + format_count(sum.evicted) + " evictions on a void score";
  blame_losses(seen, check.keys, &PatternTally::stale_losses, verdict);
}

void judge_loses_nothing(const Check& check, const Observations& seen, Verdict& verdict) {
  const PatternSum sum = booked(check, seen, verdict);
  figure(verdict, "removed", sum.removed);
  if (!came_up(sum.written, check.keys, verdict)) return;
  verdict.finding = found(sum.evicted + sum.removed + sum.vanished == 0);
  verdict.seen = lost_of(sum);
  if (sum.removed > 0) verdict.seen += ", " + format_count(sum.removed) + " times one was removed";
  blame_losses(seen, check.keys, &PatternTally::first_losses, verdict);
}

}  // namespace outlive::harness
