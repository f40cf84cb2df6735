// What a check is about: what would hold, in words.
#pragma once

#include <string>

#include "scenario/model.hpp"

namespace outlive::harness {

// "no tensorzero_ratelimit:* is evicted".
std::string claim_of(const Check& check);

}  // namespace outlive::harness
