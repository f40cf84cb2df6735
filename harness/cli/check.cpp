// outlive check: a deployment before it runs.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/command_line.hpp"
#include "cli/subcommands.hpp"
#include "deployment/assemble.hpp"
#include "deployment/check_report.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

constexpr const char* description =
    "Looks over a deployment before it runs: where TensorZero's gateway keeps rate limits and "
    "cached "
    "answers, and whether eviction, a restart or a mistyped line will lose them. It reads files "
    "and "
    "connects to nothing.";

constexpr const char* footer =
    "What a PATH holds is told by its name:\n"
    "  compose.yaml, *.yml    Docker Compose: servers with their commands, mounts and ports, the "
    "gateway\n"
    "  .env, *.env            variables: TENSORZERO_VALKEY_URL, TENSORZERO_VALKEY_CACHE_URL\n"
    "  tensorzero.toml        the cache's TTL, rules for rate limits\n"
    "  valkey.conf, *.conf    directives of the primary\n"
    "  a folder               those of these names that are in it\n"
    "\n"
    "Servers are called primary and cache by what the URLs lead to, or as their service or host. "
    "What "
    "can't be seen\n"
    "is said, not guessed, with the option that would tell it.\n"
    "\n"
    "Examples:\n"
    "  outlive check                                     what is in this folder\n"
    "  outlive check compose.yaml tensorzero.toml        with the .env beside it\n"
    "  outlive check prod.env --config primary=valkey.conf --config cache=cache.conf\n"
    "  outlive check prod.env --config 'primary=--maxmemory 2gb --maxmemory-policy volatile-ttl'\n"
    "                                                    a managed service, by what is set there\n"
    "  outlive check --environment --config valkey.conf --users 200000\n"
    "                                                    and whether the buckets of so many users "
    "fit\n"
    "  outlive check . --format sarif > check.sarif      for code scanning\n"
    "  outlive check --rules                             every rule, why it is one, and its "
    "source\n"
    "\n"
    "Exit status: 0 when nothing of --fail-at or worse was found, 1 when something was, 2 when it "
    "could "
    "not be read.\n";

// This process's variables.
Variables process_variables() {
  Variables variables;
  for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
    const std::string_view line{*one};
    const std::size_t at = line.find('=');
    if (at == line.npos) continue;
    std::string name{line.substr(0, at)};
    Origin origin{{}, 0, name};
    variables.insert_or_assign(std::move(name),
                               Said<std::string>{std::string{line.substr(at + 1)}, origin});
  }
  return variables;
}

// A file alone is the primary's.
void name_primary(std::vector<std::string>& configs) {
  for (std::string& one : configs) {
    const bool named = one.find('=') < one.find_first_of("/ ");
    if (!named) one.insert(0, "primary=");
  }
}

CheckResult check(const DeploymentSources& sources, Severity fails_at) {
  CheckResult result;
  result.fails_at = fails_at;
  try {
    result.deployment = read_deployment(sources);
    result.findings = judge(result.deployment);
  } catch (const UnreadableDeployment& error) {
    result.mistakes = error.mistakes();
  }
  return result;
}

Severity severity_called(const std::string& name) {
  for (const Severity one : {Severity::note, Severity::warning}) {
    if (to_string(one) == name) return one;
  }
  return Severity::error;
}

}  // namespace

int check_deployment(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive check");
  app.description(description);
  DeploymentSources sources;
  std::string format{check_formats().front().name};
  std::string fail_at{to_string(Severity::warning)};
  bool rules = false;
  bool environment = false;
  std::vector<std::string> formats;
  for (const CheckFormat& one : check_formats()) formats.emplace_back(one.name);
  app.add_option("PATH", sources.paths, "files of the deployment, or folders (default: this one)")
      ->type_name("");
  app.add_option(
         "--config", sources.configs,
         "a server's valkey.conf, --directive value pairs, or both, as "
         "valkey-server takes them; what they do not say has Valkey's default. Without NAME "
         "the primary's")
      ->type_name("NAME=ARGUMENTS")
      ->allow_extra_args(false);  // a word each time: the next may be a file
  app.add_flag("--environment", environment,
               "read the variables of this process, too; they come before those of files");
  app.add_option(
         "--service", sources.service,
         "the gateway's service in the compose file (default: the one with its image, or its "
         "variables)")
      ->type_name("NAME");
  app.add_option("--users", sources.users,
                 "how many users come within two days: whether their limits fit")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000'000'000}))
      ->type_name("COUNT");
  app.add_option("--format", format, "text (for people, the default), json or sarif (for programs)")
      ->check(CLI::IsMember(formats))
      ->type_name("FORMAT");
  app.add_option("--fail-at", fail_at, "exit with 1 from note, warning (the default) or error on")
      ->check(CLI::IsMember({"note", "warning", "error"}))
      ->type_name("SEVERITY");
  app.add_flag("--rules", rules, "print every rule and its source, and check nothing");
  app.footer(footer);
  if (const auto status = read_words(app, words)) return *status;
  if (rules) {
    write_rules(std::cout);
    return 0;
  }
  if (environment) sources.process = process_variables();
  name_primary(sources.configs);
  if (sources.paths.empty() && sources.configs.empty() && !environment) {
    sources.paths.emplace_back(".");
  }
  const CheckResult result = check(sources, severity_called(fail_at));
  for (const CheckFormat& one : check_formats()) {
    if (one.name == format) one.write(std::cout, result);
  }
  return result.exit_status();
}

}  // namespace outlive::harness
