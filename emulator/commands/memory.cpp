// MEMORY: what a key, and what everything, weighs (object.c of 8.1).
#include <algorithm>
#include <iterator>
#include <limits>
#include <string>

#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"
#include "memory/footprint.hpp"
#include "memory/passing_charge.hpp"

namespace outlive {
namespace {

// What objectComputeSize says of a value beside its object.
struct SampledBytes {
  std::size_t samples;
  std::size_t operator()(const String& string) const { return string.block(); }
  std::size_t operator()(const HashPointer& hash) const { return hash->sampled_bytes(samples); }
};

void usage(Call& call) {
  constexpr std::int64_t samples_default = 5;  // OBJ_COMPUTE_SIZE_DEF_SAMPLES
  const auto name = call.args.next();
  std::int64_t samples = samples_default;
  while (!call.args.empty()) {
    if (call.args.left() > 1 && call.args.take("SAMPLES")) {
      samples = call.args.next_integer();
      if (!call.args.failed() && samples < 0) call.args.fail(errors::syntax);
    } else {
      call.args.fail(errors::syntax);
    }
    if (!call.args.done(call.reply)) return;
  }
  // An expired key is weighed while it is there.
  const Entry* found = call.db.find_as_it_is(name);
  if (!found) return call.reply.null();
  const Entry& entry = *found;
  const SampledBytes sampled{static_cast<std::size_t>(samples)};
  call.reply.integer(static_cast<std::int64_t>(told_block(entry, call.keyspace.ledger) +
                                               std::visit(sampled, entry.value)));
}

// One figure of MEMORY STATS: an integer, or a ratio.
struct Figure {
  std::string_view name;
  double (*value)(const MemoryOverview&, const Engine&);
  bool ratio = false;
  std::string_view since = {};
};

double per_key(const MemoryOverview& m, const Engine&) {
  return m.keys ? static_cast<double>((m.used - m.startup) / m.keys) : 0;
}
double one(const MemoryOverview&, const Engine&) {
  return 1;
}
double zero(const MemoryOverview&, const Engine&) {
  return 0;
}
double used(const MemoryOverview& m, const Engine&) {
  return static_cast<double>(m.used);
}
double script_bytes(const Engine& engine, std::int64_t ScriptMemory::*member) {
  return engine.scripts ? static_cast<double>(engine.scripts->memory().*member) : 0;
}

constexpr Figure figures_before[] = {
    {"peak.allocated",
     [](auto&, auto& engine) { return static_cast<double>(engine.ledger.peak()); }},
    {"total.allocated", used},
    {"startup.allocated", [](auto& m, auto&) { return static_cast<double>(m.startup); }},
    {"replication.backlog", zero},
    {"clients.slaves", zero},
    {"clients.normal", [](auto& m, auto&) { return static_cast<double>(m.clients); }},
    {"cluster.links", zero},
    {"aof.buffer", zero},
    {"lua.caches", [](auto&, auto& e) { return script_bytes(e, &ScriptMemory::eval); }},
    {"functions.caches",
     [](auto&, auto& e) { return script_bytes(e, &ScriptMemory::function_bytes); }},
};
constexpr Figure figures_after[] = {
    {"overhead.db.hashtable.lut", [](auto& m, auto&) { return static_cast<double>(m.tables); },
     false, "8.0.0"},
    {"overhead.db.hashtable.rehashing",
     [](auto& m, auto&) { return static_cast<double>(m.rehashing); }, false, "8.0.0"},
    {"overhead.total", [](auto& m, auto&) { return static_cast<double>(m.overhead); }},
    {"db.dict.rehashing.count",
     [](auto& m, auto&) { return static_cast<double>(m.rehashing_count); }, false, "8.0.0"},
    {"keys.count", [](auto& m, auto&) { return static_cast<double>(m.keys); }},
    {"keys.bytes-per-key", per_key},
    {"dataset.bytes", [](auto& m, auto&) { return static_cast<double>(m.dataset()); }},
    {"dataset.percentage",
     [](auto& m, auto&) {
       const auto net = static_cast<double>(m.used - m.startup);
       return net > 0 ? 100.0 * static_cast<double>(m.dataset()) / net : 0.0;
     },
     true},
    {"peak.percentage",
     [](auto& m, auto& e) {
       return 100.0 * static_cast<double>(m.used) / static_cast<double>(e.ledger.peak());
     },
     true},
    {"allocator.allocated", used},
    {"allocator.active", used},
    {"allocator.resident", used},
    {"allocator.muzzy", zero, false, "8.0.0"},
    {"allocator-fragmentation.ratio", one, true},
    {"allocator-fragmentation.bytes", zero},
    {"allocator-rss.ratio", one, true},
    {"allocator-rss.bytes", zero},
    {"rss-overhead.ratio", one, true},
    {"rss-overhead.bytes", zero},
    {"fragmentation", one, true},
    {"fragmentation.bytes", zero},
};

void reply_figure(Call& call, const Figure& figure, const MemoryOverview& overview) {
  if (!call.keyspace.ledger.profile().has(figure.since)) return;
  call.reply.bulk(figure.name);
  const double value = figure.value(overview, call.engine);
  figure.ratio ? call.reply.number(value) : call.reply.integer(static_cast<std::int64_t>(value));
}

void stats(Call& call) {
  Ledger& ledger = call.engine.ledger;
  const PassingCharge words(ledger, request_weight(ledger, call.words));
  const MemoryOverview overview = call.engine.memory_overview();
  const Profile& profile = call.keyspace.ledger.profile();
  const auto after = std::count_if(std::begin(figures_after), std::end(figures_after),
                                   [&](const Figure& one) { return profile.has(one.since); });
  call.reply.map(std::size(figures_before) + overview.databases.size() +
                 static_cast<std::size_t>(after));
  for (const Figure& figure : figures_before) reply_figure(call, figure, overview);
  for (const auto& database : overview.databases) {
    call.reply.bulk("db." + std::to_string(database.index));
    const bool with_slots = !profile.has("8.0.0");  // of a cluster; none here
    call.reply.map(with_slots ? 3 : 2);
    call.reply.bulk("overhead.hashtable.main");
    call.reply.integer(database.keys_table);
    call.reply.bulk("overhead.hashtable.expires");
    call.reply.integer(database.expires_table);
    if (!with_slots) continue;
    call.reply.bulk("overhead.hashtable.slot-to-keys");
    call.reply.integer(0);
  }
  for (const Figure& figure : figures_after) reply_figure(call, figure, overview);
}

void purge(Call& call) {
  call.reply.ok();
}

void doctor(Call& call) {
  call.reply.verbatim(
      "txt",
      "Memory is modelled here, not measured: it can't be fragmented, and what INFO "
      "memory says is what a Valkey 8.1 with the same keys would use.\n");
}

void malloc_stats(Call& call) {
  call.reply.verbatim("txt", "Stats not supported for the current allocator");
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "DOCTOR",
      "    Return memory problems reports.",
      "MALLOC-STATS",
      "    Return internal statistics report from the memory allocator.",
      "PURGE",
      "    Attempt to purge dirty pages for reclamation by the allocator.",
      "STATS",
      "    Return information about the memory usage of the server.",
      "USAGE <key> [SAMPLES <count>]",
      "    Return memory in bytes used by <key> and its value. Nested values are",
      "    sampled up to <count> times (default: 5, 0 means sample all)."};
  reply_help(call, lines);
}

constexpr Command subcommands[] = {
    {.name = "doctor",
     .arity = 2,
     .run = doctor,
     .docs = {.summary = "Outputs a memory problems report.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
     .container = "memory"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(1)"},
     .container = "memory"},
    {.name = "malloc-stats",
     .arity = 2,
     .flags = flag::loading,
     .run = malloc_stats,
     .docs = {.summary = "Returns the allocator statistics.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "Depends on how much memory is allocated, could be slow",
              .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
     .container = "memory",
     .before_8_1 = {.without = flag::loading}},
    {.name = "purge",
     .arity = 2,
     .flags = flag::loading,
     .run = purge,
     .docs = {.summary = "Asks the allocator to release memory.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "Depends on how much memory is allocated, could be slow",
              .tips = "request_policy:all_shards response_policy:all_succeeded"},
     .container = "memory",
     .before_8_1 = {.without = flag::loading}},
    {.name = "stats",
     .arity = 2,
     .run = stats,
     .docs = {.summary = "Returns details about memory usage.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
     .container = "memory"},
    {.name = "usage",
     .arity = -3,
     .flags = flag::readonly,
     .keys = {KeySpec::range(keyflag::ro, 2, 0, 1)},
     .run = usage,
     .docs = {.summary = "Estimates the memory usage of a key.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(N) where N is the number of samples."},
     .container = "memory"},
};

constexpr Command rows[] = {
    {.name = "memory",
     .arity = -2,
     .subcommands = subcommands,
     .docs = {.summary = "A container for memory diagnostics commands.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows memory_commands() {
  return rows;
}

}  // namespace outlive
