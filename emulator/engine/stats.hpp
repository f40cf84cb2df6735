// Counters of one engine, as INFO tells them and CONFIG RESETSTAT clears them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/latency_histogram.hpp"

namespace outlive {

struct CommandStats {
  std::uint64_t calls = 0;
  std::uint64_t microseconds = 0;
  std::uint64_t rejected = 0;
  std::uint64_t failed = 0;
  std::unique_ptr<LatencyHistogram> histogram;  // since its first use with latency-tracking on
};

struct Stats {
  std::uint64_t connections_received = 0;
  std::uint64_t connections_rejected = 0;
  std::uint64_t commands_processed = 0;
  std::uint64_t error_replies = 0;
  std::uint64_t unexpected_errors = 0;
  std::uint64_t reads = 0;  // total_reads_processed
  std::uint64_t writes = 0;
  std::uint64_t denied_sign_ins = 0;  // acl_access_denied_auth
  std::uint64_t denied_commands = 0;  // acl_access_denied_cmd
  std::uint64_t net_input_bytes = 0;
  std::uint64_t net_output_bytes = 0;
  std::uint64_t evicted_clients = 0;
  std::uint64_t evicted_scripts = 0;
  std::uint64_t reply_buffer_shrinks = 0;
  std::uint64_t reply_buffer_expands = 0;
  std::uint64_t query_buffer_limit_disconnections = 0;
  std::uint64_t output_buffer_limit_disconnections = 0;
  std::uint64_t eviction_exceeded_us = 0;       // total_eviction_exceeded_time, ended periods
  std::int64_t eviction_exceeded_since_us = 0;  // Unix µs; 0: not over the limit
  std::map<std::string, std::uint64_t> errors;  // errorstat_*
  std::vector<CommandStats> commands;           // by CommandTable's index

  CommandStats& of(std::size_t index) {
    if (index >= commands.size()) [[unlikely]]
      commands.resize(index + 1);
    return commands[index];
  }
};

}  // namespace outlive
