// The program's subcommands: a row each, with what `outlive --help` says. A subcommand is one file,
// which reads its own words.
#pragma once

#include <span>
#include <string_view>

namespace outlive::harness {

struct Subcommand {
  std::string_view name;
  std::string_view meaning;
  // Takes the words from its own name on; gives the exit status. May throw UserError.
  int (*run)(std::span<char* const> words);
};

// The exit status when there is no result that could be good or bad.
constexpr int could_not_run = 2;

int ask_server(std::span<char* const> words);
// No subcommand, but the program under the name docker-entrypoint.sh.
int enter_container(std::span<char* const> words);
int new_scenario(std::span<char* const> words);
int run_scenarios(std::span<char* const> words);
int list_scenarios(std::span<char* const> words);
int describe_scenarios(std::span<char* const> words);
int check_deployment(std::span<char* const> words);
int look_at_server(std::span<char* const> words);
int make_certs(std::span<char* const> words);
int serve_clients(std::span<char* const> words);

}  // namespace outlive::harness
