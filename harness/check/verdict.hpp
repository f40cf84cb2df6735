// What a check found.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "play/observations.hpp"
#include "scenario/model.hpp"

namespace outlive::harness {

struct Verdict {
  // unjudged: what the check is about never came up, so that nothing can be said.
  enum class Finding : std::uint8_t { holds, violated, unjudged };

  CheckKind kind = CheckKind::outlives;
  Finding finding = Finding::unjudged;
  bool expected_violated = false;
  int line = 0;       // of the check, in the file; 0: made in code
  std::string claim;  // what would hold, in words
  std::string seen;   // what was seen instead, or all the same, in words
  std::vector<std::pair<std::string, double>> figures;
  std::vector<std::string> evidence;  // the first few losses, clients or messages
  // The end of the shortest beginning of the run that shows the violation; none: only the whole
  // does.
  std::optional<Span> first_at;

  bool as_stated() const {
    return finding == (expected_violated ? Finding::violated : Finding::holds);
  }
};

std::string_view to_string(Verdict::Finding finding);

// A verdict a check of the scenario, in its order.
std::vector<Verdict> judge(const Scenario& scenario, const Observations& observations);

}  // namespace outlive::harness
