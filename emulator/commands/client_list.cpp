#include "commands/client_list.hpp"

#include <algorithm>

#include "base/c_text.hpp"
#include "base/number.hpp"
#include "base/time.hpp"
#include "engine/client_memory.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

struct TypeName {
  std::string_view name;
  ClientType type;
};
constexpr TypeName type_names[] = {
    {"normal", ClientType::normal},   {"slave", ClientType::replica},
    {"replica", ClientType::replica}, {"pubsub", ClientType::pubsub},
    {"master", ClientType::primary},  {"primary", ClientType::primary}};

// There are no replicas and no primary here, but their names are known.
ClientType type_of(const Session& session) {
  return session.subscriptions() > 0 ? ClientType::pubsub : ClientType::normal;
}

// Whole seconds of the wall clock, as Valkey counts ages.
std::int64_t seconds_since(const Call& call, Instant then) {
  return unix_ms(call.moment().now) / 1000 - unix_ms(then) / 1000;
}

bool refuse(Call& call, std::string_view error) {
  call.reply.error(error);
  return false;
}

// Every number that follows ID; the first word that is none ends the list.
bool read_ids(Call& call, ClientFilter& filter) {
  if (!filter.ids) filter.ids.emplace();
  while (const auto id = parse_integer(call.args.peek())) {
    if (*id < 1) return refuse(call, "ERR client-id should be greater than 0");
    filter.ids->insert(*id);
    call.args.next();
  }
  return true;
}

bool read_age(Call& call, ClientFilter& filter) {
  filter.age_s_min = call.args.next_integer("ERR maxage is not an integer or out of range");
  if (!call.args.done(call.reply)) return false;
  if (filter.age_s_min <= 0) return refuse(call, "ERR maxage should be greater than 0");
  return true;
}

bool read_type(Call& call, ClientFilter& filter) {
  const auto word = call.args.next();
  filter.type.reset();
  for (const TypeName& known : type_names) {
    if (equal_ignoring_case(known.name, word)) filter.type = known.type;
  }
  if (filter.type) return true;
  return refuse(call, "ERR Unknown client type '" + std::string(c_text(word)) + "'");
}

bool read_address(Call& call, ClientFilter& filter) {
  filter.address = call.args.next();
  return true;
}

bool read_local_address(Call& call, ClientFilter& filter) {
  filter.local_address = call.args.next();
  return true;
}

bool read_user(Call& call, ClientFilter& filter) {
  filter.user = call.args.next();
  if (filter.user == "default") return true;
  return refuse(call, "ERR No such user '" + std::string(c_text(*filter.user)) + "'");
}

bool read_skip_me(Call& call, ClientFilter& filter) {
  const bool yes = call.args.take("yes");
  if (!yes && !call.args.take("no")) return refuse(call, errors::syntax);
  filter.skip_me = yes;
  return true;
}

struct FilterOption {
  std::string_view name;
  bool (*read)(Call&, ClientFilter&);
};
constexpr FilterOption filter_options[] = {{"maxage", read_age},   {"type", read_type},
                                           {"addr", read_address}, {"laddr", read_local_address},
                                           {"user", read_user},    {"skipme", read_skip_me}};

// Letters of `flags=`, in the order of networking.c, catClientInfoString.
std::string flag_letters(const Session& session) {
  std::string letters;
  const auto add = [&](bool set, char letter) {
    if (set) letters += letter;
  };
  add(session.monitor, 'O');
  add(session.subscriptions() > 0, 'P');
  add(session.transaction.open, 'x');
  add(session.blocked.has_value(), 'b');
  add(session.tracking.on, 't');
  add(session.tracking.redirect_broken, 'R');
  add(session.tracking.broadcast, 'B');
  add(session.transaction.dirty_watch, 'd');
  add(session.close_after_reply, 'c');
  add(session.over_unix_socket, 'U');
  add(session.no_evict, 'e');
  add(session.no_touch, 'T');
  add(session.import_source, 'I');
  return letters.empty() ? "N" : letters;
}

}  // namespace

bool ClientFilter::matches(const Call& call, const Session& session) const {
  if (address && session.address != *address) return false;
  if (local_address && session.local_address != *local_address) return false;
  if (type && type_of(session) != *type) return false;
  if (ids && !ids->contains(static_cast<std::int64_t>(session.id))) return false;
  if (user && session.user != *user) return false;
  if (skip_me && &session == call.engine.current()) return false;
  return age_s_min == 0 || seconds_since(call, session.created) >= age_s_min;
}

bool read_client_filter(Call& call, ClientFilter& filter) {
  while (!call.args.empty()) {
    if (call.args.take("id")) {
      if (!read_ids(call, filter)) return false;
      continue;
    }
    const auto word = call.args.next();
    const auto option = std::find_if(
        std::begin(filter_options), std::end(filter_options),
        [&](const FilterOption& known) { return equal_ignoring_case(known.name, word); });
    if (option == std::end(filter_options) || call.args.empty()) {
      return refuse(call, errors::syntax);
    }
    if (!option->read(call, filter)) return false;
  }
  return true;
}

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
  text("flags", flag_letters(session));
  if (profile.has("8.1.0")) text("capa", session.follows_redirects ? "r" : "");
  number("db", session.database);
  number("sub", session.channels.size());
  number("psub", session.patterns.size());
  number("ssub", session.shard_channels.size());
  // -1 until MULTI or WATCH has made a transaction state (multi.c, initClientMultiState).
  number("multi", session.had_transaction ? static_cast<std::int64_t>(session.transaction.queue.size()) : -1);
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
  text("lib-name", session.library_name);
  text("lib-ver", session.library_version);
  number("tot-net-in", session.bytes_in);
  number("tot-net-out", session.bytes_out);
  number("tot-cmds", session.commands_processed);
  return line;
}

}  // namespace outlive
