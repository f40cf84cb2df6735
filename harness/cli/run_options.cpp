#include "cli/run_options.hpp"

#include <CLI/CLI.hpp>

#include "report/report.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {

void describe(CLI::App& app, RunOptions& options) {
  app.description(
      "Plays scenarios in virtual time and says, check by check, what holds and what is violated.");
  app.add_option("PATH", options.paths, "scenario files, or folders: every *.toml below them")
      ->required()
      ->type_name("");
  app.add_option(
         "--target", options.targets,
         "where to play: embedded (the emulator in this process, the default), serve (this "
         "program as a server of its own for each instance; serve:PATH for another outlive), "
         "exec:PATH (a program like valkey-server, started for each instance) or "
         "valkey://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE] (a server that is running and "
         "empty; it is left as it was found). INSTANCE=TARGET places one instance; with "
         "commas, or by repeating, several")
      ->type_name("TARGET");
  app.add_flag("--allow-flush", options.allow_flush,
               "delete all keys of the running servers that --target names, in every database, "
               "before playing there; without it a server that holds keys is refused");
  app.add_option("--seed", options.seed, "all chance comes from it; else each scenario's own")
      ->type_name("NUMBER");
  app.add_option("--set", options.settings,
                 "AXIS=VALUE gives an axis of the scenario another value; VALUE,VALUE several, a "
                 "play for each")
      ->type_name("AXIS=VALUE")
      ->expected(1)
      ->take_all();
  app.add_option_function<std::string>(
         "--until",
         [&options](const std::string& text) {
           options.until = parse_span(text);
           if (!options.until)
             throw CLI::ValidationError("--until wants a duration like 36h or 90s");
         },
         "play only so much of each scenario, like 36h: the rest has not happened yet")
      ->type_name("DURATION");
  options.format = report_formats().front().name;
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
      "  outlive run my.toml --set cache_ttl=24h,36h\n"
      "                                             once for each value of an axis\n"
      "  outlive run my.toml --format json | jq '.scenarios[].checks[].figures'\n"
      "  outlive run my.toml --target exec:/usr/bin/valkey-server\n"
      "                                             on a real server, for comparison\n"
      "  outlive run my.toml --target valkey://127.0.0.1:6379\n"
      "                                             on one that is running\n"
      "  outlive run split.toml --target serve,cache=valkey://me:secret@staging:6379/3\n"
      "                                             one instance there, the others on outlive "
      "serve\n"
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

}  // namespace outlive::harness
