// A closer look at some keys: what they weigh, how long they live, how long nobody asked for them.
#pragma once

#include "doctor/scan.hpp"

namespace outlive::harness {

// Fills in samples (but for what they weigh) and `closed` of the groups, `ranks_known`, `looked_at`
// and `unseen`. `begun` is called once every command has been used.
void look_closer(GentleClient& client, Scanned scanned, const ExamineOptions& options,
                 const ExamineProgress& progress, const std::function<void()>& begun,
                 Examination& examination);

}  // namespace outlive::harness
