#include "cli/run_options.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <thread>

#include "cli/tls_options.hpp"
#include "outlive/emulator.hpp"
#include "report/run_schema.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

std::string formats_in_words() {
  std::string words;
  for (const ReportFormat& format : report_formats()) {
    words.append(words.empty() ? "" : ", ");
    words.append(format.name).append(" (").append(format.meaning).append(")");
  }
  return words;
}

constexpr std::string_view lesson =
    "A scenario is a TOML file: instances of Valkey with their directives, the gateway's\n"
    "environment, traffic, events, and checks. Each check holds or is violated; one that is\n"
    "violated as the file states (expect = \"violated\") is as it should be.\n"
    "`outlive new` writes a first scenario; `outlive --help` says where the language is taught.\n"
    "\n"
    "Examples:\n"
    "  outlive run                                all that ship with outlive\n"
    "  outlive run policies/volatile-ttl          one of them\n"
    "  outlive run my.toml --seed 7               one of yours, with other chance\n"
    "  outlive run my.toml --set cache_ttl=24h,36h\n"
    "                                             once for each value of an axis\n"
    "  outlive run my.toml --until 90m            only its first 90 minutes\n"
    "  outlive run my.toml --watch                again whenever you save it\n"
    "  outlive run my.toml --target exec:/usr/bin/valkey-server\n"
    "                                             on a real server, for comparison\n"
    "  outlive run my.toml --target valkey://127.0.0.1:6379\n"
    "                                             on one that is running\n"
    "  outlive run my.toml --target valkeys://localhost:6380 --cacert tls/ca.crt\n"
    "                                             over TLS; `outlive certs` makes certificates\n"
    "  outlive run split.toml --target serve,cache=valkey://me:secret@staging:6379/3\n"
    "                                             one instance there, the others on outlive serve\n"
    "  outlive run my.toml --format html=report.html\n"
    "                                             the table, and charts to look at in a browser\n"
    "  outlive run my/scenarios --format github --format junit=report.xml\n"
    "                                             in CI: annotations, and a file for its reader\n"
    "  outlive run my.toml --format json | jq '.scenarios[].checks[].figures'\n"
    "\n"
    "Exit status:\n"
    "  0    every verdict is as its scenario states\n"
    "  1    one is not\n"
    "  2    something could not be run: a mistake in a file or in these words, a server that is "
    "gone\n"
    "  130  interrupted (Ctrl-C): what had ended by then was reported\n";

}  // namespace

void describe(CLI::App& app, RunOptions& options) {
  options.jobs = std::max(1U, std::thread::hardware_concurrency());
  app.description(
      "Plays scenarios in virtual time and says, check by check, what holds and what is violated.");
  app.add_option(
         "PATH", options.paths,
         "scenario files, or folders: every *.toml below them; or the name of one that ships "
         "with outlive, like split/split (default: all of these)")
      ->type_name("");
  app.add_option(
         "--target", options.targets,
         "where to play: embedded (the emulator in this process, the default), serve (this "
         "program as a server of its own for each instance; serve:PATH for another outlive), "
         "exec:PATH (a program like valkey-server, started for each instance) or "
         "valkey://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE] (a server that is running and "
         "empty; it is left as it was found; valkeys:// over TLS). INSTANCE=TARGET places one "
         "instance; with "
         "commas, or by repeating, several")
      ->allow_extra_args(false)  // a word each time: the next may be a file
      ->type_name("TARGET");
  app.add_flag("--allow-flush", options.terms.may_flush,
               "delete all keys of the running servers that --target names, in every database, "
               "before playing there; without it a server that holds keys is refused");
  add_tls_options(app, options.terms.tls);
  app.add_option("--seed", options.seed, "all chance comes from it; else each scenario's own")
      ->type_name("NUMBER");
  app.add_option("--set", options.settings,
                 "AXIS=VALUE gives an axis of the scenario another value; VALUE,VALUE several, a "
                 "play for each")
      ->type_name("AXIS=VALUE")
      ->allow_extra_args(false);  // a word each time: the next may be a file
  app.add_option_function<std::string>(
         "--until",
         [&options](const std::string& text) {
           options.until = parse_span(text);
           if (!options.until)
             throw CLI::ValidationError("--until wants a duration like 36h or 90s");
         },
         "play only so much of each scenario, like 36h: the rest has not happened yet")
      ->type_name("DURATION");
  app.add_option("--jobs", options.jobs,
                 "how many scenarios to play at once (default: as many as there are processors); "
                 "the results are the same")
      ->check(CLI::Range(1U, 1024U))
      ->type_name("NUMBER");
  app.add_option_function<std::vector<std::string>>(
         "--format",
         [&options](const std::vector<std::string>& words) {
           for (const std::string& word : words) options.outputs.push_back(parse_output(word));
         },
         formats_in_words() +
             ". FORMAT=FILE writes to a file; with --format again several reports of one run. The "
             "table is printed unless another report is")
      ->allow_extra_args(false)  // a word each time: the next may be a file
      ->type_name("FORMAT[=FILE]");
  app.add_flag(
      "--watch", options.watch,
      "play again whenever a file of the scenarios is saved, also one that they include or "
      "name; until Ctrl-C");
  app.add_flag_callback(
      "--json-schema",
      [] {
        std::cout << run_schema;
        throw CLI::Success{};
      },
      "print the JSON Schema of --format json, and play nothing");
  app.footer(std::string{lesson});
}

}  // namespace outlive::harness
