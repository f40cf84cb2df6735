// outlive run --watch: plays again whenever somebody has saved a file that was played.
#pragma once

#include <functional>

#include "cli/run_options.hpp"

namespace outlive::harness {

// Calls `play` at once, and again after each change of a file that the scenarios read, or would
// read if it were there. What `play` throws for the user is shown, and it goes on: the next save
// may mend it. Comes back, with the exit status, when somebody interrupts the waiting; throws
// Interrupted when it was a play.
int play_on_change(const RunOptions& options, const std::function<void()>& play);

}  // namespace outlive::harness
