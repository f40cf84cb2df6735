// The words of `outlive run`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/outputs.hpp"
#include "scenario/model.hpp"
#include "target/wire_terms.hpp"

namespace CLI {
class App;
}

namespace outlive::harness {

struct RunOptions {
  std::vector<std::string> paths;
  std::vector<std::string> targets{"embedded"};
  WireTerms terms;
  std::optional<std::uint64_t> seed;
  std::vector<std::string> settings;
  std::optional<Span> until;
  std::vector<Output> outputs;
  unsigned jobs = 1;
  bool watch = false;
};

// Teaches the application to read them, and its help. Keeps a reference to `options`.
void describe(CLI::App& app, RunOptions& options);

}  // namespace outlive::harness
