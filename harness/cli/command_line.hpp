// How subcommands read their words with CLI11.
#pragma once

#include <optional>
#include <span>

namespace CLI {
class App;
}

namespace outlive::harness {

// Reads the words, the subcommand's own name first. Nothing: go on. Else all has been said, help or
// what is wrong with the nearest option, and this is the exit status.
std::optional<int> read_words(CLI::App& app, std::span<char* const> words);

}  // namespace outlive::harness
