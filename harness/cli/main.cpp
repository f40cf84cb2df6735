// The program `outlive`. Under another name (a link) it is one of its subcommands at once.
#include <exception>
#include <iostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "cli/interrupt.hpp"
#include "cli/shipped.hpp"
#include "cli/subcommands.hpp"
#include "outlive/emulator.hpp"
#include "play/player.hpp"

namespace outlive::harness {
namespace {

constexpr Subcommand subcommands[] = {
    {"run", "play scenarios and say which of their rules hold", run_scenarios},
    {"new", "write a first scenario, to run, break and mend", new_scenario},
    {"list", "list scenarios: what each is about and what it is expected to find", list_scenarios},
    {"describe", "tell what happens in a scenario, in words", describe_scenarios},
    {"check", "look over a deployment before it runs: policies, TTLs, persistence, URLs",
     check_deployment},
    {"doctor", "look at a live server: what it holds, what will be evicted", look_at_server},
    {"serve", "serve clients over TCP or TLS, with valkey-server's arguments", serve_clients},
    {"ask", "send one command to a server, with valkey-cli's options", ask_server},
    {"certs", "make throw-away certificates, to test TLS with", make_certs},
};

constexpr std::string_view introduction =
    "outlive: a Valkey that really evicts, for testing what happens when memory runs out.\n\n";

constexpr std::string_view examples =
    "\nExamples:\n"
    "  outlive new                                     writes first.toml, a scenario to begin "
    "with\n"
    "  outlive run first.toml                          plays it, and finds what is broken\n"
    "  outlive run first.toml --watch                  again whenever you save it\n"
    "  outlive run first.toml --seed 7                 with other chance\n"
    "  outlive run first.toml --format html=page.html  with charts to look at in a browser\n"
    "  outlive run first.toml --target exec:/usr/bin/valkey-server\n"
    "                                                  the same on a real server\n"
    "  outlive list                                    the scenarios that ship with it\n"
    "  outlive describe split/split                    one of them, told in words\n"
    "  outlive run split/split                         and played; without a name all of them\n"
    "  outlive check compose.yaml tensorzero.toml      a deployment, before it runs\n"
    "  outlive doctor valkey://127.0.0.1:6379          a live server, changing nothing there\n"
    "  outlive serve --port 6379 --maxmemory 10mb --maxmemory-policy volatile-ttl\n"
    "                                                  a Valkey for any client\n"
    "\nExit status: 0 when all is well, 1 when a verdict is not as its scenario states, 2 when "
    "something "
    "could not be\n"
    "run, 130 when interrupted.\n";

void print_help() {
  std::cout << introduction << "Usage: outlive SUBCOMMAND …\n\n";
  for (const Subcommand& one : subcommands) {
    std::string name{one.name};
    name.resize(10, ' ');
    std::cout << "  " << name << one.meaning << '\n';
  }
  std::cout << "  --help    this\n  --version\n"
            << examples << "\n"
            << language_page()
            << "\nteaches how to write a scenario; `outlive SUBCOMMAND --help` says the rest.\n";
}

int unknown(std::string_view word) {
  std::vector<std::string_view> names;
  for (const Subcommand& one : subcommands) names.push_back(one.name);
  std::cerr << "outlive: no subcommand is called \"" << word << '"';
  if (const auto near = nearest_name(word, names))
    std::cerr << "; did you mean \"" << *near << "\"?";
  std::cerr << "\n`outlive --help` lists them.\n";
  return could_not_run;
}

// Tools that launch a server or ask it something know them by these names, engines of containers
// the entrypoint.
struct OtherName {
  std::string_view name;
  int (*run)(std::span<char* const> words);
};
constexpr OtherName other_names[] = {
    {"valkey-server", serve_clients},
    {"redis-server", serve_clients},
    {"valkey-cli", ask_server},
    {"redis-cli", ask_server},
    {"docker-entrypoint.sh", enter_container},
};

int dispatch(std::span<char* const> words) {
  const std::string_view program = words.empty() ? "" : words[0];
  for (const OtherName& other : other_names) {
    if (other.name == program.substr(program.rfind('/') + 1)) return other.run(words);
  }
  if (words.size() < 2) {
    print_help();
    return could_not_run;
  }
  const std::string_view word = words[1];
  if (word == "--help" || word == "-h" || word == "help") {
    print_help();
    return 0;
  }
  if (word == "--version") {
    std::cout << "outlive " << OUTLIVE_VERSION << '\n';
    return 0;
  }
  for (const Subcommand& one : subcommands) {
    if (one.name == word) return one.run(words.subspan(1));
  }
  return unknown(word);
}

}  // namespace
}  // namespace outlive::harness

int main(int count, char** words) {
  try {
    return outlive::harness::dispatch({words, static_cast<std::size_t>(count)});
  } catch (const outlive::harness::Interrupted&) {
    std::cerr
        << "outlive: interrupted; what it had started has ended, and a server that was running "
           "is as it was\n";
    return outlive::harness::status_interrupted;
  } catch (const outlive::UserError& error) {
    std::cerr << "outlive: " << error.what() << '\n';
  } catch (const std::exception& error) {
    std::cerr << "outlive: something is wrong with outlive itself: " << error.what() << '\n';
  }
  return outlive::harness::could_not_run;
}
