// What stands between a request and its command, in the order of Valkey's processCommand (server.c
// of 8.1). A gate that does not let a request through has answered it, queued it, put it off, or
// ended its client.
#include "base/text.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

constexpr std::string_view host_header = "host:";
constexpr std::string_view post_verb = "post";

bool allows(Permission permission, const Session& session) {
  return permission == Permission::yes || (permission == Permission::local && session.local);
}

// As a service answers who asks for what it does not know.
bool is_unknown_to(const Service* service) {
  return service && service->refusal == Service::Refusal::unknown;
}

}  // namespace

bool Engine::pass_gates(Asked&& asked) {
  if (!is_shown(asked) || !is_known(asked) || !is_granted(asked)) return false;
  const Command& command = *asked.found.command;
  asked.flags = command.flags;
  if (command.has(flag::script) && scripts) asked.flags = scripts->flags_of(command, asked.words);
  const Transaction& transaction = asked.session.transaction;
  asked.queued = transaction.open && !command.has(flag::never_queued);
  asked.combined = asked.flags;
  if (transaction.open && command.name == "exec") asked.combined |= transaction.flags;
  if (!suits_connection(asked) || !has_room(asked) || !suits_state(asked) || !is_time(asked)) {
    return false;
  }
  if (asked.queued) {
    queue(asked.session, command, asked.flags, asked.words, asked.reply);
    return false;
  }
  return true;
}

bool Engine::refuse(const Asked& asked, std::string_view error) {
  reject(asked.session, asked.found, error, asked.reply);
  return false;
}

// The service that is imitated for this client; null: none.
const Service* Engine::service_for(const Session& session) const {
  return session.is_operator ? nullptr : options.service;
}

// Whether a service that has no such command is asked for it: by name, or for a subcommand of it.
bool Engine::is_shown(const Asked& asked) {
  const CommandTable::Found& found = asked.found;
  if (!is_unknown_to(service_for(asked.session))) return true;
  if (!service_gate_.refuses(found.index) || (!found.command && !found.container)) return true;
  const bool all_hidden =
      found.container && service_gate_.refuses(table_.index_of(*found.container));
  reject(asked.session, {}, unknown_command(asked.words, all_hidden ? nullptr : found.container),
         asked.reply);
  return false;
}

bool Engine::is_known(const Asked& asked) {
  if (asked.found.command) return true;
  const std::string_view name = asked.words[0];
  if (equal_ignoring_case(name, host_header) || equal_ignoring_case(name, post_verb)) {
    // Somebody makes a browser talk to us: hang up (server.c, securityWarningCommand).
    asked.session.closed = true;
    return false;
  }
  if (must_sign_in_first(asked.session)) return refuse(asked, errors::no_auth);
  // A command of Valkey's that outlive has not, and the service not for clients.
  const Service* service = service_for(asked.session);
  if (service && !is_unknown_to(service) && !asked.found.container &&
      service->names_refused(to_lower(name))) {
    return deny(asked, to_lower(name));
  }
  return refuse(asked, unknown_command(asked.words, asked.found.container));
}

// Since 9.0 who has not signed in is told of no other mistake.
bool Engine::must_sign_in_first(const Session& session) const {
  return !session.authenticated && ledger.profile().has("9.0.0");
}

// Whether this client may run it at all.
bool Engine::is_granted(const Asked& asked) {
  const Command& command = *asked.found.command;
  const Session& session = asked.session;
  if (must_sign_in_first(session) && !command.has(flag::no_auth)) {
    return refuse(asked, errors::no_auth);
  }
  if (!command.takes(asked.words.size())) {
    return refuse(asked, errors::wrong_arity(command.full_name()));
  }
  if (service_for(session) && refuses(session, asked.found)) [[unlikely]] {
    return deny(asked, command.full_name());
  }
  if (command.has(flag::outlive_own) && !allows(options.enable_outlive_command, session)) {
    return refuse(asked,
                  "ERR OUTLIVE command not allowed. Start with --enable-outlive-command yes, or "
                  "local for local connections alone.");
  }
  if (command.has(flag::is_protected) && !allows(options.enable_debug_command, session)) {
    const std::string name = command.container.empty() ? "debug" : "module";
    return refuse(asked, "ERR " + to_upper(name) + " command not allowed. If the enable-" + name +
                             "-command option is set to \"local\", you can run it from a local "
                             "connection, otherwise you need to set this option in the "
                             "configuration file, and then restart the server.");
  }
  return true;
}

bool Engine::may_set_guarded(const Session& session) const {
  return allows(options.enable_protected_configs, session);
}

// As ACL refuses a user without the right (acl.c, getAclErrorMessage). Always false.
bool Engine::deny(const Asked& asked, const std::string& command) {
  if (!asked.session.authenticated) return refuse(asked, errors::no_auth);
  ++stats.denied_commands;
  return refuse(asked,
                errors::no_permission(asked.session.user, command, ledger.profile().is_redis()));
}

std::string Engine::refuse_script(const Command& command) {
  if (options.service->refusal == Service::Refusal::unknown) {
    return "Unknown command called from script";
  }
  ++stats.denied_commands;
  if (ledger.profile().is_redis()) {
    return "The user executing the script can't run this command or subcommand";
  }
  constexpr std::string_view code = "NOPERM ";
  return "ACL failure in script: " +
         errors::no_permission("default", command.full_name(), false).substr(code.size());
}

bool Engine::suits_connection(const Asked& asked) {
  const Command& command = *asked.found.command;
  if (!asked.session.authenticated && !command.has(flag::no_auth)) {
    return refuse(asked, errors::no_auth);
  }
  if (asked.session.transaction.open && command.has(flag::no_multi)) {
    const bool named = ledger.profile().has("9.0.0");
    return refuse(asked, "ERR Command " +
                             (named ? "'" + command.full_name() + "' " : std::string{}) +
                             "not allowed inside a transaction");
  }
  return true;
}

bool Engine::has_room(const Asked& asked) {
  if (options.maxmemory_clients != 0) {
    // Before keys go, and after the last command's reply (server.c, processCommand).
    evict_clients();
    if (asked.session.closed) return false;
  }
  // To look at the emulator, or to move its clock, evicts nothing.
  const bool limited = options.eviction.maxmemory != 0 && !is_own(asked.found);
  if (limited && !paused() && (!scripts || scripts->busy().empty())) {
    make_room(asked.words);
    const bool queue_needs_room = asked.queued && !ledger.profile().queues_at_cap;
    const std::uint64_t flags = asked.combined | (queue_needs_room ? flag::denyoom : 0);
    if (out_of_memory_ && (flags & flag::denyoom)) return refuse(asked, errors::oom);
  }
  if (!tracking.nobody()) tracking.hold_limit(options.tracking_table_max_keys);
  return true;
}

// The words of the request already count (measured: a SET of 100 KB is refused, or evicts, 100 KB
// before the limit).
void Engine::make_room(std::span<const std::string_view> words) {
  const std::int64_t weight = request_weight(ledger, words);
  ledger.add(weight);
  if (evictor.over_after(0)) last_reading_.reset();  // eviction's time is not the command's
  const EvictionOutcome outcome = evictor.make_room();
  ledger.add(-weight);
  const std::int64_t now_us = unix_us(now());
  if (outcome == EvictionOutcome::ok) {
    if (stats.eviction_exceeded_since_us != 0) {
      stats.eviction_exceeded_us +=
          static_cast<std::uint64_t>(now_us - stats.eviction_exceeded_since_us);
      stats.eviction_exceeded_since_us = 0;
    }
  } else if (stats.eviction_exceeded_since_us == 0) {
    stats.eviction_exceeded_since_us = now_us;
  }
  out_of_memory_ = outcome == EvictionOutcome::failed;
}

// Whether the server and the client are in a state in which it may run.
bool Engine::suits_state(const Asked& asked) {
  const Command& command = *asked.found.command;
  const Session& session = asked.session;
  if (asked.combined & flag::write && lacks_replicas()) return refuse(asked, errors::no_replicas);
  const bool subscribed = session.subscriptions() > 0;
  if (session.protocol == Protocol::resp2 && subscribed && !command.has(flag::while_subscribed)) {
    return refuse(asked, "ERR Can't execute '" + command.full_name() +
                             "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are "
                             "allowed in this context");
  }
  if (!subscribed && command.has(flag::unsubscribes) &&
      ledger.profile().is_within("8.0.0", "8.1.0")) {
    return refuse(asked,
                  "NOSUB '" + command.full_name() + "' command executed not in subscribed mode");
  }
  if (scripts && !command.has(flag::allow_busy)) {
    if (const std::string_view busy = scripts->busy(); !busy.empty()) return refuse(asked, busy);
  }
  constexpr std::uint64_t of_keys = flag::write | flag::readonly | flag::may_replicate;
  if (session.monitor && asked.combined & of_keys) {
    // MONITOR counts as a replica (server.c, processCommand).
    return refuse(asked, "ERR Replica can't interact with the keyspace");
  }
  return true;
}

// CLIENT PAUSE puts it off. MONITOR counts as a replica here, too.
bool Engine::is_time(const Asked& asked) {
  constexpr std::uint64_t of_writes = flag::write | flag::may_replicate;
  if (asked.session.monitor || !paused()) return true;
  if (!pause_all_ && !(asked.combined & of_writes)) return true;
  block(asked.session,
        {.until = pause_until_, .forever = false, .on_timeout = {}, .postponed = true});
  return false;
}

void Engine::reject(Session& session, const CommandTable::Found& found, std::string_view error,
                    ReplyWriter& reply) {
  const bool executes = found.command && found.command->name == "exec";
  spoil_transaction(session);
  if (found.command) ++stats.of(found.index).rejected;
  if (executes) {
    // EXEC that may not run ends the transaction (multi.c, execCommandAbort).
    discard_transaction(session);
    const std::string_view text = error.substr(0, 4) == "ERR " ? error.substr(4) : error;
    reply.error("EXECABORT Transaction discarded because of: " + std::string(text));
  } else {
    reply.error(error);
  }
  count_error(*reply.take_error());
}

}  // namespace outlive
