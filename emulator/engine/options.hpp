// What the directives set: plain members that the engine reads. The table of directives, with their
// names, types, bounds and errors, is in directives.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "data/hash.hpp"
#include "engine/command_log.hpp"
#include "eviction/evictor.hpp"
#include "keyspace/settings.hpp"

namespace outlive {

struct Service;

// Who may: nobody, connections from this machine, everybody.
enum class Permission : std::uint8_t { no, local, yes };

struct Options {
  EvictionSettings eviction;
  KeyspaceSettings keyspace;
  HashLimits hash;  // hash-max-listpack-*

  std::size_t databases = 16;
  std::string requirepass;
  std::uint32_t notify_keyspace_events = 0;       // EventClass bits
  std::int64_t proto_max_bulk_len = 512LL << 20;  // bytes
  std::int64_t client_query_buffer_limit = 1LL << 30;
  std::size_t referred_reply_min = 16'384;  // min-string-size-avoid-copy-reply; 0: none
  std::int64_t maxclients = 10000;
  std::int64_t min_replicas_to_write = 0;
  std::int64_t min_replicas_max_lag = 10;
  bool protected_mode = true;          // protected-mode
  std::int64_t tcp_keepalive_s = 300;  // tcp-keepalive; 0: none
  std::int64_t maxmemory_clients = 0;  // bytes; negative: percent of maxmemory; 0: no limit
  std::size_t tracking_table_max_keys = 1'000'000;  // 0: no limit
  std::int64_t busy_reply_threshold_ms = 5000;      // busy-reply-threshold / lua-time-limit
  std::int64_t timeout_s = 0;                       // idle clients are closed; 0: never
  // commandlog-*, by CommandLog::Kind.
  CommandLog::Limits command_log = {{{10'000, 128}, {1 << 20, 128}, {1 << 20, 128}}};
  std::int64_t latency_monitor_threshold_ms = 0;
  bool latency_tracking = true;
  bool rdb_compression = true;                       // rdbcompression, of DUMP's payloads
  bool any_rdb_version = false;                      // rdb-version-check relaxed
  bool lazy_user_del = true;                         // lazyfree-lazy-user-del
  bool lazy_user_flush = true;                       // lazyfree-lazy-user-flush
  Permission enable_debug_command = Permission::no;  // enable-debug-command
  Permission enable_protected_configs = Permission::no;
  Permission enable_outlive_command = Permission::no;
  // What client-output-buffer-limit normal and pubsub say: bytes, bytes, seconds; 0: no limit.
  struct OutputLimit {
    std::int64_t hard = 0;
    std::int64_t soft = 0;
    std::int64_t soft_seconds = 0;
  };
  OutputLimit output_normal;
  OutputLimit output_pubsub{32LL << 20, 8LL << 20, 60};

  const Service* service = nullptr;  // outlive-like; null: none

  // The canonical text of every directive that was set, by its row; the rest have their defaults.
  std::map<std::size_t, std::string> directives;
};

}  // namespace outlive
