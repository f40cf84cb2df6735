// Ctrl-C, and other requests to end.
#pragma once

#include <atomic>

namespace outlive::harness {

// From the first call on, the signals that ask to end make this true; a second one ends the program
// as ever.
const std::atomic<bool>& interrupted();

constexpr int status_interrupted = 130;  // as shells have it: 128 and SIGINT

}  // namespace outlive::harness
