// Keys whatever they hold: existence, deletion, renaming, copies, whole databases (db.c of 8.1).
// SCAN, KEYS and RANDOMKEY are in scan.cpp, OBJECT in object.cpp.
#include <limits>
#include <optional>
#include <string>

#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

void remove_keys(Call& call, bool lazily) {
  std::int64_t removed = 0;
  for (const auto name : call.args.rest()) {
    // Valkey asks the other table whether it has expired (db.c, delGenericCommand); one look-up
    // among the keys is remove()'s.
    const std::uint64_t hash = call.keyspace.hash(name);
    call.db.expires().nudge(hash);
    Entry** place = call.db.keys().peek(name, hash);
    if (!place) {
      call.db.keys().nudge(hash);
      continue;
    }
    Entry& entry = **place;
    if (call.db.expired(entry) && !call.keyspace.expiry_held()) {
      call.db.expire(entry, false);
      continue;
    }
    call.db.remove(entry, {.reason = Departure::Reason::deleted, .lazily = lazily});
    call.changed(name, {EventClass::generic, "del"});
    ++removed;
  }
  call.reply.integer(removed);
}

void del(Call& call) {
  remove_keys(call, call.engine.options.lazy_user_del);
}
void unlink(Call& call) {
  remove_keys(call, true);
}

void count_found(Call& call, Lookup lookup) {
  std::int64_t found = 0;
  for (const auto name : call.args.rest())
    found += call.db.find(key_of(call, name), lookup) != nullptr;
  call.reply.integer(found);
}
void exists(Call& call) {
  count_found(call, reading_untouched);
}
void touch(Call& call) {
  count_found(call, {.insists = true});
}

void type(Call& call) {
  const Entry* entry = call.db.find(key_of(call, call.args.next()), reading_untouched);
  call.reply.simple(entry ? type_name(entry->value) : "none");
}

// Puts a value that left one place under another name, with its expiry.
void settle(Database& database, const Key& key, Value&& value, std::int64_t expiry_ms) {
  Entry& entry = database.add(key, std::move(value));
  if (expiry_ms != -1) database.set_expiry(entry, expiry_ms);
}

void rename_key(Call& call, bool only_new) {
  const auto from = call.args.next();
  const auto to = call.args.next();
  Entry* source = call.db.find_for_write(key_of(call, from));
  if (!source) return call.reply.error(errors::no_such_key);
  if (from == to) return only_new ? call.reply.integer(0) : call.reply.ok();
  const Key target = key_of(call, to);
  if (Entry* old = call.db.find_for_write(target)) {
    if (only_new) return call.reply.integer(0);
    call.db.remove(*old, {.reason = Departure::Reason::overwritten});
  }
  const std::int64_t expiry_ms = source->expiry_ms;
  Value value = call.db.take(*source, {.reason = Departure::Reason::renamed});
  settle(call.db, target, std::move(value), expiry_ms);
  call.engine.key_changed_by(call.db, from);
  call.engine.key_changed_by(call.db, to);
  call.notify(from, {EventClass::generic, "rename_from"});
  call.notify(to, {EventClass::generic, "rename_to"});
  ++call.keyspace.changes;
  only_new ? call.reply.integer(1) : call.reply.ok();
}
void rename(Call& call) {
  rename_key(call, false);
}
void renamenx(Call& call) {
  rename_key(call, true);
}

// The database of this number; none, and an error reply, if there isn't one.
Database* database_at(Call& call, std::int64_t index) {
  if (index != static_cast<std::int32_t>(index)) {
    // object.c, getIntFromObjectOrReply.
    call.reply.error("ERR value is out of range, value must between -2147483648 and 2147483647");
    return nullptr;
  }
  if (index >= 0 && index < static_cast<std::int64_t>(call.keyspace.databases())) {
    Database& database = call.keyspace.database(static_cast<std::size_t>(index));
    database.open();
    return &database;
  }
  call.reply.error(errors::database_out_of_range);
  return nullptr;
}

void move(Call& call) {
  const auto name = call.args.next();
  const auto index = call.args.next_integer();
  if (!call.args.done(call.reply)) return;
  Database* target = database_at(call, index);
  if (!target) return;
  if (target == &call.db) return call.reply.error(errors::same_object);
  const Key key = key_of(call, name);
  Entry* source = call.db.find_for_write(key);
  if (!source || target->find_for_write(key)) return call.reply.integer(0);
  const std::int64_t expiry_ms = source->expiry_ms;
  settle(*target, key, call.db.take(*source, {.reason = Departure::Reason::moved}), expiry_ms);
  call.engine.key_changed_by(call.db, name);
  call.engine.key_changed_by(*target, name);
  call.notify(name, {EventClass::generic, "move_from"});
  call.keyspace.listener.key_event({EventClass::generic, "move_to"}, name, target->index());
  ++call.keyspace.changes;
  call.reply.integer(1);
}

void copy(Call& call) {
  const auto from = call.args.next();
  const auto to = call.args.next();
  bool replace = false;
  Database* target = &call.db;
  while (!call.args.empty()) {
    if (call.args.take("REPLACE")) {
      replace = true;
    } else if (call.args.left() > 1 && call.args.take("DB")) {
      const auto index = call.args.next_integer();
      if (!call.args.done(call.reply) || !(target = database_at(call, index))) return;
    } else {
      return call.reply.error(errors::syntax);
    }
  }
  if (target == &call.db && from == to) return call.reply.error(errors::same_object);
  const Entry* source = call.db.find(key_of(call, from));
  if (!source) return call.reply.integer(0);
  const Key key = key_of(call, to);
  if (Entry* old = target->find_for_write(key)) {
    if (!replace) return call.reply.integer(0);
    target->remove(*old, {.reason = Departure::Reason::overwritten});
  }
  settle(*target, key, clone(source->value, call.keyspace.ledger.allocation()), source->expiry_ms);
  call.engine.key_changed_by(*target, to);
  call.keyspace.listener.key_event({EventClass::generic, "copy_to"}, to, target->index());
  ++call.keyspace.changes;
  call.reply.integer(1);
}

void dbsize(Call& call) {
  call.reply.integer(static_cast<std::int64_t>(call.db.size()));
}

void swapdb(Call& call) {
  constexpr std::int64_t min = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t max = std::numeric_limits<std::int32_t>::max();
  const auto one = call.args.next_integer_in(min, max, "ERR invalid first DB index");
  const auto other = call.args.next_integer_in(min, max, "ERR invalid second DB index");
  if (!call.args.done(call.reply)) return;
  if (!database_at(call, one) || !database_at(call, other)) return;
  if (one != other) {
    call.engine.touch_all_watched(static_cast<int>(one), static_cast<int>(other));
    call.engine.touch_all_watched(static_cast<int>(other), static_cast<int>(one));
    call.keyspace.swap(static_cast<std::size_t>(one), static_cast<std::size_t>(other));
  }
  ++call.keyspace.changes;
  call.reply.ok();
}

// FLUSHDB and FLUSHALL take SYNC or ASYNC. None: neither, which is answered.
std::optional<Flush> flush_mode(Call& call) {
  Flush mode = call.engine.options.lazy_user_flush ? Flush::lazily : Flush::at_once;
  if (call.args.take("SYNC")) {
    mode = Flush::at_once;
  } else if (call.args.take("ASYNC")) {
    mode = Flush::lazily;
  }
  if (call.args.empty()) return mode;
  call.reply.error(errors::syntax);
  return std::nullopt;
}

void flush(Call& call, Database& database, Flush mode) {
  call.engine.touch_all_watched(database.index());
  call.keyspace.changes += database.size();
  database.clear(mode);
}

void flushdb(Call& call) {
  const auto mode = flush_mode(call);
  if (!mode) return;
  flush(call, call.db, *mode);
  call.engine.tracking.flush();
  call.reply.ok();
}

void flushall(Call& call) {
  const auto mode = flush_mode(call);
  if (!mode) return;
  for (std::size_t i = 0; i < call.keyspace.databases(); ++i) {
    flush(call, call.keyspace.database(i), *mode);
  }
  call.engine.tracking.flush();
  call.reply.ok();
}

constexpr Command rows[] = {
    {.name = "copy",
     .arity = -3,
     .flags = flag::write | flag::denyoom,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1),
              KeySpec::range(keyflag::ow | keyflag::update, 2, 0, 1)},
     .run = copy,
     .docs = {.summary = "Copies the value of a key to a new key.",
              .since = "6.2.0",
              .group = "generic",
              .complexity = "O(N) worst case for collections, where N is the number of nested "
                            "items. O(1) for string values."}},
    {.name = "dbsize",
     .arity = 1,
     .flags = flag::readonly | flag::fast,
     .categories = category::keyspace,
     .run = dbsize,
     .docs = {.summary = "Returns the number of keys in the database.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(1)",
              .tips = "request_policy:all_shards response_policy:agg_sum"}},
    {.name = "del",
     .arity = -2,
     .flags = flag::write,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rm | keyflag::remove, 1, -1, 1)},
     .run = del,
     .docs = {.summary = "Deletes one or more keys.",
              .since = "1.0.0",
              .group = "generic",
              .complexity =
                  "O(N) where N is the number of keys that will be removed. When a key to remove "
                  "holds a value other than a string, the individual complexity for this key is "
                  "O(M) where M is the number of elements in the list, set, sorted set or hash. "
                  "Removing a single key that holds a string value is O(1).",
              .tips = "request_policy:multi_shard response_policy:agg_sum"}},
    {.name = "exists",
     .arity = -2,
     .flags = flag::readonly | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro, 1, -1, 1)},
     .run = exists,
     .docs = {.summary = "Determines whether one or more keys exist.",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(N) where N is the number of keys to check.",
              .tips = "request_policy:multi_shard response_policy:agg_sum"}},
    {.name = "flushall",
     .arity = -1,
     .flags = flag::write,
     .categories = category::keyspace | category::dangerous,
     .run = flushall,
     .docs = {.summary = "Removes all keys from all databases.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(N) where N is the total number of keys in all databases",
              .tips = "request_policy:all_shards response_policy:all_succeeded"}},
    {.name = "flushdb",
     .arity = -1,
     .flags = flag::write,
     .categories = category::keyspace | category::dangerous,
     .run = flushdb,
     .docs = {.summary = "Remove all keys from the current database.",
              .since = "1.0.0",
              .group = "server",
              .complexity = "O(N) where N is the number of keys in the selected database",
              .tips = "request_policy:all_shards response_policy:all_succeeded"},
     .since_9_1 = {.summary = "Removes all keys from the current database."}},
    {.name = "move",
     .arity = 3,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = move,
     .docs = {.summary = "Moves a key to another database.",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "rename",
     .arity = 3,
     .flags = flag::write,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::remove, 1, 0, 1),
              KeySpec::range(keyflag::ow | keyflag::update, 2, 0, 1)},
     .run = rename,
     .docs = {.summary = "Renames a key and overwrites the destination.",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "renamenx",
     .arity = 3,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::remove, 1, 0, 1),
              KeySpec::range(keyflag::ow | keyflag::insert, 2, 0, 1)},
     .run = renamenx,
     .docs = {.summary = "Renames a key only when the target key name doesn't exist.",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "swapdb",
     .arity = 3,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace | category::dangerous,
     .run = swapdb,
     .docs = {.summary = "Swaps two databases.",
              .since = "4.0.0",
              .group = "server",
              .complexity = "O(N) where N is the count of clients watching or blocking on keys "
                            "from both databases."}},
    {.name = "touch",
     .arity = -2,
     .flags = flag::readonly | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro, 1, -1, 1)},
     .run = touch,
     .docs = {.summary = "Returns the number of existing keys out of those specified after "
                         "updating the time they were last accessed.",
              .since = "3.2.1",
              .group = "generic",
              .complexity = "O(N) where N is the number of keys that will be touched.",
              .tips = "request_policy:multi_shard response_policy:agg_sum"}},
    {.name = "type",
     .arity = 2,
     .flags = flag::readonly | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro, 1, 0, 1)},
     .run = type,
     .docs = {.summary = "Determines the type of value stored at a key.",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "unlink",
     .arity = -2,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rm | keyflag::remove, 1, -1, 1)},
     .run = unlink,
     .docs = {.summary = "Asynchronously deletes one or more keys.",
              .since = "4.0.0",
              .group = "generic",
              .complexity =
                  "O(1) for each key removed regardless of its size. Then the command does O(N) "
                  "work in a different thread in order to reclaim memory, where N is the number of "
                  "allocations the deleted objects where composed of.",
              .tips = "request_policy:multi_shard response_policy:agg_sum"}},
};

}  // namespace

CommandRows key_commands() {
  return rows;
}

}  // namespace outlive
