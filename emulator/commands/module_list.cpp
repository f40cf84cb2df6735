#include "commands/module_list.hpp"

namespace outlive {

void write_modules(ReplyWriter& reply, const Profile& profile) {
  if (!profile.has("9.1.0")) return reply.empty_array();
  reply.array(1);
  reply.map(4);
  reply.bulk("name");
  reply.bulk("lua");
  reply.bulk("ver");
  reply.integer(1);
  reply.bulk("path");
  reply.bulk("lua");
  reply.bulk("args");
  reply.empty_array();
}

}  // namespace outlive
