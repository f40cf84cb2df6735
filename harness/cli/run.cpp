// outlive run: plays scenarios and reports.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "check/verdict.hpp"
#include "cli/subcommands.hpp"
#include "play/player.hpp"
#include "report/report.hpp"
#include "scenario/parse.hpp"
#include "scenario/quantity.hpp"
#include "server/clock.hpp"
#include "target/embedded.hpp"

namespace outlive::harness {
namespace {

constexpr int could_not_run = 2;
constexpr std::uint64_t requests_of_long_play = 500'000;

struct Options {
  std::vector<std::string> paths;
  std::vector<std::string> targets{"embedded"};
  std::optional<std::uint64_t> seed;
  std::optional<Span> until;
  std::string format{report_formats().front().name};
};

void describe(CLI::App& app, Options& options) {
  app.description(
      "Plays scenarios in virtual time and says, check by check, what holds and what is violated.");
  app.add_option("PATH", options.paths, "scenario files, or folders: every *.toml below them")
      ->required()
      ->type_name("");
  app.add_option("--target", options.targets,
                 "where to play: embedded (the emulator in this process, the default), serve (this "
                 "program as a server of its own for each instance; serve:PATH for another outlive) "
                 "or exec:PATH (a program like valkey-server, started for each instance). "
                 "INSTANCE=TARGET places one instance; with commas, or by repeating, several")
      ->type_name("TARGET");
  app.add_option("--seed", options.seed, "all chance comes from it; else each scenario's own")
      ->type_name("NUMBER");
  app.add_option_function<std::string>(
         "--until",
         [&options](const std::string& text) {
           options.until = parse_span(text);
           if (!options.until)
             throw CLI::ValidationError("--until wants a duration like 36h or 90s");
         },
         "play only so much of each scenario, like 36h: the rest has not happened yet")
      ->type_name("DURATION");
  std::vector<std::string> formats;
  for (const ReportFormat& format : report_formats()) formats.emplace_back(format.name);
  app.add_option("--format", options.format,
                 "table (for people, the default) or json (for programs)")
      ->check(CLI::IsMember(formats))
      ->type_name("FORMAT");
  app.footer(
      "Examples:\n"
      "  outlive run scenarios/                     all that ship with outlive\n"
      "  outlive run my.toml --seed 7               one of yours, with other chance\n"
      "  outlive run my.toml --format json | jq '.scenarios[].checks[].figures'\n"
      "  outlive run my.toml --target exec:/usr/bin/valkey-server\n"
      "                                             on a real server, for comparison\n"
      "\n"
      "A scenario is a TOML file: instances of Valkey with their directives, the gateway's\n"
      "environment, traffic, and checks. A check holds or is violated; where the file states that "
      "it\n"
      "is violated (expect = \"violated\"), a run in which it holds fails.\n"
      "\n"
      "Exit status: 0 when every verdict is as its scenario states, 1 when one is not, 2 when "
      "something\n"
      "could not be run. scenarios/README.md teaches how to write a scenario.");
}

// The files behind the paths, those of a folder in the order of their names.
std::vector<std::string> files_of(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> inside;
    for (const auto& entry : fs::recursive_directory_iterator{path}) {
      if (entry.path().extension() == ".toml") inside.push_back(entry.path().string());
    }
    if (inside.empty()) throw UserError{path + ": there is no scenario (*.toml) in this folder"};
    std::ranges::sort(inside);
    files.insert(files.end(), inside.begin(), inside.end());
  }
  return files;
}

// All of them, or, when any has mistakes, the mistakes of all.
std::vector<Scenario> load_all(const std::vector<std::string>& files) {
  const EmulatorDirectives directives;
  std::vector<Scenario> scenarios;
  std::string mistakes;
  for (const std::string& file : files) {
    try {
      scenarios.push_back(load_scenario(file, directives));
    } catch (const UserError& error) {
      mistakes.append(mistakes.empty() ? "" : "\n").append(error.what());
    }
  }
  if (!mistakes.empty()) throw UserError{"nothing was played:\n" + mistakes};
  return scenarios;
}

// How far a play is, on standard error: on one line of a terminal, else, when it is long, a line a
// quarter.
class ProgressLine {
 public:
  explicit ProgressLine(std::string title) : title_{std::move(title)} {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() {
    if (terminal_ && shown_) std::cerr << "\r\x1b[K";
  }

  void operator()(std::uint64_t played, std::uint64_t expected) {
    if (!terminal_ && expected < requests_of_long_play) return;
    const std::uint64_t step = terminal_ ? 1 : 25;
    const std::uint64_t percent =
        std::min<std::uint64_t>(played * 100 / std::max<std::uint64_t>(expected, 1), 100);
    if (percent / step == last_ / step) return;
    last_ = percent;
    shown_ = true;
    std::cerr << (terminal_ ? "\r\x1b[K" : "") << title_ << ": " << percent << " % of "
              << format_count(expected) << " requests" << (terminal_ ? "" : "\n") << std::flush;
  }

 private:
  std::string title_;
  bool terminal_ = isatty(STDERR_FILENO) == 1;
  bool shown_ = false;
  std::uint64_t last_ = 0;
};

Played play_one(Scenario scenario, const TargetKind& target, const Options& options) {
  Played played{
      .scenario = std::move(scenario), .seed = 0, .observations = {}, .verdicts = {}, .error = {}};
  played.seed = options.seed.value_or(played.scenario.seed);
  ProgressLine line{played.scenario.title};
  try {
    played.observations = play(played.scenario, target,
                               {.seed = played.seed, .until = options.until}, std::ref(line));
    played.verdicts = judge(played.scenario, played.observations);
  } catch (const UserError& error) {
    played.error = error.what();
  }
  return played;
}

// For the first word that nobody expected: the option that it resembles, or "".
std::string nearest_option(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_lnames().empty()) names.push_back("--" + option->get_lnames().front());
  }
  for (const std::string& word : app.remaining()) {
    if (!word.starts_with("-")) continue;
    const std::vector<std::string_view> candidates{names.begin(), names.end()};
    return std::string{nearest_name(word, candidates).value_or("")};
  }
  return {};
}

int run(const Options& options) {
  const TargetKind target{options.targets};
  std::vector<Scenario> scenarios = load_all(files_of(options.paths));
  Run run{.target = target.name(),
          .repeatable = target.repeatable(),
          .played = {},
          .took = {}};
  const std::int64_t began_us = stopwatch_us();
  for (Scenario& scenario : scenarios) {
    run.played.push_back(play_one(std::move(scenario), target, options));
  }
  run.took = std::chrono::milliseconds{(stopwatch_us() - began_us) / 1000};
  const ReportStyle style{.colours = isatty(STDOUT_FILENO) == 1};
  for (const ReportFormat& format : report_formats()) {
    if (format.name == options.format) format.write(std::cout, run, style);
  }
  return run.exit_status();
}

}  // namespace

int run_scenarios(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive run");
  Options options;
  describe(app, options);
  try {
    app.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::ParseError& error) {
    if (app.exit(error) == 0) return 0;
    if (const std::string near = nearest_option(app); !near.empty()) {
      std::cerr << "Did you mean " << near << "?\n";
    }
    return could_not_run;
  }
  return run(options);
}

}  // namespace outlive::harness
