// The HELP that every container command has.
#pragma once

#include <span>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

struct HelpLine {
  // Not explicit: most lines are their text alone.
  constexpr HelpLine(const char* said) : text(said) {}
  constexpr HelpLine(const char* said, std::string_view from, std::string_view to = {})
      : text(said), since(from), until(to) {}

  std::string_view text;
  std::string_view since{};  // the version that brought it; "": any
  std::string_view until{};  // that took it away again
};

// Answers with these lines, as far as the version has them, between Valkey's usual first and last
// ones (networking.c, addReplyHelp).
void reply_help(Call& call, std::span<const HelpLine> lines);

}  // namespace outlive
