// The server that is imitated: what differs between versions, as data.
//
// A profile says which version it is of, which tables keep the keys, how a key and its value are
// laid out, what a process weighs before its first key, and how scripts are kept. Which commands
// and directives there are follows from the version. Everything else is as in Valkey 8.1. Sources
// stand with each figure; measured means on Debian's build of that version, or on the figures of
// the upstream allocator.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace outlive {

// Which table keeps the keys of a database, and the fields of a large hash.
enum class TableKind : std::uint8_t {
  buckets,  // hashtable.c of 8.1: 64-byte buckets of seven
  chains,   // dict.c up to 8.0: a pointer per bucket, an allocation per entry
};

// Where a key is, and the object that holds its value.
enum class KeyLayout : std::uint8_t {
  in_object,               // 8.1: one allocation for key, expiry and a short value
  in_object_over_pointer,  // 9.0: twice as much, and a short value lies where its pointer would
  in_entry,                // 8.0: the key inside the dictionary's entry, the object apart
  apart,                   // Redis 7.0: key, dictionary's entry and object, each an allocation
};

// How Lua scripts and functions are kept.
enum class ScriptKeeping : std::uint8_t {
  by_engines,  // 8.1: a scripting engine compiles them into structures of its own
  by_module,   // 9.1: so does a module, which calls commands as modules do
  directly,    // 8.0 (eval.c, functions.c)
};

// When the parts of a client that subscriptions, blocking and transactions need are made.
enum class ClientParts : std::uint8_t {
  on_use,   // 8.1
  at_once,  // 8.0 (networking.c, createClient)
};

// How a chained table grows, shrinks and is rehashed.
enum class ChainHabits : std::uint8_t {
  eager,  // 8.0: shrinks when an entry leaves; a look-up moves the bucket that it looks at
  calm,   // Redis 7.0: a database's tables shrink by the cron alone, buckets move in their order
};

// Where what clients send is read into.
enum class QueryBuffers : std::uint8_t {
  shared,  // 8.0: one buffer for all, an own one while something is left in it
  own,     // Redis 7.0: one a client, from its first request on
};

// How 8.1's table of buckets is rehashed, and what it samples.
enum class BucketHabits : std::uint8_t {
  plain,    // 8.1
  hurried,  // 9.0: a shrinking table skips empty buckets, and turns round if too many come
};

// In what the subscribers of a channel are kept, and the patterns of a client.
enum class Subscribing : std::uint8_t {
  in_dicts,
  in_lists,   // Redis 7.0 (pubsub.c)
  in_tables,  // 9.0: its tables of buckets
};

// "8.1.1" as a number that compares: a byte each for major, minor and patch.
constexpr std::uint32_t version_number(std::string_view text) {
  std::uint32_t number = 0;
  std::uint32_t part = 0;
  for (const char letter : text) {
    if (letter == '.') {
      number = number << 8 | part;
      part = 0;
    } else {
      part = part * 10 + static_cast<std::uint32_t>(letter - '0');
    }
  }
  return number << 8 | part;
}

struct Profile {
  std::string_view name;     // as --outlive-profile takes it
  std::string_view version;  // of the server imitated
  std::string_view server;   // as HELLO tells it
  TableKind tables;
  KeyLayout keys;
  // used_memory_startup, with the allocator's quantum of 8 and of 16. A file, a folder or an
  // address named on the command line moves it by some dozens of bytes.
  std::array<std::int64_t, 2> startup;
  // sizeof(client) as a size class (server.h): tot-mem of an idle client, less its reply buffer.
  std::size_t client_struct;
  ClientParts client_parts;
  // multi.c: a queued command, the state of a transaction, what MEMORY counts for a watched key.
  std::size_t queued_command = 24;
  std::size_t transaction_struct = 88;
  std::size_t watched_key = 24 + 48;
  QueryBuffers query_buffers = QueryBuffers::shared;
  Subscribing subscribing = Subscribing::in_dicts;
  ScriptKeeping scripts;
  // What is kept of an EVAL script (8.1: struct evalScript; luaScript in server.h), and whether
  // scripts that EVAL brought leave when there are too many.
  std::size_t script_struct;
  bool scripts_leave = true;
  // What the first library of functions leaves behind for good, measured.
  std::int64_t first_library_more = 0;
  // What used_memory_functions says of a server without functions, measured.
  std::int64_t function_engines;
  // sizeof(kvstore), which MEMORY STATS counts for each table of a database (kvstore.c). 0: there
  // is none, a database has two plain dictionaries from the start.
  std::size_t kvstore_head;
  ChainHabits chains = ChainHabits::eager;
  // Whether MULTI still takes commands that need no memory when there is none left (server.c,
  // processCommand: 7.0 refused all, since a queue is memory too).
  bool queues_at_cap = true;
  // Whether messages to the very client whose command causes them wait for its reply (networking.c,
  // pending_push_messages). In 7.0 they are where they come, in the midst of EXEC's replies too,
  // but for what CLIENT TRACKING tells.
  bool messages_wait = true;
  BucketHabits buckets = BucketHabits::plain;
  // What a table of buckets weighs without its buckets and metadata (hashtable.c, struct
  // hashtable), and what a hash's table adds to that (9.0: the set of fields that expire,
  // t_hash.c).
  std::size_t table_head = 72;
  std::size_t hash_metadata = 0;
  // Whoever looks at an LFU counter writes its decay down, and when: with a decay time of more than
  // a minute, what is looked at often never decays (9.0: lrulfu.c, lfu_getFrequency).
  bool decays_when_seen = false;
  // Databases but the first come with their first SELECT (9.0: db.c, createDatabaseIfNeeded).
  bool lazy_databases = false;
  std::uint32_t number = version_number(version);

  // Whether the key is in the object of its value.
  constexpr bool keeps_key_in_object() const {
    return keys == KeyLayout::in_object || keys == KeyLayout::in_object_over_pointer;
  }
  // Replies refer to long strings instead of copying them, and all requests that arrived together
  // are parsed before the first runs (9.0: networking.c, tryAvoidBulkStrCopyToReply,
  // parseInputBuffer); clients keep tables of the keys that they watch (multi.c).
  constexpr bool has_parsed_queue() const { return has("9.0.0"); }
  constexpr bool is_redis() const { return server == "redis"; }
  // Whether the version has what came with another, "8.1.0" for instance, or "" with the first.
  constexpr bool has(std::string_view since) const { return version_number(since) <= number; }
  // The same of what another version, "" for none, took away again.
  constexpr bool is_within(std::string_view since, std::string_view until) const {
    return has(since) && (until.empty() || !has(until));
  }
};

inline constexpr std::array profiles = {
    Profile{.name = "valkey-8.1",
            .version = "8.1.1",
            .server = "valkey",
            .tables = TableKind::buckets,
            .keys = KeyLayout::in_object,
            .startup = {879'728, 892'080},
            .client_struct = 640,
            .client_parts = ClientParts::on_use,
            .scripts = ScriptKeeping::by_engines,
            .script_struct = 40,
            .function_engines = 224,
            .kvstore_head = 96},
    Profile{.name = "valkey-8.0",
            .version = "8.0.1",
            .server = "valkey",
            .tables = TableKind::chains,
            .keys = KeyLayout::in_entry,
            .startup = {912'176, 929'336},
            .client_struct = 896,
            .client_parts = ClientParts::at_once,
            .scripts = ScriptKeeping::directly,
            .script_struct = 24,
            .function_engines = 200,
            .kvstore_head = 104},
    Profile{.name = "redis-7.0",
            .version = "7.0.15",
            .server = "redis",
            .tables = TableKind::chains,
            .keys = KeyLayout::apart,
            .startup = {859'008, 876'168},
            .client_struct = 768,
            .client_parts = ClientParts::at_once,
            .query_buffers = QueryBuffers::own,
            .subscribing = Subscribing::in_lists,
            .scripts = ScriptKeeping::directly,
            .script_struct = 16,
            .scripts_leave = false,
            .function_engines = 200,
            .kvstore_head = 0,
            .chains = ChainHabits::calm,
            .queues_at_cap = false,
            .messages_wait = false},
    Profile{.name = "valkey-9.1",
            .version = "9.1.2",
            .server = "valkey",
            .tables = TableKind::buckets,
            .keys = KeyLayout::in_object_over_pointer,
            // The first, of the upstream allocator, as far from the second as 8.1's are.
            .startup = {884'416, 896'768},
            .client_struct = 640,
            .client_parts = ClientParts::on_use,
            .queued_command = 32,  // with a slot
            .transaction_struct = 104,
            .watched_key = 24 + 56,
            .subscribing = Subscribing::in_tables,
            .scripts = ScriptKeeping::by_module,
            .script_struct = 40,
            .first_library_more = 88,
            .function_engines = 336,
            .kvstore_head = 112,
            .buckets = BucketHabits::hurried,
            .table_head = 80,
            .hash_metadata = 8,
            .decays_when_seen = true,
            .lazy_databases = true},
};

// The default: what the image valkey/valkey:8 runs.
inline constexpr const Profile& profile_default = profiles[0];

// Null if there is none of this name.
constexpr const Profile* find_profile(std::string_view name) {
  for (const Profile& profile : profiles) {
    if (profile.name == name) return &profile;
  }
  return nullptr;
}

}  // namespace outlive
