// Checks on what the gateway was answered: tickets, hits, errors.
#include <algorithm>
#include <limits>

#include "check/judges.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using namespace wording;

// Each kind of command that the check is about, on each instance.
template <typename Body>
void each_operation(const Check& check, const Observations& seen, Body body) {
  for (const InstanceObservations& instance : seen.instances) {
    for (std::size_t i = 0; i < operation_count; ++i) {
      const auto operation = static_cast<Operation>(i);
      if (check.operation && *check.operation != operation) continue;
      body(instance.operations[i], std::string{to_string(operation)} + " on " + instance.name);
    }
  }
}

}  // namespace

void judge_over_admission(const Check& check, const Observations& seen, Verdict& verdict) {
  constexpr double any = std::numeric_limits<double>::infinity();
  const AdmissionTally& tally = seen.admission;
  const double most = check.at_most.value_or(check.worst_at_most ? any : 0);
  const double worst_most = check.worst_at_most.value_or(any);
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
  verdict.seen = format_count(tally.excess) + " tickets too many, " + format_count(tally.granted) +
                 " requests granted";
  if (tally.excess == 0) return;
  verdict.seen += "; " + format_count(tally.clients_ahead) + " of " + format_count(tally.clients) +
                  " clients got too many, the worst " + format_count(tally.worst_excess);
  if (most == 0) shown_at(verdict, tally.first_excess_at);
  verdict.evidence.push_back("the worst: " + tally.worst_client);
}

void judge_hit_ratio(const Check& check, const Observations& seen, Verdict& verdict) {
  figure(verdict, "hits", seen.cache.hits);
  figure(verdict, "lookups", seen.cache.lookups());
  verdict.figures.emplace_back("hit_ratio", seen.cache.hit_ratio());
  if (seen.cache.lookups() == 0) {
    verdict.seen = "nothing was looked up";
    return;
  }
  verdict.finding = found(within_bounds(check, seen.cache.hit_ratio()));
  verdict.seen =
      percent(seen.cache.hit_ratio()) + " of " + format_count(seen.cache.lookups()) + " look-ups";
}

void judge_errors(const Check& check, const Observations& seen, Verdict& verdict) {
  constexpr double any = std::numeric_limits<double>::infinity();
  const double least = check.at_least.value_or(0);
  const double most = check.at_most.value_or(check.at_least ? any : 0);
  std::uint64_t commands = 0, errors = 0;
  each_operation(check, seen, [&](const OperationTally& tally, const std::string& which) {
    commands += tally.count;
    for (const auto& [message, error] : tally.errors) {
      if (!message.starts_with(check.saying)) continue;
      errors += error.count;
      if (most == 0) shown_at(verdict, error.first_at);
      if (verdict.evidence.size() == evidence_max) continue;
      verdict.evidence.push_back(format_count(error.count) + " × " + which + ", first after " +
                                 format_span(error.first_at) + ": " + message);
    }
  });
  figure(verdict, "errors", errors);
  figure(verdict, "commands", commands);
  verdict.seen = format_count(errors) + " in " + format_count(commands) + " commands";
  if (commands == 0) return;
  verdict.finding =
      found(static_cast<double>(errors) >= least && static_cast<double>(errors) <= most);
}

void judge_recovers_within(const Check& check, const Observations& seen, Verdict& verdict) {
  const Span deadline = check.after + check.within;
  const auto place = static_cast<std::size_t>(std::ranges::find(seen.deadlines, deadline) -
                                              seen.deadlines.begin());
  std::uint64_t errors = 0;
  Span last_error{}, last_success{};
  each_operation(check, seen, [&](const OperationTally& tally, const std::string& which) {
    last_success = std::max(last_success, tally.last_success);
    for (const auto& [message, error] : tally.errors) {
      if (!message.starts_with(check.saying)) continue;
      errors += error.count;
      last_error = std::max(last_error, error.last_at);
      if (error.last_at <= deadline) continue;
      const bool known = place < error.first_after.size();
      shown_at(verdict, known ? error.first_after[place].value_or(error.last_at) : error.last_at);
      if (verdict.evidence.size() == evidence_max) continue;
      verdict.evidence.push_back("after " + format_span(error.last_at) + " " + which +
                                 " still failed: " + message);
    }
  });
  figure(verdict, "errors", errors);
  figure(verdict, "last_error_us", static_cast<std::uint64_t>(last_error.count()));
  figure(verdict, "last_success_us", static_cast<std::uint64_t>(last_success.count()));
  if (errors == 0) {
    verdict.seen = "nothing ever failed";
    return;
  }
  verdict.finding = found(last_error <= deadline && last_success > check.after);
  verdict.seen = format_count(errors) + " errors, the last after " + format_span(last_error);
  if (last_success <= check.after) verdict.seen += "; nothing succeeded since";
}

void judge_latency(const Check& check, const Observations& seen, Verdict& verdict) {
  const bool any = check.longer_than == Span::zero();
  const double most = check.at_most.value_or(0);
  std::uint64_t delayed = 0;
  for (const auto& [wait, requests] : seen.delays.requests) {
    if (wait > check.longer_than) delayed += requests;
  }
  const Span worst = seen.delays.requests.empty() ? Span{} : seen.delays.requests.rbegin()->first;
  figure(verdict, "requests", seen.requests);
  figure(verdict, "delayed", delayed);
  figure(verdict, "worst_us", static_cast<std::uint64_t>(worst.count()));
  if (seen.requests == 0) {
    verdict.seen = "there was no request";
    return;
  }
  verdict.finding = found(static_cast<double>(delayed) <= most);
  verdict.seen = format_count(delayed) + " of " + format_count(seen.requests) + " requests";
  if (delayed == 0) return;
  verdict.seen += ", the worst by " + format_span(worst);
  if (most == 0 && any) shown_at(verdict, seen.delays.first_at);
}

}  // namespace outlive::harness
