// The front door of the harness for C++: play a scenario file, ask for the verdicts.
//
//   const outlive::ScenarioResult result = outlive::play_scenario("scenarios/split/split.toml");
//   CHECK(result.as_stated());
//   for (const outlive::CheckResult& check : result.checks) puts(check.seen.c_str());
//   CHECK(result.keys("tensorzero_ratelimit:*").lost == 0);
//
// scenarios/README.md is the language of scenario files; outlive/scenario_builder.hpp writes them
// in code, and outlive/catch2.hpp has matchers.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
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

// Keys that fit a pattern, counted over a play.
struct KeyCounts {
  std::uint64_t written = 0;  // different keys that were there at some time
  std::uint64_t lost = 0;     // different keys that were evicted at some time
  std::uint64_t evicted = 0;  // evictions; a key may come back and go again
  std::uint64_t expired = 0;
  std::uint64_t removed = 0;   // flushed, deleted or moved away
  std::uint64_t vanished = 0;  // gone at the end, and nothing told that they left
  std::uint64_t resident = 0;  // there at the end

  KeyCounts& operator+=(const KeyCounts& other);
};

struct InstanceCounts {
  std::string name;
  std::uint64_t used_memory = 0;                     // at the end
  std::map<std::string, KeyCounts> keys = {};        // by pattern
  std::map<std::string, std::uint64_t> errors = {};  // by message
};

// Requests that wanted tickets of a rate limit, and tickets beyond what an undisturbed limiter
// would have granted.
struct TicketCounts {
  std::uint64_t asked = 0;
  std::uint64_t granted = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;  // neither: the command failed
  std::uint64_t excess = 0;  // tickets too many, over all clients
  std::uint64_t worst_excess = 0;
  std::string worst_client = {};  // the bucket's key; empty: nobody got too many
};

struct LookUpCounts {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
};

// How things stood at one moment of many that cut the play into equal slices; counts are from the
// start.
struct TimelinePoint {
  std::chrono::microseconds at{};              // since the start
  std::vector<InstanceCounts> instances = {};  // `resident` and `evicted` of their keys alone
  LookUpCounts look_ups = {};
  std::uint64_t granted = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
};

struct ScenarioResult {
  std::string title;
  std::map<std::string, std::string> axes = {};  // what each axis stood for
  std::uint64_t seed = 0;
  std::uint64_t digest = 0;  // two equal plays on the embedded emulator have equal digests
  std::uint64_t requests = 0;
  std::vector<CheckResult> checks = {};        // in the file's order
  std::vector<InstanceCounts> instances = {};  // likewise
  TicketCounts tickets = {};
  LookUpCounts look_ups = {};
  std::vector<TimelinePoint> timeline = {};

  bool as_stated() const;
  // Of a pattern that a check or ScenarioOptions::watch names, or the gateway's own two; on all
  // instances, or on one. Throws UserError for another pattern or instance.
  KeyCounts keys(std::string_view pattern, std::string_view instance = {}) const;
  // A few lines for people: the title, then each check with what was seen and its evidence.
  std::string summary() const;
};

struct ScenarioOptions {
  std::string target = "embedded";         // as --target of `outlive run --help`
  std::optional<std::uint64_t> seed = {};  // none: the scenario's own
  // Values for axes in place of those that the file gives them: {{"cache_ttl", {"24h", "36h"}}}.
  std::vector<std::pair<std::string, std::vector<std::string>>> set = {};
  std::vector<std::string> watch = {};  // patterns of keys to count, besides those of checks
};

// Throws UserError: for a file with mistakes (a line each, with file and line), for a target that
// can't be had, for axes that make more than one play.
ScenarioResult play_scenario(const std::string& path, const ScenarioOptions& options = {});

// All plays of the file, one for each combination of the values of its axes.
std::vector<ScenarioResult> play_scenarios(const std::string& path,
                                           const ScenarioOptions& options = {});

// The same with the scenario's text; `name` stands for the file in messages.
ScenarioResult play_scenario_text(std::string_view toml, const ScenarioOptions& options = {},
                                  std::string name = "scenario");

}  // namespace outlive
