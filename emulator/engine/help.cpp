#include "engine/help.hpp"

#include <string>

#include "base/text.hpp"

namespace outlive {

void reply_help(Call& call, std::span<const std::string_view> lines) {
  call.reply.array(lines.size() + 3);
  const Command& command = call.command;
  call.reply.simple(to_upper(command.container.empty() ? command.name : command.container) +
                    " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (const std::string_view line : lines) call.reply.simple(line);
  call.reply.simple("HELP");
  call.reply.simple("    Print this help.");
}

}  // namespace outlive
