// A look at a server, judged.
#include <algorithm>

#include "doctor/diagnosis.hpp"
#include "doctor/live_rules.hpp"

namespace outlive::harness {
namespace {

// Those of `outlive check` that ask for nothing but what a server tells. Of the others some want
// files, and some (memory for all users, TTLs) have a better answer here.
constexpr std::string_view of_check[] = {
    "shared-policy",       "shared-noeviction", "primary-evicts",     "cache-noeviction",
    "cache-policy",        "no-maxmemory",      "few-samples",        "maxmemory-too-small",
    "functions-not-saved", "limits-not-saved",  "snapshots-far-apart"};

Judged filled(const Rule& rule, Finding one) {
  return {.rule = rule,
          .severity = one.severity.value_or(rule.severity),
          .origin = std::move(one.origin),
          .found = std::move(one.found),
          .mend = one.mend.empty() ? std::string{rule.mend} : std::move(one.mend),
          .scenario = one.scenario.empty() ? std::string{rule.scenario} : std::move(one.scenario)};
}

}  // namespace

std::vector<Judged> judge_live(const Examination& examination, const Forecast& forecast) {
  std::vector<Judged> judged;
  for (const auto rules : {limit_rules(), memory_rules()}) {
    for (const LiveRule& one : rules) {
      Findings findings;
      one.look(examination, forecast, findings);
      for (Finding& finding : findings) judged.push_back(filled(one.rule, std::move(finding)));
    }
  }
  for (Judged& one : judge(deployment_of(examination))) {
    if (std::ranges::find(of_check, one.rule.id) == std::end(of_check)) continue;
    judged.push_back(std::move(one));
  }
  std::ranges::stable_sort(judged, std::ranges::greater{}, &Judged::severity);
  return judged;
}

}  // namespace outlive::harness
