// The modules that MODULE LIST and HELLO tell of.
#pragma once

#include "memory/profile.hpp"
#include "resp/reply_writer.hpp"

namespace outlive {

// None up to 9.0; since 9.1 Lua is one.
void write_modules(ReplyWriter& reply, const Profile& profile);

}  // namespace outlive
