// From the text of a scenario file to a scenario that can be played. All that is wrong is told at
// once, as file:line: what is wrong, with the nearest valid name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "outlive/emulator.hpp"
#include "scenario/mistakes.hpp"
#include "scenario/model.hpp"

namespace outlive::harness {

// What a server knows of directives: by it the directives in a file are judged.
class DirectiveBook {
 public:
  enum class When : std::uint8_t { starting, running };

  virtual ~DirectiveBook() = default;
  virtual std::vector<std::string_view> names() const = 0;
  // Why a server would not start with this value, or not take it while it runs; empty: it would.
  // `kind` says what the server is, by outlive-profile and outlive-like; empty: the default version,
  // nobody's service.
  virtual std::string refusal(const Directive& directive, When when,
                              std::span<const Directive> kind = {}) const = 0;
};

// what() has a line a mistake.
class ScenarioError : public UserError {
 public:
  explicit ScenarioError(std::vector<Mistake> mistakes)
      : UserError{to_string(mistakes)}, mistakes_{std::move(mistakes)} {}

  // In the order of the files.
  const std::vector<Mistake>& mistakes() const { return mistakes_; }

 private:
  std::vector<Mistake> mistakes_;
};

// Values for an axis in place of those that the file gives it.
struct Setting {
  std::string name;
  std::vector<std::string> values;  // as typed; at least one
};

// The plays of a scenario: one for each combination of the values of its axes. Settings of axes
// that it doesn't have are passed over. Throws ScenarioError. `file` is what mistakes are reported
// under, and what paths in the text are relative to.
std::vector<Scenario> parse_plays(std::string_view text, std::string file,
                                  const DirectiveBook& book,
                                  std::span<const Setting> settings = {});

// The same from a file; one that can't be read is a mistake without a line.
std::vector<Scenario> load_plays(const std::string& path, const DirectiveBook& book,
                                 std::span<const Setting> settings = {});

// The same where it must be one play; ScenarioError for several.
Scenario parse_scenario(std::string_view text, std::string file, const DirectiveBook& book,
                        std::span<const Setting> settings = {});
Scenario load_scenario(const std::string& path, const DirectiveBook& book,
                       std::span<const Setting> settings = {});

// The files that load_plays reads, or would if they were there: the scenario's own, those that it
// includes, and those that its traffic names. Of one with mistakes as far as it can be read.
std::vector<std::string> files_behind(const std::string& path, const DirectiveBook& book,
                                      std::span<const Setting> settings = {});

}  // namespace outlive::harness
