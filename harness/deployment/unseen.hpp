// What a look at files could not see.
#pragma once

#include "deployment/deployment.hpp"

namespace outlive::harness {

// Adds to the deployment's `unseen` what is not known of it, each with the option that would tell
// it.
void note_unseen(Deployment& deployment);

}  // namespace outlive::harness
