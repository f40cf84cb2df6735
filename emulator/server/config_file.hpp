// valkey.conf, standard input and the command line: directives in order, each with where it was
// said.
#pragma once

#include <istream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "memory/profile.hpp"

namespace outlive {

struct DirectiveLine {
  std::string name;  // lower case
  std::vector<std::string> values;
  std::string source;  // the file's name, "standard input" or "command line"
  int line = 0;        // within it, from 1; 0 on the command line
  std::string text;    // as it was written
};

// Splits a configuration's text. Throws UserError for quotes that don't balance.
std::vector<DirectiveLine> parse_config(std::string_view text, const std::string& source);

// What a start asks for, by valkey-server's rules (server.c, main): a configuration file first, "-"
// first or last for more of it on standard input, then `--directive value …`. A value may begin
// with two hyphens if it is the first of its directive; `"--directive value"` may be one argument.
struct StartArguments {
  std::string file;  // "" for none
  bool from_standard_input = false;
  std::vector<DirectiveLine> directives;
};
StartArguments parse_arguments(std::span<const std::string_view> arguments);

// All directives of a start in the order in which they hold, included files in their places.
std::vector<DirectiveLine> gather_config(const StartArguments& start, std::istream& standard_input);

// What is wrong with a line, in one line: the server that says so ("Redis 7.0.15"; Valkey has no
// name before its version), where the line is, what it says, why it can't be. Before it is known
// which server is imitated, it is the default one.
std::string config_error(const DirectiveLine& line, std::string_view reason,
                         const Profile& profile = profile_default);

}  // namespace outlive
