#include "check/verdict.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/number.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using Finding = Verdict::Finding;

constexpr std::size_t evidence_max = 5;

std::string count(std::uint64_t number) {
  return format_count(number);
}

std::string percent(double share) {
  // One decimal: what seeds change lies beyond.
  std::string text = std::to_string(std::llround(share * 1'000));
  if (text.size() < 2) text.insert(0, 2 - text.size(), '0');
  text.insert(text.size() - 1, 1, '.');
  return text + " %";
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Finding found(bool holds) {
  return holds ? Finding::holds : Finding::violated;
}

void figure(Verdict& verdict, std::string name, std::uint64_t value) {
  verdict.figures.emplace_back(std::move(name), static_cast<double>(value));
}

// One pattern over all instances, and what its keys were evicted beside.
struct PatternSum {
  std::uint64_t written = 0, lost = 0, evicted = 0, vanished = 0, beside = 0;
};

PatternSum sum_of(const Observations& seen, std::size_t keys, std::size_t others) {
  PatternSum sum;
  for (const InstanceObservations& instance : seen.instances) {
    const PatternTally& tally = instance.patterns[keys];
    sum.written += tally.written;
    sum.lost += tally.lost;
    sum.evicted += tally.evicted;
    sum.vanished += tally.vanished;
    sum.beside += tally.evicted_beside[others];
  }
  return sum;
}

void add_losses(const Observations& seen, std::size_t keys, Verdict& verdict) {
  for (const InstanceObservations& instance : seen.instances) {
    for (const Loss& loss : instance.patterns[keys].first_losses) {
      std::string line =
          "after " + format_span(loss.at) + " " + instance.name + " evicted " + loss.key;
      if (loss.ttl_ms >= 0)
        line += ", TTL left " + format_span(std::chrono::milliseconds{loss.ttl_ms});
      if (loss.idle_ms >= 0)
        line += ", idle " + format_span(std::chrono::milliseconds{loss.idle_ms});
      verdict.evidence.push_back(std::move(line));
    }
  }
}

std::string lost_of(const PatternSum& sum) {
  std::string text = count(sum.lost) + " of " + count(sum.written) + " lost";
  if (sum.lost > 0) text += " (" + percent(ratio(sum.lost, sum.written)) + ")";
  if (sum.vanished > 0) text += ", " + count(sum.vanished) + " gone unseen";
  return text;
}

void add_figures(const PatternSum& sum, Verdict& verdict) {
  figure(verdict, "written", sum.written);
  figure(verdict, "lost", sum.lost);
  figure(verdict, "evicted", sum.evicted);
  figure(verdict, "vanished", sum.vanished);
  verdict.figures.emplace_back("lost_share", ratio(sum.lost, sum.written));
}

void judge_outlives(const Check& check, const Observations& seen, Verdict& verdict) {
  const std::size_t keys = seen.place_of(check.keys), others = seen.place_of(check.others);
  const PatternSum sum = sum_of(seen, keys, others), other = sum_of(seen, others, keys);
  verdict.claim = "no " + check.keys + " is evicted while a " + check.others + " is there";
  add_figures(sum, verdict);
  figure(verdict, "evicted_beside", sum.beside);
  figure(verdict, "others_evicted", other.evicted);
  if (sum.written == 0 || other.written == 0) {
    verdict.seen = "no " + (sum.written == 0 ? check.keys : check.others) + " was ever written";
    return;
  }
  verdict.finding = found(sum.beside == 0 && sum.vanished == 0);
  verdict.seen = lost_of(sum) + ", " + count(other.evicted) + " evictions of the others";
  if (sum.evicted + other.evicted == 0) verdict.seen = "nothing was evicted: memory never ran out";
  add_losses(seen, keys, verdict);
}

void judge_never_evicted(const Check& check, const Observations& seen, Verdict& verdict) {
  const std::size_t keys = seen.place_of(check.keys);
  const PatternSum sum = sum_of(seen, keys, keys);
  verdict.claim = "no " + check.keys + " is evicted";
  add_figures(sum, verdict);
  if (sum.written == 0) {
    verdict.seen = "no " + check.keys + " was ever written";
    return;
  }
  verdict.finding = found(sum.evicted == 0 && sum.vanished == 0);
  verdict.seen = lost_of(sum);
  add_losses(seen, keys, verdict);
}

void judge_over_admission(const Check& check, const Observations& seen, Verdict& verdict) {
  constexpr double any = std::numeric_limits<double>::infinity();
  const AdmissionTally& tally = seen.admission;
  const double most = check.at_most.value_or(check.worst_at_most ? any : 0);
  const double worst_most = check.worst_at_most.value_or(any);
  verdict.claim =
      most == 0
          ? "nobody gets a ticket beyond the limit"
          : "at most " + (most == any ? format_double(worst_most) + " tickets too many a client"
                                      : format_double(most) + " tickets too many");
  figure(verdict, "asked", tally.asked);
  figure(verdict, "granted", tally.granted);
  figure(verdict, "failed", tally.failed);
  figure(verdict, "excess", tally.excess);
  figure(verdict, "clients_ahead", tally.clients_ahead);
  figure(verdict, "worst_excess", tally.worst_excess);
  if (tally.granted == 0) {
    verdict.seen = "no ticket was granted at all";
    return;
  }
  verdict.finding = found(static_cast<double>(tally.excess) <= most &&
                          static_cast<double>(tally.worst_excess) <= worst_most);
  verdict.seen =
      count(tally.excess) + " tickets too many, " + count(tally.granted) + " requests granted";
  if (tally.excess == 0) return;
  verdict.seen += "; " + count(tally.clients_ahead) + " of " + count(tally.clients) +
                  " clients got too many, the worst " + count(tally.worst_excess);
  verdict.evidence.push_back("the worst: " + tally.worst_client);
}

void judge_hit_ratio(const Check& check, const Observations& seen, Verdict& verdict) {
  const double least = check.at_least.value_or(0), most = check.at_most.value_or(1);
  verdict.claim =
      "the cache answers " +
      (check.at_most ? percent(least) + " to " + percent(most) : percent(least) + " or more") +
      " of its look-ups";
  figure(verdict, "hits", seen.cache.hits);
  figure(verdict, "lookups", seen.cache.lookups());
  verdict.figures.emplace_back("hit_ratio", seen.cache.hit_ratio());
  if (seen.cache.lookups() == 0) {
    verdict.seen = "nothing was looked up";
    return;
  }
  verdict.finding = found(seen.cache.hit_ratio() >= least && seen.cache.hit_ratio() <= most);
  verdict.seen =
      percent(seen.cache.hit_ratio()) + " of " + count(seen.cache.lookups()) + " look-ups";
}

void judge_only_on(const Check& check, const Observations& seen, Verdict& verdict) {
  const std::size_t keys = seen.place_of(check.keys);
  verdict.claim = check.keys + " only on " + check.instance;
  std::uint64_t here = 0, elsewhere = 0;
  for (const InstanceObservations& instance : seen.instances) {
    const PatternTally& tally = instance.patterns[keys];
    const std::uint64_t held = std::max(tally.written, tally.found);
    (instance.name == check.instance ? here : elsewhere) += held;
    if (held == 0) continue;
    verdict.seen += (verdict.seen.empty() ? "" : ", ") + count(held) + " on " + instance.name;
  }
  figure(verdict, "here", here);
  figure(verdict, "elsewhere", elsewhere);
  if (here + elsewhere == 0) {
    verdict.seen = "no " + check.keys + " was ever written";
    return;
  }
  verdict.finding = found(elsewhere == 0);
}

void judge_errors(const Check& check, const Observations& seen, Verdict& verdict) {
  std::uint64_t commands = 0, errors = 0;
  for (const InstanceObservations& instance : seen.instances) {
    for (std::size_t i = 0; i < operation_count; ++i) {
      const auto operation = static_cast<Operation>(i);
      if (check.operation && *check.operation != operation) continue;
      commands += instance.operations[i].count;
      for (const auto& [message, error] : instance.operations[i].errors) {
        if (!message.starts_with(check.saying)) continue;
        errors += error.count;
        if (verdict.evidence.size() == evidence_max) continue;
        verdict.evidence.push_back(count(error.count) + " × " + std::string{to_string(operation)} +
                                   " on " + instance.name + ", first after " +
                                   format_span(error.first_at) + ": " + message);
      }
    }
  }
  constexpr double any = std::numeric_limits<double>::infinity();
  const double least = check.at_least.value_or(0);
  const double most = check.at_most.value_or(check.at_least ? any : 0);
  const std::string what =
      "errors" + (check.operation ? " of " + std::string{to_string(*check.operation)} : "") +
      (check.saying.empty() ? "" : " that begin with \"" + check.saying + '"');
  verdict.claim = (most == 0     ? "no "
                   : most == any ? format_double(least) + " or more "
                                 : format_double(least) + " to " + format_double(most) + " ") +
                  what;
  figure(verdict, "errors", errors);
  figure(verdict, "commands", commands);
  verdict.seen = count(errors) + " in " + count(commands) + " commands";
  if (commands == 0) return;
  verdict.finding =
      found(static_cast<double>(errors) >= least && static_cast<double>(errors) <= most);
}

// In the order of CheckKind.
constexpr std::array<void (*)(const Check&, const Observations&, Verdict&), 6> judges{
    judge_outlives,  judge_never_evicted, judge_over_admission,
    judge_hit_ratio, judge_only_on,       judge_errors};

}  // namespace

std::string_view to_string(Verdict::Finding finding) {
  constexpr std::array<std::string_view, 3> names{"holds", "violated", "unjudged"};
  return names[static_cast<std::size_t>(finding)];
}

std::vector<Verdict> judge(const Scenario& scenario, const Observations& observations) {
  std::vector<Verdict> verdicts;
  for (const Check& check : scenario.checks) {
    Verdict& verdict = verdicts.emplace_back();
    verdict.kind = check.kind;
    verdict.expected_violated = check.expect_violated;
    judges[static_cast<std::size_t>(check.kind)](check, observations, verdict);
  }
  return verdicts;
}

}  // namespace outlive::harness
