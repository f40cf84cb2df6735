#include "check/verdict.hpp"

#include <array>

#include "check/claim.hpp"
#include "check/judges.hpp"

namespace outlive::harness {
namespace {

// In the order of CheckKind.
constexpr std::array<Judge, check_kind_count> judges{
    judge_outlives,      judge_order,           judge_never_evicted,  judge_evicted_share,
    judge_no_stale_pool, judge_loses_nothing,   judge_resident,       judge_ttl,
    judge_only_on,       judge_memory,          judge_over_admission, judge_hit_ratio,
    judge_errors,        judge_recovers_within, judge_latency};

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
    verdict.claim = claim_of(check);
    verdict.expected_violated = check.expects_violation(observations.target);
    verdict.line = check.line;
    judges[static_cast<std::size_t>(check.kind)](check, observations, verdict);
    if (verdict.finding != Verdict::Finding::violated) verdict.first_at.reset();
  }
  return verdicts;
}

}  // namespace outlive::harness
