#include "engine/help.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "engine/engine.hpp"

namespace outlive {

void reply_help(Call& call, std::span<const HelpLine> lines) {
  const Profile& profile = call.keyspace.ledger.profile();
  const auto told = [&](const HelpLine& line) { return profile.is_within(line.since, line.until); };
  call.reply.array(static_cast<std::size_t>(std::ranges::count_if(lines, told)) + 3);
  const Command& command = call.command;
  call.reply.simple(to_upper(command.container.empty() ? command.name : command.container) +
                    " <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  for (const HelpLine& line : lines) {
    if (told(line)) call.reply.simple(line.text);
  }
  call.reply.simple("HELP");
  call.reply.simple(profile.is_redis() ? "    Prints this help." : "    Print this help.");
}

}  // namespace outlive
