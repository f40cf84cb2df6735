#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "cli/subcommands.hpp"

namespace outlive::harness {
namespace {

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

}  // namespace

std::optional<int> read_words(CLI::App& app, std::span<char* const> words) {
  try {
    app.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::ParseError& error) {
    if (app.exit(error) == 0) return 0;
    if (const std::string near = nearest_option(app); !near.empty()) {
      std::cerr << "Did you mean " << near << "?\n";
    }
    return could_not_run;
  }
  return std::nullopt;
}

}  // namespace outlive::harness
