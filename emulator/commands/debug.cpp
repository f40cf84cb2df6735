// DEBUG: what tests ask of a server (debug.c of 8.1). Subcommands that crash the process, touch
// files are refused by name.
#include <algorithm>
#include <cstdio>
#include <iterator>
#include <string>

#include "commands/dataset_digest.hpp"
#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"
#include "keyspace/access.hpp"
#include "memory/footprint.hpp"
#include "memory/growing_text.hpp"
#include "snapshot/rdb_writer.hpp"

namespace outlive {
namespace {

std::string fixed(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f", value);
  return text;
}

// As C's atoi: anything that is no number is 0.
bool next_switch(Call& call) {
  return parse_integer(call.args.next()).value_or(0) != 0;
}

// ---- time and the cron

void sleep(Call& call) {
  const double seconds = parse_double(call.args.next()).value_or(0);
  if (seconds > 0 && call.engine.on_sleep) {
    call.engine.on_sleep(static_cast<std::int64_t>(seconds * 1e6));
  }
  call.reply.ok();
}

void set_active_expire(Call& call) {
  call.engine.switches.active_expiry = next_switch(call);
  call.reply.ok();
}

void pause_cron(Call& call) {
  call.engine.switches.cron = !next_switch(call);
  call.reply.ok();
}

void dict_resizing(Call& call) {
  call.engine.options.keyspace.resizing = next_switch(call);
  call.reply.ok();
}

void reply_buffer(Call& call) {
  auto& switches = call.engine.switches;
  constexpr std::int64_t peak_ms_default = 5000;  // REPLY_BUFFER_DEFAULT_PEAK_RESET_TIME
  if (call.args.take("resizing")) {
    switches.reply_buffers_resized = next_switch(call);
  } else if (!call.args.take("peak-reset-time")) {
    return call.reply.error(errors::subcommand_syntax(call.words[1], "debug"));
  } else if (call.args.take("never")) {
    switches.reply_buffer_peak_ms = -1;
  } else if (call.args.take("reset")) {
    switches.reply_buffer_peak_ms = peak_ms_default;
  } else {
    const std::int64_t peak_ms = call.args.next_integer();
    if (!call.args.done(call.reply)) return;
    switches.reply_buffer_peak_ms = peak_ms;
  }
  call.reply.ok();
}

void client_enforce_reply_list(Call& call) {
  call.engine.switches.replies_in_blocks = next_switch(call);
  call.reply.ok();
}

void set_disable_deny_scripts(Call& call) {
  call.engine.switches.scripts_may_all = next_switch(call);
  call.reply.ok();
}

// ---- what is in there

void digest(Call& call) {
  call.reply.simple(dataset_digest(call.keyspace));
}

void digest_value(Call& call) {
  call.reply.array(call.args.left());
  for (const std::string_view name : call.args.rest()) {
    call.reply.simple(value_digest(call.db.find_as_it_is(name)));
  }
}

// As it would be saved, without the byte for its type (rdb.c, rdbSavedObjectLen).
std::size_t serialized_length(const Call& call, const Entry& entry) {
  RdbWriter writer(call.engine.options.rdb_compression);
  writer.value(entry.value);
  return std::move(writer).take().size() - 1;
}

// What the bits say as a time and as a counter. Redis 7.0 tells no counter; 9.1 tells what the
// policy makes of them.
std::string access_facts(const Call& call, std::uint32_t access) {
  const Profile& profile = call.keyspace.ledger.profile();
  const auto& settings = call.keyspace.settings;
  const bool by_policy = profile.has("9.1.0");
  std::string facts;
  if (!by_policy || !settings.lfu) {
    facts += " lru:" + std::to_string(access) + " lru_seconds_idle:" +
             std::to_string(access::idle_ms(access, call.moment()) / 1000);
  }
  if (by_policy ? settings.lfu : !profile.is_redis()) {
    facts += " lfu_freq:" + std::to_string(access::frequency(access, settings, call.moment())) +
             " lfu_access_time_minutes:" + std::to_string(access >> 8);
  }
  return facts;
}

void object(Call& call) {
  const std::string_view name = call.args.next();
  const Entry* entry = call.db.find_as_it_is(name);
  if (!entry) return call.reply.error(errors::no_such_key);
  // An address that tells keys apart and is the same in every run.
  char address[32];
  std::snprintf(address, sizeof address, "0x7f%010llx",
                static_cast<unsigned long long>(call.keyspace.hash(name) & 0xfffffffff0));
  const bool fast = call.args.take("fast");
  const std::string length =
      fast ? "" : " serializedlength:" + std::to_string(serialized_length(call, *entry));
  call.reply.simple("Value at:" + std::string(address) +
                    " refcount:" + std::to_string(holders(*entry)) +
                    " encoding:" + std::string(encoding_name(entry->value)) + length +
                    access_facts(call, entry->access));
}

// The sizes of a 64-bit build of 8.1: they are C's, not ours, and tests do sums with them.
void structure_sizes(Call& call) {
  call.reply.bulk("bits:64 robj:" + std::to_string(footprint::object_head) +
                  " dictentry:24 sdshdr5:1 sdshdr8:3 sdshdr16:5 sdshdr32:9 sdshdr64:17 ");
}

// A text as SDSLEN tells of it: its length, its room to grow, its block.
struct Sds {
  std::size_t length;
  std::size_t left;
  std::size_t block;
};

Sds in_own_block(std::size_t length, std::size_t room, std::size_t block) {
  return {length, room - length, block};
}

// In the block of a short argument's object, behind its head.
Sds behind_head(std::size_t length, const Allocation& allocation) {
  constexpr std::size_t header = 3, zero = 1;
  const std::size_t block = footprint::argument(allocation, length) - footprint::object_head;
  return {length, block - header - length - zero, block};
}

// 8.0 keeps of a key what it had as an argument (dict.c, createEmbeddedEntry), 7.0 makes a copy.
Sds key_apart(std::size_t length, const Allocation& allocation, bool copied) {
  const bool is_short = length <= footprint::embedded_argument_max(allocation);
  if (is_short && !copied) return behind_head(length, allocation);
  const auto block = footprint::text_block(allocation, length);
  const std::size_t room = copied ? std::min(block.room, countable_room(length)) : block.room;
  return in_own_block(length, room, block.bytes);
}

// In 7.0 a short value has no room.
Sds value_apart(const String& text, const Allocation& allocation, bool copied) {
  if (text.block() != 0) return in_own_block(text.size(), text.room(), text.block());
  Sds value = behind_head(text.size(), allocation);
  if (copied) value.left = 0;
  return value;
}

// Up to 8.0 the key is a text of its own.
void text_lengths_apart(Call& call, const Entry& entry) {
  const Allocation& allocation = call.keyspace.ledger.allocation();
  const bool copied = call.keyspace.ledger.profile().keys == KeyLayout::apart;
  const auto told = [](const std::string& name, const Sds& sds) {
    return name + "_sds_len:" + std::to_string(sds.length) + ", " + name +
           "_sds_avail:" + std::to_string(sds.left) + ", " + name +
           "_zmalloc: " + std::to_string(sds.block);
  };
  call.reply.simple(told("key", key_apart(entry.key_size, allocation, copied)) + ", " +
                    told("val", value_apart(entry.as<String>(), allocation, copied)));
}

void text_lengths(Call& call) {
  const Entry* entry = call.db.find_as_it_is(call.args.next());
  if (!entry) return call.reply.error(errors::no_such_key);
  if (!entry->is<String>() || entry->as<String>().is_integer()) {
    return call.reply.error("ERR Not an sds encoded string.");
  }
  if (!call.keyspace.ledger.profile().keeps_key_in_object()) {
    return text_lengths_apart(call, *entry);
  }
  const String& text = entry->as<String>();
  const bool embedded = text.encoding() == StringEncoding::embedded;
  const std::size_t left = embedded ? embedded_room_left(*entry, call.keyspace.ledger.profile())
                                    : text.room() - text.size();
  // Keys never have room to grow; an embedded value has no block of its own.
  call.reply.simple("key_sds_len:" + std::to_string(entry->key_size) +
                    " key_sds_avail:0 obj_alloc:" + std::to_string(entry->block) + " val_sds_len:" +
                    std::to_string(text.size()) + " val_sds_avail:" + std::to_string(left) +
                    " val_alloc:" + std::to_string(text.block()));
}

// How many of `places` have chains of each length.
std::string distribution(const TableShape& shape, std::size_t places) {
  std::string text;
  for (std::size_t length = 0; length + 1 < TableShape::lengths_max; ++length) {
    const std::size_t count = shape.chains[length];
    if (count == 0) continue;
    text += "   " + std::to_string(length) + ": " + std::to_string(count) + " (" +
            fixed(static_cast<double>(count) / static_cast<double>(places) * 100) + "%)\n";
  }
  return text;
}

std::string chain_lengths(const TableShape& shape) {
  const double mean = static_cast<double>(shape.children) / static_cast<double>(shape.buckets);
  return " top-level buckets: " + std::to_string(shape.buckets) +
         "\n child buckets: " + std::to_string(shape.children) +
         "\n max chain length: " + std::to_string(shape.longest) +
         "\n avg chain length: " + fixed(mean) + "\n chain length distribution:\n" +
         distribution(shape, shape.buckets);
}

// The same of a dictionary of 8.0 (dict.c, dictGetStatsMsg).
std::string dictionary_lengths(const TableShape& shape) {
  const double mean = static_cast<double>(shape.used) / static_cast<double>(shape.buckets);
  return " different slots: " + std::to_string(shape.buckets) +
         "\n max chain length: " + std::to_string(shape.longest) +
         "\n avg chain length (counted): " + fixed(mean) +
         "\n avg chain length (computed): " + fixed(mean) + "\n Chain length distribution:\n" +
         distribution(shape, shape.capacity);
}

std::string describe(const std::vector<TableShape>& shapes, const Profile& profile, bool full) {
  const bool chained = profile.tables == TableKind::chains;
  std::string text;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const TableShape& shape = shapes[i];
    text += "Hash table " + std::to_string(i) + " stats (" +
            (i == 0 ? "main hash table" : "rehashing target") + "):\n";
    if (shape.used == 0) {
      text += chained ? "No stats available for empty dictionaries\n"
                      : "No stats available for empty hash tables\n";
      continue;
    }
    text += " table size: " + std::to_string(shape.capacity) +
            (chained ? "\n number of elements: " : "\n number of entries: ") +
            std::to_string(shape.used) + "\n";
    if (full) text += chained ? dictionary_lengths(shape) : chain_lengths(shape);
  }
  return text;
}

std::string describe(const Database::Table& table, const Profile& profile, bool full) {
  std::vector<TableShape> shapes{table.shape(0)};
  if (table.rehashing()) shapes.push_back(table.shape(1));
  return describe(shapes, profile, full);
}

// Whether the lengths of chains are asked for. Before 7.2 there was no word for it, and they were
// told always.
bool read_full(Call& call) {
  return !call.keyspace.ledger.profile().has("7.2.0") || call.args.take("full");
}

void htstats(Call& call) {
  const std::int64_t number = call.args.next_integer();
  if (!call.args.done(call.reply)) return;
  if (number < 0 || static_cast<std::size_t>(number) >= call.keyspace.databases()) {
    return call.reply.error("ERR Out of range database");
  }
  const bool full = read_full(call);
  const Database& database = call.keyspace.database(static_cast<std::size_t>(number));
  const Profile& profile = call.keyspace.ledger.profile();
  std::string text = "[Dictionary HT]\n";
  if (database.has_had_keys()) text += describe(database.keys(), profile, full);
  text += "[Expires HT]\n";
  if (database.has_had_expiry()) text += describe(database.expires(), profile, full);
  call.reply.verbatim("txt", text);
}

// A look-up that counts, but tells nobody of a miss.
void htstats_key(Call& call) {
  const Entry* entry = call.db.find(key_of(call, call.args.next()),
                                    {.touch = false, .count = true, .notify = false});
  if (!entry) return call.reply.error(errors::no_such_key);
  const bool full = read_full(call);
  std::vector<TableShape> shapes;
  if (entry->is<HashPointer>()) shapes = entry->as<HashPointer>()->table_shapes();
  if (shapes.empty()) {
    return call.reply.error(
        "ERR The value stored at the specified key is not represented using an hash table");
  }
  call.reply.verbatim("txt", describe(shapes, call.keyspace.ledger.profile(), full));
}

void populate(Call& call) {
  const std::int64_t count = call.args.next_integer(errors::negative);
  if (!call.args.failed() && count < 0) call.args.fail(errors::negative);
  const std::string prefix(call.args.empty() ? "key" : call.args.next());
  std::int64_t size = call.args.empty() ? 0 : call.args.next_integer(errors::negative);
  if (!call.args.failed() && size < 0) call.args.fail(errors::negative);
  if (!call.args.done(call.reply)) return;
  call.db.keys().expand(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string name = prefix + ":" + std::to_string(i);
    const Key key = call.keyspace.key(name);
    if (call.db.find_for_write(key)) continue;
    std::string value = "value:" + std::to_string(i);
    if (size) value.resize(static_cast<std::size_t>(size));
    call.db.add(key, String::plain(value, call.keyspace.ledger.allocation()));
    call.engine.key_changed_by(call.db, name);
  }
  call.reply.ok();
}

// ---- replies and logs

void error(Call& call) {
  std::string text(call.args.next());
  std::replace(text.begin(), text.end(), '\r', ' ');
  std::replace(text.begin(), text.end(), '\n', ' ');
  // Not counted among the errors, as Valkey does not.
  call.reply.raw("-" + text + "\r\n");
}

void log(Call& call) {
  call.engine.log(3, "DEBUG LOG: " + std::string(call.args.next()));
  call.reply.ok();
}

void protocol_attribute(ReplyWriter& reply) {
  if (reply.resp3()) {
    reply.raw("|1\r\n");
    reply.bulk("key-popularity");
    reply.array(2);
    reply.bulk("key:123");
    reply.integer(90);
  }
  reply.bulk("Some real reply following the attribute");
}

void protocol_push(Call& call) {
  if (!call.reply.resp3()) return call.reply.error("ERR RESP2 is not supported by this command");
  const bool waits = call.keyspace.ledger.profile().messages_wait;
  constexpr std::string_view following = "Some real reply following the push reply";
  if (waits) call.reply.bulk(following);
  call.reply.push(2);
  call.reply.bulk("server-cpu-usage");
  call.reply.integer(42);
  if (!waits) call.reply.bulk(following);
}

void protocol_map(ReplyWriter& reply) {
  reply.map(3);
  for (int i = 0; i < 3; ++i) {
    reply.integer(i);
    reply.boolean(i == 1);
  }
}

void zero_to_two(ReplyWriter& reply) {
  for (int i = 0; i < 3; ++i) reply.integer(i);
}

struct ProtocolSample {
  std::string_view name;
  void (*write)(ReplyWriter&);
};
constexpr ProtocolSample protocol_samples[] = {
    {"string", [](auto& r) { r.bulk("Hello World"); }},
    {"integer", [](auto& r) { r.integer(12345); }},
    {"double", [](auto& r) { r.number(3.141); }},
    {"bignum", [](auto& r) { r.big_number("1234567999999999999999999999999999999"); }},
    {"null", [](auto& r) { r.null(); }},
    {"array", [](auto& r) { r.array(3), zero_to_two(r); }},
    {"set", [](auto& r) { r.set(3), zero_to_two(r); }},
    {"map", protocol_map},
    {"attrib", protocol_attribute},
    {"verbatim", [](auto& r) { r.verbatim("txt", "This is a verbatim\nstring"); }},
    {"true", [](auto& r) { r.boolean(true); }},
    {"false", [](auto& r) { r.boolean(false); }},
};

void protocol(Call& call) {
  const std::string_view wanted = call.args.next();
  if (equal_ignoring_case(wanted, "push")) return protocol_push(call);
  for (const ProtocolSample& sample : protocol_samples) {
    if (equal_ignoring_case(sample.name, wanted)) return sample.write(call.reply);
  }
  call.reply.error(
      "ERR Wrong protocol type name. Please use one of the following: "
      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
}

void client_eviction(Call& call) {
  call.reply.error("ERR maxmemory-clients is disabled.");
}

void refuse(Call& call) {
  call.reply.error("ERR DEBUG " + to_upper(call.words[1]) + " is not supported by outlive");
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      {"DICT-RESIZING <0|1>", "8.0.0"},
      {"    Enable or disable the main dict and expire dict resizing.", "8.0.0"},
      "DIGEST",
      "    Output a hex signature representing the current DB content.",
      "DIGEST-VALUE <key> [<key> ...]",
      "    Output a hex signature of the values of all the specified keys.",
      "ERROR <string>",
      "    Return a RESP protocol error with <string> as message. Useful for clients",
      "    unit tests to simulate error replies.",
      {"HTSTATS <dbid>", {}, "8.0.0"},
      {"HTSTATS <dbid> [full]", "8.0.0"},
      "    Return hash table statistics of the specified database.",
      {"HTSTATS-KEY <key>", {}, "8.0.0"},
      {"HTSTATS-KEY <key> [full]", "8.0.0"},
      "    Like HTSTATS but for the hash table stored at <key>'s value.",
      "LOG <message>",
      "    Write <message> to the server log.",
      {"OBJECT <key>", {}, "8.0.0"},
      {"OBJECT <key> [fast]", "8.0.0"},
      "    Show low level info about `key` and associated value.",
      "PAUSE-CRON <0|1>",
      "    Stop periodic cron job processing.",
      "POPULATE <count> [<prefix>] [<size>]",
      "    Create <count> string keys named key:<num>. If <prefix> is specified then",
      "    it is used instead of the 'key' prefix.",
      "PROTOCOL <type>",
      "    Reply with a test value of the specified type. <type> can be: string,",
      "    integer, double, bignum, null, array, set, map, attrib, push, verbatim,",
      "    true, false.",
      "REPLYBUFFER PEAK-RESET-TIME <NEVER||RESET|time>",
      "    Sets the time (in milliseconds) to wait between client reply buffer peak resets.",
      "    In case NEVER is provided the last observed peak will never be reset",
      "    In case RESET is provided the peak reset time will be restored to the default value",
      "REPLYBUFFER RESIZING <0|1>",
      "    Enable or disable the reply buffer resize cron job",
      "SDSLEN <key>",
      "    Show low level SDS string info representing `key` and value.",
      "SET-ACTIVE-EXPIRE <0|1>",
      "    Setting it to 0 disables expiring keys in background when they are not",
      "    accessed (otherwise the behavior). Setting it to 1 reenables back the",
      "    default.",
      "SET-DISABLE-DENY-SCRIPTS <0|1>",
      "    Allow scripts to call commands that are denied to them.",
      "SLEEP <seconds>",
      "    Stop the server for <seconds>. Decimals allowed.",
      "STRUCTSIZE",
      "    Return the size of different core C structures."};
  reply_help(call, lines);
}

// A subcommand with the number of words that it takes after its name.
struct Subcommand {
  std::string_view name;
  std::size_t words_min;
  std::size_t words_max;
  Handler run;
  std::string_view since = {};  // the version that brought it; "": any
  std::string_view until = {};  // that took it away, or takes other words
};
constexpr std::size_t any = 1u << 30;
constexpr Subcommand debug_subcommands[] = {
    {"aof-flush-sleep", 0, any, refuse},
    {"assert", 0, any, refuse},
    {"change-repl-id", 0, any, refuse},
    {"client-enforce-reply-list", 1, 1, client_enforce_reply_list, "8.1.0"},
    {"client-eviction", 0, 0, client_eviction},
    {"close-cluster-link-on-packet-drop", 0, any, refuse},
    {"config-rewrite-force-all", 0, any, refuse},
    {"crash-and-recover", 0, any, refuse},
    {"delay-rdb-client-free-second", 0, any, refuse},
    {"dict-resizing", 1, 1, dict_resizing, "8.0.0"},
    {"digest", 0, 0, digest},
    {"digest-value", 0, any, digest_value},
    {"disable-cluster-random-ping", 0, any, refuse},
    {"drop-cluster-packet-filter", 0, any, refuse},
    {"error", 1, 1, error},
    {"help", 0, 0, help},
    {"htstats", 1, 1, htstats, {}, "8.0.0"},
    {"htstats", 1, any, htstats, "8.0.0"},
    {"htstats-key", 1, 1, htstats_key, {}, "8.0.0"},
    {"htstats-key", 1, any, htstats_key, "8.0.0"},
    {"leak", 0, any, refuse},
    {"listpack", 0, any, refuse},
    {"loadaof", 0, any, refuse},
    {"log", 1, 1, log},
    {"mallctl", 0, any, refuse},
    {"mallctl-str", 0, any, refuse},
    {"object", 1, 1, object, {}, "8.0.0"},
    {"object", 1, 2, object, "8.0.0"},
    {"oom", 0, any, refuse},
    {"panic", 0, any, refuse},
    {"pause-after-fork", 0, any, refuse},
    {"pause-cron", 1, 1, pause_cron},
    {"populate", 1, 3, populate},
    {"protocol", 1, 1, protocol},
    {"quicklist", 0, any, refuse},
    {"quicklist-packed-threshold", 0, any, refuse},
    {"reload", 0, any, refuse},
    {"replicate", 0, any, refuse},
    {"replybuffer", 2, 2, reply_buffer},
    {"restart", 0, any, refuse},
    {"sdslen", 1, 1, text_lengths},
    {"segfault", 0, any, refuse},
    {"set-active-expire", 1, 1, set_active_expire},
    {"set-disable-deny-scripts", 1, 1, set_disable_deny_scripts},
    {"set-skip-checksum-validation", 0, any, refuse},
    {"sleep", 1, 1, sleep},
    {"stringmatch-test", 0, any, refuse},
    {"structsize", 0, 0, structure_sizes},
};

void debug(Call& call) {
  const std::string_view name = call.args.next();
  const Profile& profile = call.keyspace.ledger.profile();
  for (const Subcommand& subcommand : debug_subcommands) {
    if (!equal_ignoring_case(subcommand.name, name)) continue;
    if (!profile.is_within(subcommand.since, subcommand.until)) continue;
    if (call.args.left() < subcommand.words_min || call.args.left() > subcommand.words_max) break;
    return subcommand.run(call);
  }
  call.reply.error(errors::subcommand_syntax(name, "debug"));
}

constexpr Command rows[] = {
    {.name = "debug",
     .arity = -2,
     .flags = flag::admin | flag::noscript | flag::loading | flag::stale | flag::is_protected,
     .run = debug,
     .docs = {.summary = "A container for debugging commands.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "Depends on subcommand.",
              .system = true}},
};

}  // namespace

CommandRows debug_commands() {
  return rows;
}

}  // namespace outlive
