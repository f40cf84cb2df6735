// The scenarios that `outlive new` begins with, cli/templates/*.toml.
#pragma once

#include <span>
#include <string_view>

namespace outlive::harness {

struct Template {
  std::string_view name;
  std::string_view meaning;
  std::string_view text;
};

// All of them; the first is the default.
std::span<const Template> templates();

}  // namespace outlive::harness
