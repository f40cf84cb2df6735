// outlive list: a line a scenario.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <sstream>

#include "cli/command_line.hpp"
#include "cli/loading.hpp"
#include "cli/shipped.hpp"
#include "cli/subcommands.hpp"
#include "cli/terminal.hpp"
#include "describe/describe.hpp"

namespace outlive::harness {

namespace {

// On a terminal a line a scenario is one, and what it leaves out is marked; programs and files get
// the whole.
void write_list(const ListFormat& format, const std::vector<Listed>& scenarios) {
  const std::size_t columns = terminal_columns(STDOUT_FILENO);
  if (columns == 0) return format.write(std::cout, scenarios);
  std::stringstream lines;
  format.write(lines, scenarios);
  for (std::string line; std::getline(lines, line);) {
    const bool fits = cut(line, columns) == line;
    std::cout << (fits ? line : cut(line, columns - 1) + "…") << '\n';
  }
}

}  // namespace

int list_scenarios(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive list");
  app.description(
      "Lists scenarios, a line each: name, title, what its checks are expected to find (and, with "
      "axes, how often it is played), and the rule that is tested.");
  std::vector<std::string> paths;
  std::string format{list_formats().front().name};
  std::vector<std::string> formats;
  for (const ListFormat& one : list_formats()) formats.emplace_back(one.name);
  app.add_option("PATH", paths,
                 "scenario files, or folders: every *.toml below them (default: those that ship "
                 "with outlive)")
      ->type_name("");
  app.add_option("--format", format, "table (for people, the default) or json (for programs)")
      ->check(CLI::IsMember(formats))
      ->type_name("FORMAT");
  app.footer(
      "Examples:\n"
      "  outlive list                        what ships with outlive\n"
      "  outlive list my/scenarios --format json | jq '.scenarios[].title'");
  if (const auto status = read_words(app, words)) return *status;
  std::vector<Listed> scenarios;
  for (Plays& plays : load_by_file(scenario_files(paths), {}, "nothing can be listed")) {
    std::string name = name_of_file(plays.front().file);
    scenarios.push_back({std::move(name), std::move(plays)});
  }
  for (const ListFormat& one : list_formats()) {
    if (one.name == format) write_list(one, scenarios);
  }
  return 0;
}

}  // namespace outlive::harness
