// A command's row as COMMAND INFO and COMMAND DOCS write it.
#pragma once

#include <cstdint>

#include "engine/command.hpp"
#include "memory/profile.hpp"
#include "resp/reply_writer.hpp"

namespace outlive {

// Null writes a null.
void write_command_info(ReplyWriter& reply, const Command* command, const Profile& profile);
void write_command_docs(ReplyWriter& reply, const Command& command);
// The names of keyflag bits.
void write_key_flags(ReplyWriter& reply, std::uint32_t flags);

}  // namespace outlive
