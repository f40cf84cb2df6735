// The HELP that every container command has.
#pragma once

#include <span>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

// Answers with these lines between Valkey's usual first and last ones (networking.c, addReplyHelp).
void reply_help(Call& call, std::span<const std::string_view> lines);

}  // namespace outlive
