// The front door of the harness for C++: play a scenario file, ask for the verdicts.
//
//   const outlive::ScenarioResult result = outlive::play_scenario("scenarios/split/split.toml");
//   CHECK(result.as_stated());
//   for (const outlive::CheckResult& check : result.checks) puts(check.seen.c_str());
//
// scenarios/README.md is the language of scenario files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "outlive/emulator.hpp"

namespace outlive {

struct CheckResult {
  std::string kind;     // "outlives", "over-admission", …
  std::string verdict;  // "holds", "violated", or "unjudged" when its subject never came up
  std::string stated;   // what the scenario expects: "holds" or "violated"
  std::string claim;    // what would hold, in words
  std::string seen;     // what was seen, in words
  std::vector<std::pair<std::string, double>> figures;  // the same in numbers, e.g. lost_share
  std::vector<std::string> evidence;                    // the first few losses or messages

  bool as_stated() const { return verdict == stated; }
};

struct ScenarioResult {
  std::string title;
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;  // two equal plays on the embedded emulator have equal digests
  std::uint64_t requests = 0;
  std::vector<CheckResult> checks;  // in the file's order

  bool as_stated() const;
};

struct ScenarioOptions {
  std::string target = "embedded";         // or exec:PATH, a program like valkey-server
  std::optional<std::uint64_t> seed = {};  // none: the scenario's own
};

// Throws UserError: for a file with mistakes (a line each, with file and line), for a target that
// can't be had.
ScenarioResult play_scenario(const std::string& path, const ScenarioOptions& options = {});

// The same with the scenario's text; `name` stands for the file in messages.
ScenarioResult play_scenario_text(std::string_view toml, const ScenarioOptions& options = {},
                                  std::string name = "scenario");

}  // namespace outlive
