// From the text of a scenario file to a scenario that can be played. All that is wrong is told at
// once, as file:line: what is wrong, with the nearest valid name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "outlive/emulator.hpp"
#include "scenario/model.hpp"

namespace outlive::harness {

// What a server knows of directives: by it the directives in a file are judged.
class DirectiveBook {
 public:
  virtual ~DirectiveBook() = default;
  virtual std::vector<std::string_view> names() const = 0;
  // Why a server would not start with this value; empty: it would.
  virtual std::string refusal(const Directive& directive) const = 0;
};

// what() has a line a mistake.
class ScenarioError : public UserError {
 public:
  using UserError::UserError;
};

// Throws ScenarioError. `file` is only what mistakes are reported under.
Scenario parse_scenario(std::string_view text, std::string file, const DirectiveBook& book);

// The same from a file; throws UserError if it can't be read.
Scenario load_scenario(const std::string& path, const DirectiveBook& book);

}  // namespace outlive::harness
