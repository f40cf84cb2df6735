// What directives do here: those with an effect, and those whose feature outlive lacks.
#include <charconv>

#include "base/number.hpp"
#include "base/text.hpp"
#include "engine/directive_rows.hpp"
#include "engine/services.hpp"

namespace outlive {
namespace {

bool yes(const std::string& value) {
  return value == "yes";
}

template <class T>
T number(const std::string& value) {
  T result{};
  std::from_chars(value.data(), value.data() + value.size(), result);
  return result;
}

Permission permission(const std::string& value) {
  return value == "yes" ? Permission::yes : value == "local" ? Permission::local : Permission::no;
}

// Bytes, or "7%" of maxmemory, kept as a negative number.
void set_clients_limit(Options& options, const std::string& value) {
  const auto amount = number<std::int64_t>(value);
  options.maxmemory_clients = value.ends_with('%') ? -amount : amount;
}

// Valkey 8.0 and before: keys that are ranked by their use can't share objects (object.c,
// canUseSharedObject).
void settle_sharing(Options& options) {
  const EvictionRank rank = options.eviction.chosen().rank;
  const bool by_use = rank == EvictionRank::lru || rank == EvictionRank::lfu;
  options.keyspace.shares_integers = options.eviction.maxmemory == 0 || !by_use;
}

// What data may take of this much memory.
void set_cap(Options& options, const std::string& maxmemory, const std::string& reserved_percent) {
  const auto memory = number<std::uint64_t>(maxmemory);
  const auto left = 100 - number<std::uint64_t>(reserved_percent);
  options.eviction.maxmemory = memory / 100 * left + memory % 100 * left / 100;
  settle_sharing(options);
}

std::string value_of(const Options& options, std::string_view directive) {
  return directive_value(options, *find_directive(directive));
}

void set_maxmemory(Options& options, const std::string& value) {
  set_cap(options, value, value_of(options, reserved_memory_directive));
}

void set_reserved_memory(Options& options, const std::string& value) {
  set_cap(options, value_of(options, "maxmemory"), value);
}

void set_policy(Options& options, const std::string& value) {
  for (std::size_t i = 0; i < eviction_policies.size(); ++i) {
    if (eviction_policies[i].name == value) options.eviction.policy = i;
  }
  options.keyspace.lfu = options.eviction.chosen().rank == EvictionRank::lfu;
  settle_sharing(options);
}

struct EventLetter {
  char letter;
  std::uint32_t mask;
};
constexpr EventLetter event_letters[] = {
    {'g', bits(EventClass::generic)},  {'$', bits(EventClass::string)},
    {'l', bits(EventClass::list)},     {'s', bits(EventClass::set)},
    {'h', bits(EventClass::hash)},     {'z', bits(EventClass::zset)},
    {'x', bits(EventClass::expired)},  {'e', bits(EventClass::evicted)},
    {'t', bits(EventClass::stream)},   {'d', bits(EventClass::module)},
    {'n', bits(EventClass::key_new)},  {'K', bits(EventClass::keyspace)},
    {'E', bits(EventClass::keyevent)}, {'m', bits(EventClass::key_miss)}};

void set_events(Options& options, const std::string& value) {
  options.notify_keyspace_events = 0;
  for (const char letter : value) {
    for (const EventLetter& known : event_letters) {
      // A: all but the misses and new keys (server.h, NOTIFY_ALL), listed first.
      const bool in_all = letter == 'A' && std::string_view("g$lshzxetd").find(known.letter) !=
                                               std::string_view::npos;
      if (known.letter == letter || in_all) options.notify_keyspace_events |= known.mask;
    }
  }
}

// "normal 0 0 0 slave … pubsub …": the limits of three classes of clients.
void set_output_limits(Options& options, const std::string& value) {
  const auto words = split_words(value);
  for (std::size_t i = 0; words && i + 3 < words->size(); i += 4) {
    const Options::OutputLimit limit{number<std::int64_t>((*words)[i + 1]),
                                     number<std::int64_t>((*words)[i + 2]),
                                     number<std::int64_t>((*words)[i + 3])};
    if ((*words)[i] == "normal") options.output_normal = limit;
    if ((*words)[i] == "pubsub") options.output_pubsub = limit;
  }
}

template <CommandLog::Kind kind>
void set_log_threshold(Options& options, const std::string& value) {
  options.command_log[kind].threshold = number<std::int64_t>(value);
}
template <CommandLog::Kind kind>
void set_log_length(Options& options, const std::string& value) {
  options.command_log[kind].length_max = number<std::int64_t>(value);
}

constexpr DirectiveEffect effects[] = {
    {"active-expire-effort",
     [](auto& o, auto& v) { o.keyspace.active_expire_effort = number<int>(v); }},
    {"busy-reply-threshold",
     [](auto& o, auto& v) { o.busy_reply_threshold_ms = number<std::int64_t>(v); }},
    {"activerehashing", [](auto& o, auto& v) { o.keyspace.active_rehashing = yes(v); }},
    {"client-output-buffer-limit", set_output_limits},
    {"client-query-buffer-limit",
     [](auto& o, auto& v) { o.client_query_buffer_limit = number<std::int64_t>(v); }},
    {"commandlog-execution-slower-than", set_log_threshold<CommandLog::slow>},
    {"slowlog-log-slower-than", set_log_threshold<CommandLog::slow>},
    {"slowlog-max-len", set_log_length<CommandLog::slow>},
    {"commandlog-large-reply-max-len", set_log_length<CommandLog::large_reply>},
    {"commandlog-large-request-max-len", set_log_length<CommandLog::large_request>},
    {"commandlog-reply-larger-than", set_log_threshold<CommandLog::large_reply>},
    {"commandlog-request-larger-than", set_log_threshold<CommandLog::large_request>},
    {"commandlog-slow-execution-max-len", set_log_length<CommandLog::slow>},
    {"databases", [](auto& o, auto& v) { o.databases = number<std::size_t>(v); }},
    {"enable-debug-command", [](auto& o, auto& v) { o.enable_debug_command = permission(v); }},
    {"enable-outlive-command", [](auto& o, auto& v) { o.enable_outlive_command = permission(v); }},
    {"enable-protected-configs",
     [](auto& o, auto& v) { o.enable_protected_configs = permission(v); }},
    {"hash-max-listpack-entries",
     [](auto& o, auto& v) { o.hash.entries_max = number<std::size_t>(v); }},
    {"hash-max-listpack-value",
     [](auto& o, auto& v) { o.hash.value_max = number<std::size_t>(v); }},
    {"hz", [](auto& o, auto& v) { o.keyspace.hz = number<int>(v); }},
    {"import-mode", [](auto& o, auto& v) { o.keyspace.importing = yes(v); }},
    {"latency-monitor-threshold",
     [](auto& o, auto& v) { o.latency_monitor_threshold_ms = number<std::int64_t>(v); }},
    {"latency-tracking", [](auto& o, auto& v) { o.latency_tracking = yes(v); }},
    {"lazyfree-lazy-eviction", [](auto& o, auto& v) { o.keyspace.lazy_eviction = yes(v); }},
    {"lazyfree-lazy-expire", [](auto& o, auto& v) { o.keyspace.lazy_expire = yes(v); }},
    {"lazyfree-lazy-server-del", [](auto& o, auto& v) { o.keyspace.lazy_server_del = yes(v); }},
    {"lazyfree-lazy-user-del", [](auto& o, auto& v) { o.lazy_user_del = yes(v); }},
    {"lazyfree-lazy-user-flush", [](auto& o, auto& v) { o.lazy_user_flush = yes(v); }},
    {"lfu-decay-time", [](auto& o, auto& v) { o.keyspace.lfu_decay_time = number<int>(v); }},
    {"lfu-log-factor", [](auto& o, auto& v) { o.keyspace.lfu_log_factor = number<int>(v); }},
    {"maxclients", [](auto& o, auto& v) { o.maxclients = number<std::int64_t>(v); }},
    {"maxmemory", set_maxmemory},
    {"maxmemory-clients", set_clients_limit},
    {"maxmemory-eviction-tenacity", [](auto& o, auto& v) { o.eviction.tenacity = number<int>(v); }},
    {"maxmemory-policy", set_policy},
    {"maxmemory-samples", [](auto& o, auto& v) { o.eviction.samples = number<int>(v); }},
    {"min-replicas-max-lag",
     [](auto& o, auto& v) { o.min_replicas_max_lag = number<std::int64_t>(v); }},
    {"min-replicas-to-write",
     [](auto& o, auto& v) { o.min_replicas_to_write = number<std::int64_t>(v); }},
    {"min-string-size-avoid-copy-reply",
     [](auto& o, auto& v) { o.referred_reply_min = number<std::size_t>(v); }},
    {"notify-keyspace-events", set_events},
    {"outlive-like", [](auto& o, auto& v) { o.service = find_service(v); }},
    {"proto-max-bulk-len",
     [](auto& o, auto& v) { o.proto_max_bulk_len = number<std::int64_t>(v); }},
    {"protected-mode", [](auto& o, auto& v) { o.protected_mode = yes(v); }},
    {"rdb-version-check", [](auto& o, auto& v) { o.any_rdb_version = v == "relaxed"; }},
    {"rdbcompression", [](auto& o, auto& v) { o.rdb_compression = yes(v); }},
    {reserved_memory_directive, set_reserved_memory},
    {"requirepass", [](auto& o, auto& v) { o.requirepass = v; }},
    {"tracking-table-max-keys",
     [](auto& o, auto& v) { o.tracking_table_max_keys = number<std::size_t>(v); }},
    {"tcp-keepalive", [](auto& o, auto& v) { o.tcp_keepalive_s = number<std::int64_t>(v); }},
    {"timeout", [](auto& o, auto& v) { o.timeout_s = number<std::int64_t>(v); }},
};

constexpr UnsupportedDirective lacking[] = {
    {"aclfile", "-", "ACL files are not emulated"},
    {"activedefrag", "no", "memory is modelled, there is nothing to defragment"},
    {"appendonly", "no", "persistence is not emulated"},
    {"cluster-enabled", "no", "cluster mode is not emulated"},
    {"daemonize", "no", "outlive serve stays in the foreground"},
    {"masterauth", "-", "replication is not emulated"},
    {"masteruser", "-", "replication is not emulated"},
    {"mptcp", "no", "Multipath TCP is not supported"},
    {"primaryauth", "-", "replication is not emulated"},
    {"primaryuser", "-", "replication is not emulated"},
    {"rdma-bind", "-", "RDMA is not supported"},
    {"replicaof", "-", "replication is not emulated"},
    {"save", "-", "persistence is not emulated, so nothing can be saved"},
    {"supervised", "no auto", "outlive serve does not talk to a supervisor"},
    {"syslog-enabled", "no", "outlive serve logs to standard output or a file"},
    {"tls-cluster", "no", "cluster mode is not emulated"},
    {"tls-replication", "no", "replication is not emulated"},
};

}  // namespace

std::span<const DirectiveEffect> directive_effects() {
  return effects;
}
std::span<const UnsupportedDirective> unsupported_directives() {
  return lacking;
}

}  // namespace outlive
