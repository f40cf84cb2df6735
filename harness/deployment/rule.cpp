#include "deployment/rule.hpp"

#include <algorithm>

namespace outlive::harness {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::note:
      return "note";
    case Severity::warning:
      return "warning";
    default:
      return "error";
  }
}

std::vector<Rule> all_rules() {
  std::vector<Rule> all;
  for (const auto family : {eviction_rules(), lifetime_rules(), size_rules(), persistence_rules(),
                            routing_rules(), access_rules(), gateway_rules()}) {
    all.insert(all.end(), family.begin(), family.end());
  }
  return all;
}

std::vector<Judged> judge(const Deployment& deployment) {
  std::vector<Judged> judged;
  for (const Rule& rule : all_rules()) {
    Findings findings;
    rule.look(deployment, findings);
    for (Finding& one : findings) {
      judged.push_back({.rule = rule,
                        .severity = one.severity.value_or(rule.severity),
                        .origin = std::move(one.origin),
                        .found = std::move(one.found),
                        .mend = one.mend.empty() ? std::string{rule.mend} : std::move(one.mend),
                        .scenario = one.scenario.empty() ? std::string{rule.scenario}
                                                         : std::move(one.scenario)});
    }
  }
  std::ranges::stable_sort(judged, std::ranges::greater{}, &Judged::severity);
  return judged;
}

}  // namespace outlive::harness
