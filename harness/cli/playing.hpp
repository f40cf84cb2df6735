// From scenarios to what became of them.
#pragma once

#include <vector>

#include "cli/run_options.hpp"
#include "report/report.hpp"
#include "target/kind.hpp"

namespace outlive::harness {

// What can't be played is in the run too, with its reason.
Run play_all(std::vector<Scenario> scenarios, const TargetKind& target, const RunOptions& options);

}  // namespace outlive::harness
