#include "commands/client_list.hpp"

#include "base/c_text.hpp"
#include "commands/client_filter.hpp"
#include "engine/client_memory.hpp"
#include "engine/engine.hpp"

namespace outlive {
std::string describe_client(const Call& call, const Session& session) {
  const bool running = &session == &call.session;
  const Profile& profile = call.keyspace.ledger.profile();
  const ClientMemory memory =
      client_memory(session, profile, running ? call.words : std::span<const std::string_view>{});
  std::string line;
  const auto text = [&line](std::string_view name, std::string_view value) {
    if (!line.empty()) line += ' ';
    line.append(name).append(1, '=').append(value);
  };
  const auto number = [&text](std::string_view name, auto value) {
    text(name, std::to_string(value));
  };
  number("id", session.id);
  text("addr", session.address);
  text("laddr", session.local_address);
  number("fd", session.descriptor);
  text("name", c_text(session.name));
  number("age", seconds_since(call, session.created));
  number("idle", seconds_since(call, session.last_interaction));
  text("flags", client_flags(session));
  if (profile.has("8.1.0")) text("capa", client_capabilities(session));
  number("db", session.database);
  number("sub", session.channels.size());
  number("psub", session.patterns.size());
  number("ssub", session.shard_channels.size());
  // -1 until MULTI or WATCH has made a transaction state (multi.c, initClientMultiState); before
  // 8.1, outside of a transaction.
  const bool counts_queue = profile.client_parts == ClientParts::on_use ? session.had_transaction
                                                                        : session.transaction.open;
  const auto queued = static_cast<std::int64_t>(session.transaction.queue.size());
  number("multi", counts_queue ? queued : -1);
  const bool modern = profile.has("8.0.0");  // since Redis 7.2
  if (modern) number("watch", session.watched.size());
  number("qbuf", memory.query_buffer);
  number("qbuf-free", memory.query_buffer_free);
  number("argv-mem", memory.arguments);
  number("multi-mem", memory.queued);
  number("rbs", memory.reply_buffer);
  number("rbp", memory.reply_buffer_peak);
  number("obl", memory.reply_buffer_used);
  number("oll", memory.reply_blocks);
  number("omem", memory.output);
  number("tot-mem", memory.total);
  text("events", "r");
  text("cmd", session.last_command ? session.last_command->full_name() : "NULL");
  text("user", session.user);
  number("redir",
         session.tracking.on ? static_cast<std::int64_t>(session.tracking.redirect) : -1);
  number("resp", static_cast<int>(session.protocol));
  if (!modern) return line;
  // 8.0 told them as C does, as far as a zero byte.
  const bool whole = profile.has("8.1.0");
  text("lib-name", whole ? std::string_view(session.library_name) : c_text(session.library_name));
  text("lib-ver",
       whole ? std::string_view(session.library_version) : c_text(session.library_version));
  number("tot-net-in", session.bytes_in);
  number("tot-net-out", session.bytes_out);
  number("tot-cmds", session.commands_processed);
  return line;
}

}  // namespace outlive
