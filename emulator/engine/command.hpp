// A command as a row of facts and a handler; everything else about it is read from the row.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/args.hpp"
#include "engine/session.hpp"
#include "keyspace/keyspace.hpp"
#include "resp/reply_writer.hpp"

namespace outlive {

class Engine;
struct Command;

// One run of a command. Time is keyspace.moment, chance is in keyspace's streams.
struct Call {
  Engine& engine;
  Session& session;
  Keyspace& keyspace;
  Database& db;
  const Command& command;
  std::span<const std::string_view> words;  // the whole request, name included
  Args args;                                // what follows the name (and the subcommand)
  ReplyWriter& reply;

  const Moment& moment() const { return keyspace.moment; }
  // A value, expiry or existence changed outside put(): watchers are told, the change counted and
  // the event fired, in that order.
  void changed(std::string_view key, Event event);
  // The same without an event, of so many changes.
  void touched(std::string_view key, std::uint64_t changes);
  void notify(std::string_view key, Event event) {
    keyspace.listener.key_event(event, key, db.index());
  }
};

using Handler = void (*)(Call&);

// Command flags (server.h, CMD_*), by the names COMMAND INFO shows.
namespace flag {
inline constexpr std::uint64_t write = 1u << 0;
inline constexpr std::uint64_t readonly = 1u << 1;
inline constexpr std::uint64_t denyoom = 1u << 2;
inline constexpr std::uint64_t admin = 1u << 3;
inline constexpr std::uint64_t pubsub = 1u << 4;
inline constexpr std::uint64_t noscript = 1u << 5;
inline constexpr std::uint64_t blocking = 1u << 6;
inline constexpr std::uint64_t loading = 1u << 7;
inline constexpr std::uint64_t stale = 1u << 8;
inline constexpr std::uint64_t skip_monitor = 1u << 9;
inline constexpr std::uint64_t skip_slowlog = 1u << 10;
inline constexpr std::uint64_t asking = 1u << 11;
inline constexpr std::uint64_t fast = 1u << 12;
inline constexpr std::uint64_t no_auth = 1u << 13;
inline constexpr std::uint64_t may_replicate = 1u << 14;
inline constexpr std::uint64_t no_mandatory_keys = 1u << 15;
inline constexpr std::uint64_t is_protected = 1u << 16;
inline constexpr std::uint64_t allow_busy = 1u << 17;
inline constexpr std::uint64_t movablekeys = 1u << 18;
inline constexpr std::uint64_t no_multi = 1u << 19;
inline constexpr std::uint64_t no_async_loading = 1u << 20;
inline constexpr std::uint64_t touches_arbitrary_keys = 1u << 21;
// Ours: EVAL and FCALL, whose flags depend on the script (server.c, getCommandFlags).
inline constexpr std::uint64_t script = 1u << 22;
// Ours: runs at once inside MULTI instead of being queued (EXEC, DISCARD, WATCH, QUIT, RESET).
inline constexpr std::uint64_t never_queued = 1u << 23;
// Ours: allowed in RESP2 while subscribed (server.c, processCommand).
inline constexpr std::uint64_t while_subscribed = 1u << 24;
// Ours: refused unless enable-outlive-command allows it.
inline constexpr std::uint64_t outlive_own = 1u << 25;
// Ours: refused by 8.0 to who has subscribed to nothing (server.c, processCommand).
inline constexpr std::uint64_t unsubscribes = 1u << 26;
}  // namespace flag

// ACL categories (acl.c). A row names its subject; what follows from flags is added by
// categories_of().
namespace category {
inline constexpr std::uint64_t keyspace = 1u << 0;
inline constexpr std::uint64_t set = 1u << 1;
inline constexpr std::uint64_t sortedset = 1u << 2;
inline constexpr std::uint64_t list = 1u << 3;
inline constexpr std::uint64_t hash = 1u << 4;
inline constexpr std::uint64_t string = 1u << 5;
inline constexpr std::uint64_t bitmap = 1u << 6;
inline constexpr std::uint64_t hyperloglog = 1u << 7;
inline constexpr std::uint64_t geo = 1u << 8;
inline constexpr std::uint64_t stream = 1u << 9;
inline constexpr std::uint64_t dangerous = 1u << 10;
inline constexpr std::uint64_t connection = 1u << 11;
inline constexpr std::uint64_t transaction = 1u << 12;
inline constexpr std::uint64_t scripting = 1u << 13;
inline constexpr std::uint64_t pubsub = 1u << 14;
inline constexpr std::uint64_t read = 1u << 15;
inline constexpr std::uint64_t write = 1u << 16;
inline constexpr std::uint64_t admin = 1u << 17;
inline constexpr std::uint64_t fast = 1u << 18;
inline constexpr std::uint64_t slow = 1u << 19;
inline constexpr std::uint64_t blocking = 1u << 20;
}  // namespace category

// Where a command's keys are and what it does with them (server.h, keySpec).
namespace keyflag {
inline constexpr std::uint32_t ro = 1, rw = 2, ow = 4, rm = 8, access = 16, update = 32,
                               insert = 64, remove = 128, not_key = 256, incomplete = 512,
                               variable_flags = 1024;
}  // namespace keyflag

struct KeySpec {
  enum class Begin : std::uint8_t { none, index, keyword, unknown };
  enum class Find : std::uint8_t { range, keynum, unknown };
  std::uint32_t flags = 0;
  Begin begin = Begin::none;
  int begin_at = 0;  // index of the first key, or where the keyword search starts
  std::string_view keyword = {};
  Find find = Find::range;
  int last = 0;  // range: relative to the first; negative: from the end
  int step = 1;
  int limit = 0;
  int keynum_at = 0, first_at = 0;  // keynum: relative to the beginning
  std::string_view notes = {};      // what COMMAND INFO adds for people

  static constexpr KeySpec range(std::uint32_t flags, int first, int last = 0, int step = 1) {
    return {.flags = flags, .begin = Begin::index, .begin_at = first, .last = last, .step = step};
  }
  static constexpr KeySpec counted(std::uint32_t flags, int at) {
    return {.flags = flags,
            .begin = Begin::index,
            .begin_at = at,
            .find = Find::keynum,
            .keynum_at = 0,
            .first_at = 1};
  }
  constexpr KeySpec stepping(int words) const {
    KeySpec spec = *this;
    spec.step = words;
    return spec;
  }
  constexpr KeySpec noted(std::string_view text) const {
    KeySpec spec = *this;
    spec.notes = text;
    return spec;
  }
};

struct KeySpecs {
  std::array<KeySpec, 3> specs{};
  constexpr KeySpecs() = default;
  constexpr KeySpecs(KeySpec a) : specs{a} {}
  constexpr KeySpecs(KeySpec a, KeySpec b) : specs{a, b} {}
  constexpr KeySpecs(KeySpec a, KeySpec b, KeySpec c) : specs{a, b, c} {}
};

// For COMMAND DOCS and COMMAND INFO: what people and clients read.
struct CommandDocs {
  std::string_view summary = {};
  std::string_view since = {};
  std::string_view group = {};
  std::string_view complexity = {};
  std::string_view tips = {};  // blank-separated command tips
  std::string_view deprecated_since = {};
  std::string_view deprecated_until = {};  // the version that took it back
  std::string_view replaced_by = {};
  bool system = false;  // for Valkey's own use: the doc flag `syscmd`
};

// What another version has otherwise than the row says, which is Valkey 8.1's.
struct Difference {
  int arity = 0;              // 0: the same
  std::uint64_t flags = 0;    // those it has besides
  std::uint64_t without = 0;  // those it has not
  std::optional<std::string_view> tips = {};
  std::optional<std::string_view> summary = {};

  constexpr bool is_none() const { return !arity && !flags && !without && !tips && !summary; }
};

struct Command {
  std::string_view name;  // lower case; a subcommand's own part
  int arity = 0;          // words with the name; negative: at least so many
  std::uint64_t flags = 0;
  std::uint64_t categories = 0;
  KeySpecs keys = {};
  Handler run = nullptr;
  std::span<const Command> subcommands = {};
  CommandDocs docs = {};
  std::string_view container = {};  // the parent's name in a subcommand's row
  Difference before_8_1 = {};       // in 8.0, and further back
  Difference before_8_0 = {};       // besides, in Redis 7.0
  Difference since_9_1 = {};

  bool has(std::uint64_t wanted) const { return flags & wanted; }
  // Whether a request of so many words, the name included, has the right length.
  bool takes(std::size_t words) const {
    const auto n = static_cast<std::int64_t>(words);
    return arity >= 0 ? n == arity : n >= -arity;
  }
  // Where its first key stands if the place is fixed, else 0: a hint of what to fetch ahead.
  std::size_t first_key_at() const {
    const KeySpec& spec = keys.specs[0];
    if (spec.begin != KeySpec::Begin::index) return 0;
    const bool counted = spec.find == KeySpec::Find::keynum;
    return static_cast<std::size_t>(spec.begin_at + (counted ? spec.first_at : 0));
  }
  // "config|set" for a subcommand.
  std::string full_name() const;
};

// A family is the list of rows that one file exports.
using CommandRows = std::span<const Command>;

}  // namespace outlive
