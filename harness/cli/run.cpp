// outlive run: plays scenarios and reports.
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/command_line.hpp"
#include "cli/interrupt.hpp"
#include "cli/loading.hpp"
#include "cli/outputs.hpp"
#include "cli/playing.hpp"
#include "cli/run_options.hpp"
#include "cli/subcommands.hpp"
#include "cli/watching.hpp"
#include "outlive/emulator.hpp"
#include "play/player.hpp"

namespace outlive::harness {
namespace {

// A report for programs says what is wrong with the files as well; people are told once, on
// standard error.
void report_mistakes(const std::string& mistakes, const TargetKind& target,
                     const RunOptions& options) {
  std::vector<Output> for_programs;
  for (const Output& output : options.outputs) {
    if (output.format->for_programs) for_programs.push_back(output);
  }
  write_reports({.target = target.name(),
                 .repeatable = target.repeatable(),
                 .played = {},
                 .took = {},
                 .error = mistakes},
                for_programs);
}

std::vector<Scenario> load(const TargetKind& target, const RunOptions& options) {
  try {
    return load_all(scenario_files(options.paths), parse_settings(options.settings));
  } catch (const UserError& error) {
    report_mistakes(error.what(), target, options);
    throw;
  }
}

int play_once(const TargetKind& target, const RunOptions& options) {
  std::vector<Scenario> scenarios = load(target, options);
  const Run run = play_all(std::move(scenarios), target, options);
  write_reports(run, options.outputs);
  if (interrupted()) throw Interrupted{};
  return run.exit_status();
}

int run(RunOptions& options) {
  options.outputs = complete(std::move(options.outputs));
  TargetKind target{options.targets};
  target.agree(options.terms);
  if (!options.watch) return play_once(target, options);
  return play_on_change(options, [&] { play_once(target, options); });
}

}  // namespace

int run_scenarios(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive run");
  RunOptions options;
  describe(app, options);
  if (const auto status = read_words(app, words)) return *status;
  return run(options);
}

}  // namespace outlive::harness
