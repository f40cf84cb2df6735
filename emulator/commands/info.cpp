// INFO: the server about itself, section by section (server.c of 8.1, genValkeyInfoString). Fields
// that have no meaning here tell what an idle standalone server would.
#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "commands/families.hpp"
#include "engine/directives.hpp"
#include "engine/engine.hpp"
#include "memory/dict_tables.hpp"
#include "memory/footprint.hpp"
#include "memory/growing_text.hpp"
#include "memory/passing_charge.hpp"

namespace outlive {
namespace {

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

// 1.50K, 2.00M … (server.c, bytesToHuman).
std::string human(std::uint64_t bytes) {
  constexpr std::array<char, 5> units = {'K', 'M', 'G', 'T', 'P'};
  if (bytes < 1024) return std::to_string(bytes) + "B";
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (value /= 1024; value >= 1024 && unit + 1 < units.size(); value /= 1024) ++unit;
  return fixed(value, 2) + units[unit];
}

// Fields that not every version has.
struct FieldOfVersions {
  std::string_view name;
  std::string_view since;
  std::string_view until = {};  // the version that has it no more
};
constexpr FieldOfVersions fields_of_versions[] = {
    {"redis_mode", "", "8.0.0"},
    {"atomicvar_api", "", "8.0.0"},
    {"valkey_release_stage", "8.1.0"},
    {"clients_hz", "8.1.0"},
    {"paused_reason", "8.1.0"},
    {"paused_actions", "8.1.0"},
    {"paused_timeout_milliseconds", "8.1.0"},
    {"io_threaded_accept_processed", "8.1.0"},
    // Some of these came with Redis 7.2, which is no profile.
    {"pubsub_clients", "8.0.0"},
    {"watching_clients", "8.0.0"},
    {"total_watched_keys", "8.0.0"},
    {"total_blocking_keys", "8.0.0"},
    {"total_blocking_keys_on_nokey", "8.0.0"},
    {"listener0", "8.0.0"},
    {"listener1", "8.0.0"},
    {"evicted_scripts", "8.0.0"},
    {"allocator_muzzy", "8.0.0"},
    {"mem_overhead_db_hashtable_rehashing", "8.0.0"},
    {"server_name", "8.0.0"},
    {"valkey_version", "8.0.0"},
    {"server_mode", "8.0.0"},
    {"availability_zone", "8.0.0"},
    {"io_threaded_freed_objects", "8.0.0"},
    {"io_threaded_poll_processed", "8.0.0"},
    {"io_threaded_total_prefetch_batches", "8.0.0"},
    {"io_threaded_total_prefetch_entries", "8.0.0"},
    {"client_query_buffer_limit_disconnections", "8.0.0"},
    {"client_output_buffer_limit_disconnections", "8.0.0"},
    {"eventloop_cycles", "8.0.0"},
    {"eventloop_duration_sum", "8.0.0"},
    {"eventloop_duration_cmd_sum", "8.0.0"},
    {"instantaneous_eventloop_cycles_per_sec", "8.0.0"},
    {"instantaneous_eventloop_duration_usec", "8.0.0"},
    {"acl_access_denied_auth", "8.0.0"},
    {"acl_access_denied_cmd", "8.0.0"},
    {"acl_access_denied_key", "8.0.0"},
    {"acl_access_denied_channel", "8.0.0"},
    {"replicas_waiting_psync", "8.0.0"},
    {"module", "9.1.0"},
    {"mem_replicas_repl_buffer", "9.1.0"},
    {"mem_cluster_slot_import", "9.1.0"},
    {"mem_cluster_slot_export", "9.1.0"},
    {"slot_migration_fork_in_progress", "9.1.0"},
    {"total_net_cluster_slot_import_bytes", "9.1.0"},
    {"total_net_cluster_slot_export_bytes", "9.1.0"},
    {"expired_fields", "9.1.0"},
    {"expired_keys_with_volatile_items_stale_perc", "9.1.0"},
    {"acl_access_denied_tls_cert", "9.1.0"},
    {"acl_access_denied_db", "9.1.0"},
    {"used_active_time_main_thread", "9.1.0"},
};

class InfoText {
 public:
  explicit InfoText(const Ledger& ledger)
      : profile_(ledger.profile()), block_(ledger.allocation()) {}

  void section(std::string_view name) {
    block_.make_room(text_.size());
    if (!text_.empty()) text_ += "\r\n";
    text_ += "# " + std::string(name) + "\r\n";
    format_size_ = text_.size();
  }
  // A section that is put together by sdscatfmt asks for twice its format at first.
  void make_room_for_format() { block_.make_room(2 * format_size_); }
  void field(std::string_view name, std::string_view value) {
    for (const FieldOfVersions& one : fields_of_versions) {
      if (one.name == name && !profile_.is_within(one.since, one.until)) return;
    }
    line(name, value);
  }
  // In every version.
  void line(std::string_view name, std::string_view value) {
    text_ += std::string(name) + ":" + std::string(value) + "\r\n";
    constexpr std::size_t colon_conversion_line_end = 5;
    format_size_ += name.size() + colon_conversion_line_end;
  }
  void field(std::string_view name, std::int64_t value) { field(name, std::to_string(value)); }
  void count(std::string_view name, std::uint64_t value) { field(name, std::to_string(value)); }
  // Several "name:value" fields at once, blank-separated: what never changes.
  void constants(std::string_view fields) {
    while (!fields.empty()) {
      const std::size_t end = std::min(fields.find(' '), fields.size());
      const std::string_view one = fields.substr(0, end);
      const std::size_t colon = one.find(':');
      field(one.substr(0, colon), one.substr(colon + 1));
      fields.remove_prefix(std::min(end + 1, fields.size()));
    }
  }
  const std::string& text() const { return text_; }
  // What Valkey has allocated for the sections before this one.
  std::int64_t block_bytes() const { return static_cast<std::int64_t>(block_.bytes()); }

 private:
  const Profile& profile_;
  std::string text_;
  GrowingText block_;
  std::size_t format_size_ = 0;  // of the section that is being written
};

void server(InfoText& info, Engine& engine) {
  const auto directive = [&](std::string_view name) {
    return directive_value(engine.options, *find_directive(name));
  };
  const std::int64_t uptime = unix_seconds(engine.now()) - unix_seconds(engine.started());
  const Profile& profile = engine.ledger.profile();
  info.field("redis_version", profile.is_redis() ? profile.version : "7.2.4");
  info.field("server_name", profile.server);
  info.field("valkey_version", profile.version);
  info.constants(
      "valkey_release_stage:ga redis_git_sha1:00000000 redis_git_dirty:0 redis_build_id:0");
  if (poses_as_redis(engine.options)) {
    info.line("redis_mode", "standalone");
  } else {
    info.constants("redis_mode:standalone server_mode:standalone");
  }
  info.constants(
      "os:outlive "
      "arch_bits:64 monotonic_clock:modelled multiplexing_api:epoll atomicvar_api:c11-builtin "
      "gcc_version:0.0.0");
  info.field("process_id", engine.shell.process_id);
  info.constants("process_supervised:no");
  info.field("run_id", engine.run_id());
  info.field("tcp_port", engine.shell.port);
  info.field("server_time_usec", unix_us(engine.now()));
  info.field("uptime_in_seconds", uptime);
  info.field("uptime_in_days", uptime / 86400);
  info.field("hz", engine.options.keyspace.hz);
  info.field("configured_hz", engine.options.keyspace.hz);
  info.field("clients_hz", engine.options.keyspace.hz);
  info.field("lru_clock", engine.keyspace.moment.lru_clock());
  info.field("executable", engine.shell.executable);
  info.field("config_file", engine.shell.config_file);
  info.constants("io_threads_active:0");
  info.field("availability_zone", directive("availability-zone"));
  info.make_room_for_format();
  if (!engine.shell.tcp_listener.empty()) info.field("listener0", engine.shell.tcp_listener);
  if (!engine.shell.unix_listener.empty()) info.field("listener1", engine.shell.unix_listener);
  if (!engine.shell.tls_listener.empty()) info.field("listener2", engine.shell.tls_listener);
}

template <class Predicate>
std::int64_t count_sessions(const Engine& engine, Predicate predicate) {
  return std::count_if(engine.sessions().begin(), engine.sessions().end(),
                       [&](const auto& one) { return predicate(*one.second); });
}

void clients(InfoText& info, Engine& engine) {
  info.field("connected_clients",
             count_sessions(engine, [](const Session& s) { return !s.internal; }));
  info.constants("cluster_connections:0");
  info.field("maxclients", engine.options.maxclients);
  info.count("client_recent_max_input_buffer", engine.client_peaks().input());
  info.count("client_recent_max_output_buffer", engine.client_peaks().output());
  info.field("blocked_clients", count_sessions(engine, [](const Session& s) {
               return s.blocked && !s.blocked->postponed;
             }));
  info.count("tracking_clients", engine.tracking.clients());
  info.field("pubsub_clients",
             count_sessions(engine, [](const Session& s) { return s.subscriptions() > 0; }));
  info.field("watching_clients",
             count_sessions(engine, [](const Session& s) { return !s.watched.empty(); }));
  info.constants("clients_in_timeout_table:0");
  std::uint64_t watched = 0;
  for (const auto& one : engine.sessions()) watched += one.second->watched.size();
  info.count("total_watched_keys", watched);
  info.constants("total_blocking_keys:0 total_blocking_keys_on_nokey:0");
  info.field("paused_reason", engine.paused() ? "client_pause" : "none");
  info.field("paused_actions", !engine.paused() ? "none" : engine.pausing_all() ? "all" : "write");
  info.field("paused_timeout_milliseconds", engine.pause_left_ms());
}

std::string percent(double part, double whole) {
  return fixed(whole > 0 ? part * 100 / whole : 0, 2) + "%";
}

void memory(InfoText& info, Engine& engine) {
  const PassingCharge text(engine.ledger, info.block_bytes());
  const MemoryOverview overview = engine.memory_overview();
  const auto used = static_cast<std::uint64_t>(overview.used);
  const auto peak = static_cast<std::uint64_t>(engine.ledger.peak());
  const auto with_human = [&](const std::string& name, std::uint64_t bytes) {
    info.count(name, bytes);
    info.field(name + "_human", human(bytes));
  };
  with_human("used_memory", used);
  with_human("used_memory_rss", used);
  with_human("used_memory_peak", peak);
  info.field("used_memory_peak_perc",
             percent(static_cast<double>(used), static_cast<double>(peak)));
  info.field("used_memory_overhead", overview.overhead);
  info.field("used_memory_startup", overview.startup);
  info.field("used_memory_dataset", overview.dataset());
  info.field("used_memory_dataset_perc",
             percent(static_cast<double>(overview.dataset()),
                     static_cast<double>(overview.used - overview.startup)));
  for (const auto* name : {"allocator_allocated", "allocator_active", "allocator_resident"}) {
    info.count(name, used);
  }
  info.constants("allocator_muzzy:0");
  with_human("total_system_memory", engine.shell.system_memory);
  const ScriptMemory scripts = engine.scripts ? engine.scripts->memory() : ScriptMemory{};
  info.field("used_memory_lua", scripts.vm_eval);
  info.field("used_memory_vm_eval", scripts.vm_eval);
  info.field("used_memory_lua_human", human(static_cast<std::uint64_t>(scripts.vm_eval)));
  info.field("used_memory_scripts_eval", scripts.eval);
  info.field("number_of_cached_scripts", scripts.cached_scripts);
  info.field("number_of_functions", scripts.functions);
  info.field("number_of_libraries", scripts.libraries);
  info.field("used_memory_vm_functions", scripts.vm_functions);
  with_human("used_memory_vm_total",
             static_cast<std::uint64_t>(scripts.vm_eval + scripts.vm_functions));
  info.field("used_memory_functions", scripts.function_bytes);
  with_human("used_memory_scripts",
             static_cast<std::uint64_t>(scripts.eval + scripts.function_bytes));
  with_human("maxmemory", engine.options.eviction.maxmemory);
  info.field("maxmemory_policy", engine.options.eviction.chosen().name);
  info.constants(
      "allocator_frag_ratio:1.00 allocator_frag_bytes:0 allocator_rss_ratio:1.00 "
      "allocator_rss_bytes:0 rss_overhead_ratio:1.00 rss_overhead_bytes:0 "
      "mem_fragmentation_ratio:1.00 mem_fragmentation_bytes:0 mem_not_counted_for_evict:0 "
      "mem_replication_backlog:0 mem_total_replication_buffers:0 mem_replicas_repl_buffer:0 "
      "mem_clients_slaves:0");
  info.field("mem_clients_normal", overview.clients);
  info.constants(
      "mem_cluster_links:0 mem_cluster_slot_import:0 mem_cluster_slot_export:0 mem_aof_buffer:0 "
      "mem_allocator:jemalloc-5.3.0");
  info.field("mem_overhead_db_hashtable_rehashing", overview.rehashing);
  info.constants("active_defrag_running:0 lazyfree_pending_objects:0");
  info.count("lazyfreed_objects", engine.keyspace.stats.lazyfreed_objects);
}

void persistence(InfoText& info, Engine& engine) {
  info.constants(
      "loading:0 async_loading:0 current_cow_peak:0 current_cow_size:0 current_cow_size_age:0 "
      "current_fork_perc:0.00 current_save_keys_processed:0 current_save_keys_total:0");
  info.count("rdb_changes_since_last_save", engine.keyspace.changes);
  info.constants("rdb_bgsave_in_progress:0");
  info.field("rdb_last_save_time", unix_seconds(engine.started()));
  info.constants(
      "rdb_last_bgsave_status:ok rdb_last_bgsave_time_sec:-1 rdb_current_bgsave_time_sec:-1 "
      "rdb_saves:0 rdb_last_cow_size:0 rdb_last_load_keys_expired:0 rdb_last_load_keys_loaded:0 "
      "aof_enabled:0 aof_rewrite_in_progress:0 aof_rewrite_scheduled:0 "
      "aof_last_rewrite_time_sec:-1 aof_current_rewrite_time_sec:-1 aof_last_bgrewrite_status:ok "
      "aof_rewrites:0 aof_rewrites_consecutive_failures:0 aof_last_write_status:ok "
      "aof_last_cow_size:0 module_fork_in_progress:0 module_fork_last_cow_size:0 "
      "slot_migration_fork_in_progress:0");
}

void stats(InfoText& info, Engine& engine) {
  const Stats& stats = engine.stats;
  const KeyspaceStats& keys = engine.keyspace.stats;
  info.count("total_connections_received", stats.connections_received);
  info.count("total_commands_processed", stats.commands_processed);
  info.constants("instantaneous_ops_per_sec:0");
  info.count("total_net_input_bytes", stats.net_input_bytes);
  info.count("total_net_output_bytes", stats.net_output_bytes);
  info.constants(
      "total_net_repl_input_bytes:0 total_net_repl_output_bytes:0 "
      "total_net_cluster_slot_import_bytes:0 total_net_cluster_slot_export_bytes:0 "
      "instantaneous_input_kbps:0.00 "
      "instantaneous_output_kbps:0.00 instantaneous_input_repl_kbps:0.00 "
      "instantaneous_output_repl_kbps:0.00");
  info.count("rejected_connections", stats.connections_rejected);
  info.constants("sync_full:0 sync_partial_ok:0 sync_partial_err:0");
  info.count("expired_keys", keys.expired);
  info.count("expired_fields", keys.expired_fields);
  info.field("expired_stale_perc", fixed(keys.expired_stale_percent, 2));
  info.field("expired_keys_with_volatile_items_stale_perc", fixed(keys.fields_stale_percent, 2));
  info.count("expired_time_cap_reached_count", keys.expire_time_cap_reached);
  info.constants("expire_cycle_cpu_milliseconds:0");
  info.count("evicted_keys", keys.evicted);
  info.count("evicted_clients", stats.evicted_clients);
  info.count("evicted_scripts", stats.evicted_scripts);
  const std::int64_t since = stats.eviction_exceeded_since_us;
  const std::int64_t current = since ? unix_us(engine.now()) - since : 0;
  info.count("total_eviction_exceeded_time",
             (stats.eviction_exceeded_us + static_cast<std::uint64_t>(current)) / 1000);
  info.field("current_eviction_exceeded_time", current / 1000);
  info.count("keyspace_hits", keys.hits);
  info.count("keyspace_misses", keys.misses);
  info.count("pubsub_channels", engine.publisher.listeners(Channel::plain).size());
  info.count("pubsub_patterns", engine.publisher.listeners(Channel::pattern).size());
  info.count("pubsubshard_channels", engine.publisher.listeners(Channel::shard).size());
  info.constants(
      "latest_fork_usec:0 total_forks:0 migrate_cached_sockets:0 slave_expires_tracked_keys:0 "
      "active_defrag_hits:0 active_defrag_misses:0 active_defrag_key_hits:0 "
      "active_defrag_key_misses:0 total_active_defrag_time:0 current_active_defrag_time:0");
  info.count("tracking_total_keys", engine.tracking.keys());
  info.count("tracking_total_items", engine.tracking.items());
  info.count("tracking_total_prefixes", engine.tracking.prefixes());
  info.count("unexpected_error_replies", stats.unexpected_errors);
  info.count("total_error_replies", stats.error_replies);
  info.constants("dump_payload_sanitizations:0");
  info.count("total_reads_processed", stats.reads);
  info.count("total_writes_processed", stats.writes);
  info.constants(
      "io_threaded_reads_processed:0 io_threaded_writes_processed:0 io_threaded_freed_objects:0 "
      "io_threaded_accept_processed:0 io_threaded_poll_processed:0 "
      "io_threaded_total_prefetch_batches:0 io_threaded_total_prefetch_entries:0");
  info.count("client_query_buffer_limit_disconnections", stats.query_buffer_limit_disconnections);
  info.count("client_output_buffer_limit_disconnections", stats.output_buffer_limit_disconnections);
  info.count("reply_buffer_shrinks", stats.reply_buffer_shrinks);
  info.count("reply_buffer_expands", stats.reply_buffer_expands);
  info.constants(
      "eventloop_cycles:0 eventloop_duration_sum:0 "
      "eventloop_duration_cmd_sum:0 instantaneous_eventloop_cycles_per_sec:0 "
      "instantaneous_eventloop_duration_usec:0");
  info.count("acl_access_denied_auth", stats.denied_sign_ins);
  info.count("acl_access_denied_cmd", stats.denied_commands);
  info.constants(
      "acl_access_denied_key:0 acl_access_denied_channel:0 "
      "acl_access_denied_tls_cert:0 acl_access_denied_db:0");
}

void replication(InfoText& info, Engine& engine) {
  info.constants(
      "role:master connected_slaves:0 replicas_waiting_psync:0 master_failover_state:no-failover");
  info.field("master_replid", engine.run_id());
  info.constants(
      "master_replid2:0000000000000000000000000000000000000000 master_repl_offset:0 "
      "second_repl_offset:-1 repl_backlog_active:0");
  info.field("repl_backlog_size",
             directive_value(engine.options, *find_directive("repl-backlog-size")));
  info.constants("repl_backlog_first_byte_offset:0 repl_backlog_histlen:0");
}

void cpu(InfoText& info, Engine&) {
  info.constants(
      "used_cpu_sys:0.000000 used_cpu_user:0.000000 used_cpu_sys_children:0.000000 "
      "used_cpu_user_children:0.000000 used_cpu_sys_main_thread:0.000000 "
      "used_cpu_user_main_thread:0.000000 used_active_time_main_thread:0.000000");
}

// Lua is a module since 9.1.
void modules(InfoText& info, Engine&) {
  info.field("module",
             "name=lua,ver=1,api=1,filters=0,usedby=[],using=[],options=[handle-repl-async-load|"
             "handle-atomic-slot-migration]");
}

// Every command and subcommand that was called, or refused, with its full name.
template <class Visit>
void for_each_counted(Engine& engine, Visit visit) {
  const auto look = [&](const Command& command) {
    const CommandStats& counted = engine.stats.of(engine.table().index_of(command));
    if (counted.calls || counted.rejected || counted.failed) visit(command.full_name(), counted);
  };
  for (const Command* command : engine.table().rows()) {
    look(*command);
    for (const Command& subcommand : command->subcommands) look(subcommand);
  }
}

void commandstats(InfoText& info, Engine& engine) {
  for_each_counted(engine, [&](const std::string& name, const CommandStats& counted) {
    const double each = counted.calls ? static_cast<double>(counted.microseconds) /
                                            static_cast<double>(counted.calls)
                                      : 0;
    info.field("cmdstat_" + name, "calls=" + std::to_string(counted.calls) +
                                      ",usec=" + std::to_string(counted.microseconds) +
                                      ",usec_per_call=" + fixed(each, 2) +
                                      ",rejected_calls=" + std::to_string(counted.rejected) +
                                      ",failed_calls=" + std::to_string(counted.failed));
  });
}

// A code may be whatever a script made up (server.c, getSafeInfoString).
std::string safe_name(std::string name) {
  constexpr std::string_view unsafe = "#:\n\r";
  std::ranges::replace_if(
      name, [&](char letter) { return unsafe.find(letter) != unsafe.npos; }, '_');
  return name;
}

void errorstats(InfoText& info, Engine& engine) {
  for (const auto& [code, count] : engine.stats.errors) {
    info.field("errorstat_" + safe_name(code), "count=" + std::to_string(count));
  }
}

void latencystats(InfoText& info, Engine& engine) {
  const std::string percentiles =
      directive_value(engine.options, *find_directive("latency-tracking-info-percentiles"));
  const auto wanted = split_words(percentiles);
  if (!wanted || wanted->empty()) return;
  for_each_counted(engine, [&](const std::string& name, const CommandStats& counted) {
    if (!counted.histogram) return;
    std::string line;
    for (const std::string& percent : *wanted) {
      const auto ns = counted.histogram->percentile(*parse_double(percent));
      line +=
          (line.empty() ? "p" : ",p") + percent + "=" + fixed(static_cast<double>(ns) / 1000, 3);
    }
    info.field("latency_percentiles_usec_" + name, line);
  });
}

void cluster(InfoText& info, Engine&) {
  info.constants("cluster_enabled:0");
}

// Hashes with fields that expire.
std::string volatile_items(const Engine& engine, const Database& database) {
  if (!engine.ledger.profile().has("9.0.0")) return "";
  return ",keys_with_volatile_items=" + std::to_string(database.with_expiring_fields().size());
}

// ---- sections that came with 9.1
void tls(InfoText& info, Engine&) {
  info.constants(
      "tls_server_cert_serial:none tls_server_cert_expires_in_seconds:0 "
      "tls_client_cert_serial:none tls_client_cert_expires_in_seconds:0 tls_ca_cert_serial:none "
      "tls_ca_cert_expires_in_seconds:0");
}

void cluster_info(InfoText&, Engine&) {}

void scripting_engines(InfoText& info, Engine& engine) {
  constexpr std::string_view overhead = "64";
  const ScriptMemory scripts = engine.scripts ? engine.scripts->memory() : ScriptMemory{};
  const std::string used = std::to_string(scripts.vm_eval + scripts.vm_functions);
  info.field("engines_count", 1);
  info.field("engines_total_used_memory", used);
  info.field("engines_total_memory_overhead", overhead);
  info.field("engine_0", "name=LUA,module=lua,abi_version=4,used_memory=" + used +
                             ",memory_overhead=" + std::string(overhead));
}

void keyspace(InfoText& info, Engine& engine) {
  for (std::size_t i = 0; i < engine.keyspace.databases(); ++i) {
    const Database& database = engine.keyspace.database(i);
    if (database.size() == 0) continue;
    info.field("db" + std::to_string(i), "keys=" + std::to_string(database.size()) +
                                             ",expires=" + std::to_string(database.expires_size()) +
                                             ",avg_ttl=" + std::to_string(database.average_ttl_ms) +
                                             volatile_items(engine, database));
  }
}

enum class Shown : std::uint8_t { always, in_default, on_request };

struct Section {
  std::string_view name;  // as INFO takes it
  std::string_view title;
  Shown shown;
  void (*write)(InfoText&, Engine&);
  std::string_view since = {};
};
constexpr Section sections[] = {
    {"server", "Server", Shown::in_default, server},
    {"tls", "TLS", Shown::on_request, tls, "9.1.0"},
    {"clients", "Clients", Shown::in_default, clients},
    {"memory", "Memory", Shown::in_default, memory},
    {"persistence", "Persistence", Shown::in_default, persistence},
    {"stats", "Stats", Shown::in_default, stats},
    {"replication", "Replication", Shown::in_default, replication},
    {"cpu", "CPU", Shown::in_default, cpu},
    {"modules", "Modules", Shown::in_default, modules},
    {"commandstats", "Commandstats", Shown::on_request, commandstats},
    {"errorstats", "Errorstats", Shown::in_default, errorstats},
    {"latencystats", "Latencystats", Shown::on_request, latencystats},
    {"cluster", "Cluster", Shown::in_default, cluster},
    {"cluster_info", "Cluster Info", Shown::on_request, cluster_info, "9.1.0"},
    {"scriptingengines", "Scripting Engines", Shown::on_request, scripting_engines, "9.1.0"},
    {"keyspace", "Keyspace", Shown::in_default, keyspace},
};

// The sections that INFO is asked for. Valkey puts their names into a dictionary, which counts in
// what INFO then tells (server.c, genInfoSectionDict).
class WantedSections {
 public:
  explicit WantedSections(std::span<const std::string_view> words) {
    tables_.expand(words.empty() ? room_max : std::min(words.size(), room_max));
    if (words.empty()) add_defaults();
    for (const std::string_view word : words) {
      if (equal_ignoring_case(word, "all") || equal_ignoring_case(word, "everything")) {
        all_ = true;
      } else {
        equal_ignoring_case(word, "default") ? add_defaults() : add(word);
      }
    }
  }

  bool has(const Section& section) {
    if (all_) return true;
    tables_.look_up();
    return contains(section.name);
  }
  std::int64_t bytes(const Ledger& ledger) const {
    std::int64_t sum = ledger.block(footprint::dict_head) +
                       static_cast<std::int64_t>(tables_.bytes(ledger.allocation()));
    for (const std::string_view name : names_) {
      const auto text = footprint::text_block(ledger.allocation(), name.size());
      sum += ledger.block(footprint::dict_entry) + static_cast<std::int64_t>(text.bytes);
    }
    return sum;
  }

 private:
  static constexpr std::size_t room_max = 16;

  bool contains(std::string_view name) const {
    return std::ranges::any_of(names_,
                               [&](auto known) { return equal_ignoring_case(known, name); });
  }
  void add(std::string_view name) {
    if (contains(name)) return;
    tables_.insert();
    names_.push_back(name);
  }
  void add_defaults() {
    for (const Section& section : sections) {
      if (section.shown == Shown::in_default) add(section.name);
    }
  }

  DictTables tables_;
  std::vector<std::string_view> names_;
  bool all_ = false;
};

// What INFO makes of its words: the first time without any it stays for good (server.c,
// cached_default_info_sections).
std::int64_t passing_bytes(Call& call, const WantedSections& wanted) {
  Ledger& ledger = call.engine.ledger;
  const std::int64_t bytes = wanted.bytes(ledger);
  if (call.words.size() > 1) return bytes;
  if (!std::exchange(call.engine.info_sections_kept, true)) ledger.add(bytes);
  return 0;
}

void info(Call& call) {
  WantedSections wanted(call.args.rest());
  Ledger& ledger = call.engine.ledger;
  const PassingCharge names(ledger, passing_bytes(call, wanted));
  const PassingCharge words(ledger, request_weight(ledger, call.words));
  InfoText text(ledger);
  for (const Section& section : sections) {
    if (!ledger.profile().has(section.since) || !wanted.has(section)) continue;
    text.section(section.title);
    section.write(text, call.engine);
  }
  call.reply.verbatim("txt", text.text());
}

constexpr Command rows[] = {
    {.name = "info",
     .arity = -1,
     .flags = flag::loading | flag::stale,
     .categories = category::dangerous,
     .run = info,
     .docs = {.summary = "Returns information and statistics about the server.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output request_policy:all_shards response_policy:special"}},
};

}  // namespace

CommandRows info_commands() {
  return rows;
}

}  // namespace outlive
