// Findings and lists as people read them: in `outlive check` and `outlive doctor`.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "deployment/rule.hpp"

namespace outlive::harness {

// A heading and words beside it, broken at blanks; what is broken goes on under the words.
void write_beside(std::ostream& out, std::string_view heading, std::string_view words);

void write_finding(std::ostream& out, const Judged& one);

// "1 error", "2 errors".
std::string counted(std::size_t count, std::string_view what);

}  // namespace outlive::harness
