// The rows of all directives, apart from the code that reads them.
#pragma once

#include <span>

#include "engine/directives.hpp"

namespace outlive {

// What a directive does here besides being remembered: writes its checked, canonical value into the
// options.
struct DirectiveEffect {
  std::string_view name;
  void (*apply)(Options& options, const std::string& value);
};
std::span<const DirectiveEffect> directive_effects();

// Directives whose feature outlive lacks: the values that ask for nothing of it, blank-separated
// ("-" stands for the empty one), and what to tell whoever wants more.
struct UnsupportedDirective {
  std::string_view name;
  std::string_view inert;
  std::string_view reason;
};
std::span<const UnsupportedDirective> unsupported_directives();

}  // namespace outlive
