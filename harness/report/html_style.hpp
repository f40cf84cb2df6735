// The style sheet of the HTML report, report/html_style.css.
#pragma once

#include <string_view>

namespace outlive::harness {

extern const std::string_view html_style;

}  // namespace outlive::harness
