// valkey.conf and the command line: directives in order, with where each was said.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outlive {

struct DirectiveLine {
  std::string name;
  std::vector<std::string> values;
  int line = 0;      // in its file, from 1; 0 on the command line
  std::string text;  // as it was written
};

// Splits a configuration's text. Throws UserError for quotes that don't balance.
std::vector<DirectiveLine> parse_config(std::string_view text);

// `--port 0 --save "" --bind 127.0.0.1 ::1` and the like (server.c: a word that begins with two
// hyphens starts a directive).
std::vector<DirectiveLine> parse_arguments(std::span<char* const> arguments);

// A configuration as Valkey refuses it: on stderr, in its words, with the line.
std::string config_error(const DirectiveLine& line, std::string_view reason);

}  // namespace outlive
