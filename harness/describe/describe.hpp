// Scenarios in words: one told as a story, many in a list.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

// The plays of one file, at least one; they may differ by the values of axes.
using Plays = std::vector<Scenario>;

// What somebody would tell of it.
void write_description(std::ostream& out, const Plays& plays);

struct Listed {
  std::string name;  // as `outlive run` takes it
  Plays plays;
};

struct ListFormat {
  std::string_view name;
  std::string_view meaning;
  void (*write)(std::ostream& out, std::span<const Listed> scenarios);
};

// All formats; the first is the default.
std::span<const ListFormat> list_formats();

}  // namespace outlive::harness
