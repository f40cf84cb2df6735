// outlive run: plays scenarios and reports.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/command_line.hpp"
#include "cli/loading.hpp"
#include "cli/playing.hpp"
#include "cli/run_options.hpp"
#include "cli/subcommands.hpp"
#include "report/report.hpp"

namespace outlive::harness {

int run_scenarios(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive run");
  RunOptions options;
  describe(app, options);
  if (const auto status = read_words(app, words)) return *status;
  TargetKind target{options.targets};
  if (options.allow_flush) target.allow_flush();
  const std::vector<Setting> settings = parse_settings(options.settings);
  const Run run = play_all(load_all(scenario_files(options.paths), settings), target, options);
  const ReportStyle style{.colours = isatty(STDOUT_FILENO) == 1};
  for (const ReportFormat& format : report_formats()) {
    if (format.name == options.format) format.write(std::cout, run, style);
  }
  return run.exit_status();
}

}  // namespace outlive::harness
