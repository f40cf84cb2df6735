// outlive describe: a scenario in words.
#include "describe/describe.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/command_line.hpp"
#include "cli/loading.hpp"
#include "cli/subcommands.hpp"

namespace outlive::harness {

int describe_scenarios(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive describe");
  app.description(
      "Tells a scenario in words: which instances there are, what comes and what happens when, "
      "and what is checked.");
  std::vector<std::string> paths;
  std::vector<std::string> set;
  app.add_option("PATH", paths,
                 "scenario files, or folders; or the name of one that ships with outlive, like "
                 "split/split")
      ->required()
      ->type_name("");
  app.add_option("--set", set, "AXIS=VALUE gives an axis of the scenario another value")
      ->type_name("AXIS=VALUE")
      ->allow_extra_args(false);  // a word each time: the next may be a file
  app.footer(
      "Examples:\n"
      "  outlive describe split/split        one that ships with outlive\n"
      "  outlive describe my.toml            one of yours, before you play it");
  if (const auto status = read_words(app, words)) return *status;
  const std::vector<Setting> settings = parse_settings(set);
  bool first = true;
  for (const Plays& plays :
       load_by_file(scenario_files(paths), settings, "nothing can be told of this")) {
    if (!first) std::cout << "\n\n";
    first = false;
    write_description(std::cout, plays);
  }
  return 0;
}

}  // namespace outlive::harness
