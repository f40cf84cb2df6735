// From scenarios to what became of them.
#pragma once

#include <vector>

#include "cli/run_options.hpp"
#include "report/report.hpp"
#include "target/kind.hpp"

namespace outlive::harness {

// Plays as many at once as the options say; the results are in the order of the scenarios, and no
// play hangs on another. What can't be played is in the run too, with its reason. After an
// interrupt (cli/interrupt.hpp) it comes back at once: what had not ended is in the run as
// interrupted.
Run play_all(std::vector<Scenario> scenarios, const TargetKind& target, const RunOptions& options);

}  // namespace outlive::harness
