// Hashes: fields and their values (t_hash.c of 8.1).
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "commands/families.hpp"
#include "commands/hash_access.hpp"
#include "commands/scan_options.hpp"

namespace outlive {
namespace {

// HSET's loop; the number of new fields, or -1 with an error reply.
std::int64_t set_pairs(Call& call) {
  const auto name = call.args.next();
  const auto words = call.args.rest();
  if (words.size() % 2 != 0) {
    call.reply.error(errors::wrong_arity(call.command.full_name()));
    return -1;
  }
  Entry* entry = hash_to_change(call, name);
  if (!entry) return -1;
  std::int64_t created = 0;
  std::size_t renewed = 0;
  {
    const auto edit = call.db.edit(*entry);
    Hash& hash = *entry->as<HashPointer>();
    std::size_t longest = 0;
    for (const auto word : words) longest = std::max(longest, word.size());
    hash.prepare(words.size() / 2, longest, limits_of(call));
    for (std::size_t i = 0; i < words.size(); i += 2) {
      const FieldSet set =
          hash.set(words[i], words[i + 1], limits_of(call), {.now_ms = call.moment().now_ms});
      created += set != FieldSet::replaced;
      renewed += set == FieldSet::renewed;
    }
  }
  tell_set(call, name, renewed, hset_event);
  call.keyspace.changes += words.size() / 2 - 1;
  return created;
}

void hset(Call& call) {
  if (const std::int64_t created = set_pairs(call); created >= 0) call.reply.integer(created);
}
void hmset(Call& call) {
  if (set_pairs(call) >= 0) call.reply.ok();
}

// Sets one field and tells watchers.
void set_field(Call& call, Entry& entry, std::string_view field, std::string_view value,
               Event event, std::int64_t expiry_ms = never_expires) {
  FieldSet set;
  {
    const auto edit = call.db.edit(entry);
    set = entry.as<HashPointer>()->set(field, value, limits_of(call),
                                       {.expiry_ms = expiry_ms, .now_ms = call.moment().now_ms});
  }
  tell_set(call, entry.key(), set == FieldSet::renewed, event);
}

std::int64_t expiry_of(Call& call, const Entry& entry, std::string_view field) {
  const Hash& hash = *entry.as<HashPointer>();
  if (!hash.has_expiring_fields()) return never_expires;
  return hash.expiry_of(field, fields_seen_at(call)).value_or(never_expires);
}

void hsetnx(Call& call) {
  const auto name = call.args.next();
  const auto field = call.args.next();
  Entry* entry = hash_to_change(call, name);
  if (!entry) return;
  if (entry->as<HashPointer>()->find(field, fields_seen_at(call))) return call.reply.integer(0);
  set_field(call, *entry, field, call.args.next(), hset_event);
  call.reply.integer(1);
}

void hget(Call& call) {
  Hash* hash = hash_to_read(call, call.args.next(), [&] { call.reply.null(); });
  if (hash) reply_text(call, hash->find(call.args.next(), fields_seen_at(call)));
}

void hmget(Call& call) {
  const Entry* entry = call.db.find(key_of(call, call.args.next()));
  if (wrong_type<HashPointer>(call, entry)) return;
  const auto fields = call.args.rest();
  call.reply.array(fields.size());
  for (const auto field : fields) {
    reply_text(call,
               entry ? entry->as<HashPointer>()->find(field, fields_seen_at(call)) : std::nullopt);
  }
}

void tell_deleted(Call& call, std::string_view name, bool emptied, std::int64_t fields) {
  call.changed(name, {EventClass::hash, "hdel"});
  if (emptied) call.notify(name, {EventClass::generic, "del"});
  call.keyspace.changes += static_cast<std::uint64_t>(fields) - 1;
}

void hdel(Call& call) {
  const auto name = call.args.next();
  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (wrong_type<HashPointer>(call, entry)) return;
  if (!entry) return call.reply.integer(0);
  Hash& hash = *entry->as<HashPointer>();
  std::int64_t removed = 0;
  {
    const auto edit = call.db.edit(*entry);
    hash.hold_shrinking(true);
    for (const auto field : call.args.rest()) {
      removed += hash.erase(field, fields_seen_at(call));
      if (hash.size() == 0) break;
    }
    hash.hold_shrinking(false);
  }
  if (removed > 0) tell_deleted(call, name, removed_if_empty(call, *entry), removed);
  call.reply.integer(removed);
}

// The value of each field, and the field goes.
void hgetdel(Call& call) {
  const auto name = call.args.next();
  const auto fields = read_fields(call, wrong_number_of_fields);
  if (!fields) return;
  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (wrong_type<HashPointer>(call, entry)) return;
  Hash* hash = entry ? entry->as<HashPointer>().get() : nullptr;
  std::int64_t removed = 0;
  call.reply.array(fields->size());
  {
    std::optional<Database::Edit> edit;
    if (entry) edit.emplace(call.db, *entry);
    if (hash) hash->hold_shrinking(true);
    for (const auto field : *fields) {
      reply_text(call, hash ? hash->find(field, fields_seen_at(call)) : std::nullopt);
      if (hash) removed += hash->erase(field, fields_seen_at(call));
    }
    if (hash) hash->hold_shrinking(false);
  }
  if (removed > 0) tell_deleted(call, name, removed_if_empty(call, *entry), removed);
}

void hlen(Call& call) {
  Hash* hash = hash_to_read(call, call.args.next(), [&] { call.reply.integer(0); });
  if (hash) call.reply.integer(static_cast<std::int64_t>(hash->size()));
}

void hstrlen(Call& call) {
  Hash* hash = hash_to_read(call, call.args.next(), [&] { call.reply.integer(0); });
  if (!hash) return;
  const auto value = hash->find(call.args.next(), fields_seen_at(call));
  call.reply.integer(value ? static_cast<std::int64_t>(value->size()) : 0);
}

void hexists(Call& call) {
  Hash* hash = hash_to_read(call, call.args.next(), [&] { call.reply.integer(0); });
  if (hash) call.reply.integer(hash->find(call.args.next(), fields_seen_at(call)) ? 1 : 0);
}

void hincrby(Call& call) {
  const auto name = call.args.next();
  const auto field = call.args.next();
  const auto by = call.args.next_integer();
  if (!call.args.done(call.reply)) return;
  Entry* entry = hash_to_change(call, name);
  if (!entry) return;
  const auto old = entry->as<HashPointer>()->find(field, fields_seen_at(call));
  const auto start = old ? parse_integer(*old) : 0;
  if (!start) return call.reply.error("ERR hash value is not an integer");
  std::int64_t value = 0;
  if (__builtin_add_overflow(*start, by, &value)) return call.reply.error(errors::overflow);
  set_field(call, *entry, field, std::to_string(value), {EventClass::hash, "hincrby"},
            expiry_of(call, *entry, field));
  call.reply.integer(value);
}

void hincrbyfloat(Call& call) {
  const auto name = call.args.next();
  const auto field = call.args.next();
  const auto by = parse_long_double(call.args.next());
  if (!by) return call.reply.error(errors::not_float);
  if (std::isnan(*by) || std::isinf(*by)) {
    return call.reply.error("ERR value is NaN or Infinity");
  }
  Entry* entry = hash_to_change(call, name);
  if (!entry) return;
  const auto old = entry->as<HashPointer>()->find(field, fields_seen_at(call));
  const auto start = old ? parse_long_double(*old) : 0.0L;
  if (!start) return call.reply.error("ERR hash value is not a float");
  const long double value = *start + *by;
  if (std::isnan(value) || std::isinf(value)) return call.reply.error(errors::nan_or_infinity);
  const std::string text = format_long_double_human(value);
  set_field(call, *entry, field, text, {EventClass::hash, "hincrbyfloat"},
            expiry_of(call, *entry, field));
  call.reply.bulk(text);
}

void list_hash(Call& call, bool fields, bool values) {
  const auto empty = [&] { fields&& values ? call.reply.map(0) : call.reply.empty_array(); };
  Hash* hash = hash_to_read(call, call.args.next(), empty);
  if (!hash) return;
  const std::int64_t now_ms = fields_seen_at(call);
  const std::size_t seen = hash->size_seen(now_ms);
  fields&& values ? call.reply.map(seen) : call.reply.array(seen);
  hash->for_each(
      [&](std::string_view field, std::string_view value) {
        if (fields) call.reply.bulk(field);
        if (values) call.reply.bulk(value);
      },
      now_ms);
}
void hkeys(Call& call) {
  list_hash(call, true, false);
}
void hvals(Call& call) {
  list_hash(call, false, true);
}
void hgetall(Call& call) {
  list_hash(call, true, true);
}

void hscan(Call& call) {
  const auto name = call.args.next();
  const auto cursor = read_cursor(call);
  if (!cursor) return;
  Hash* hash = hash_to_read(call, name, [&] {
    call.reply.array(2);
    call.reply.bulk("0");
    call.reply.empty_array();
  });
  if (!hash) return;
  ScanOptions options{.cursor = *cursor};
  if (!read_scan_options(call, ScanKind::hash, options)) return;
  std::vector<std::string> found;
  std::int64_t met = 0;
  std::int64_t looks_left = options.looks_max();
  std::size_t at = options.cursor;
  do {
    at = hash->scan(
        at,
        [&](std::string_view field, std::string_view value) {
          ++met;
          if (!options.matches(field)) return;
          found.emplace_back(field);
          if (!options.only_fields) found.emplace_back(value);
        },
        fields_seen_at(call));
  } while (at != 0 && looks_left-- > 0 && met < options.count);
  call.reply.array(2);
  call.reply.bulk(std::to_string(at));
  call.reply.array(found.size());
  for (const std::string& text : found) call.reply.bulk(text);
}

void reply_pair(Call& call, std::string_view field, std::string_view value, bool with_values) {
  // RESP3 answers pairs, RESP2 a flat list.
  if (with_values && call.reply.resp3()) call.reply.array(2);
  call.reply.bulk(field);
  if (with_values) call.reply.bulk(value);
}

// `wanted` different fields, each as likely as any other, in the hash's own order.
void reply_sample(Call& call, Hash& hash, std::size_t wanted, bool with_values) {
  const std::int64_t now_ms = fields_seen_at(call);
  std::size_t left = hash.size_seen(now_ms);
  hash.for_each(
      [&](std::string_view field, std::string_view value) {
        if (wanted > 0 && (wanted == left || call.keyspace.command_random.below(left) < wanted)) {
          reply_pair(call, field, value, with_values);
          --wanted;
        }
        --left;
      },
      now_ms);
}

void reply_random_fields(Call& call, std::string_view name, std::int64_t count, bool with_values) {
  Hash* hash = hash_to_read(call, name, [&] { call.reply.empty_array(); });
  if (!hash) return;
  const bool repeating = count < 0;
  const auto asked = static_cast<std::size_t>(repeating ? -count : count);
  const std::int64_t now_ms = fields_seen_at(call);
  const std::size_t seen = hash->size_seen(now_ms);
  if (seen == 0) return call.reply.empty_array();
  const std::size_t n = repeating ? asked : std::min(asked, seen);
  call.reply.array(with_values && !call.reply.resp3() ? 2 * n : n);
  if (repeating || n == 1) {
    for (std::size_t i = 0; i < n;) {
      const auto drawn = hash->random_field(call.keyspace.command_random, now_ms);
      if (!drawn) continue;
      reply_pair(call, drawn->first, drawn->second, with_values);
      ++i;
    }
  } else {
    reply_sample(call, *hash, n, with_values);
  }
}

void hrandfield(Call& call) {
  const auto name = call.args.next();
  if (call.args.empty()) {
    Hash* hash = hash_to_read(call, name, [&] { call.reply.null(); });
    if (!hash) return;
    const auto drawn = hash->random_field(call.keyspace.command_random, fields_seen_at(call));
    drawn ? call.reply.bulk(drawn->first) : call.reply.null();
    return;
  }
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const auto count = call.args.next_integer();
  if (!call.args.failed() && count < -most) {
    call.args.fail(
        "ERR value is out of range, value must between -9223372036854775807 and "
        "9223372036854775807");
  }
  if (!call.args.done(call.reply)) return;
  const bool with_values = call.args.take("WITHVALUES");
  if (!call.args.empty()) return call.reply.error(errors::syntax);
  if (with_values && (count < -most / 2 || count > most / 2)) {
    return call.reply.error(errors::out_of_range);
  }
  reply_random_fields(call, name, count, with_values);
}

constexpr Command rows[] = {
    {.name = "hdel",
     .arity = -3,
     .flags = flag::write | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::rw | keyflag::remove, 1, 0, 1)},
     .run = hdel,
     .docs = {.summary = "Deletes one or more fields and their values from a hash. Deletes the "
                         "hash if no fields remain.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) where N is the number of fields to be removed."}},
    {.name = "hexists",
     .arity = 3,
     .flags = flag::readonly | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro, 1, 0, 1)},
     .run = hexists,
     .docs = {.summary = "Determines whether a field exists in a hash.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)"}},
    {.name = "hget",
     .arity = 3,
     .flags = flag::readonly | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = hget,
     .docs = {.summary = "Returns the value of a field in a hash.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)"}},
    {.name = "hgetall",
     .arity = 2,
     .flags = flag::readonly,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = hgetall,
     .docs = {.summary = "Returns all fields and values in a hash.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) where N is the size of the hash.",
              .tips = "nondeterministic_output_order"}},
    {.name = "hgetdel",
     .arity = -5,
     .flags = flag::write | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::remove, 1, 0, 1)},
     .run = hgetdel,
     .docs = {.summary = "Returns the values of one or more fields and deletes them from a hash.",
              .since = "9.1.0",
              .group = "hash",
              .complexity = "O(N) where N is the number of fields to be retrieved and deleted."}},
    {.name = "hincrby",
     .arity = 4,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = hincrby,
     .docs = {.summary = "Increments the integer value of a field in a hash by a number. Uses 0 as "
                         "initial value if the field doesn't exist.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)"}},
    {.name = "hincrbyfloat",
     .arity = 4,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = hincrbyfloat,
     .docs = {.summary = "Increments the floating point value of a field by a number. Uses 0 as "
                         "initial value if the field doesn't exist.",
              .since = "2.6.0",
              .group = "hash",
              .complexity = "O(1)"}},
    {.name = "hkeys",
     .arity = 2,
     .flags = flag::readonly,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = hkeys,
     .docs = {.summary = "Returns all fields in a hash.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) where N is the size of the hash.",
              .tips = "nondeterministic_output_order"}},
    {.name = "hlen",
     .arity = 2,
     .flags = flag::readonly | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro, 1, 0, 1)},
     .run = hlen,
     .docs = {.summary = "Returns the number of fields in a hash.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)"}},
    {.name = "hmget",
     .arity = -3,
     .flags = flag::readonly | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = hmget,
     .docs = {.summary = "Returns the values of all fields in a hash.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) where N is the number of fields being requested."}},
    {.name = "hmset",
     .arity = -4,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::rw | keyflag::update, 1, 0, 1)},
     .run = hmset,
     .docs = {.summary = "Sets the values of multiple fields.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) where N is the number of fields being set.",
              .deprecated_since = "4.0.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "`HSET` with multiple field-value pairs"}},
    {.name = "hrandfield",
     .arity = -2,
     .flags = flag::readonly,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = hrandfield,
     .docs = {.summary = "Returns one or more random fields from a hash.",
              .since = "6.2.0",
              .group = "hash",
              .complexity = "O(N) where N is the number of fields returned",
              .tips = "nondeterministic_output"}},
    {.name = "hscan",
     .arity = -3,
     .flags = flag::readonly,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = hscan,
     .docs = {.summary = "Iterates over fields and values of a hash.",
              .since = "2.8.0",
              .group = "hash",
              .complexity = "O(1) for every call. O(N) for a complete iteration, including enough "
                            "command calls for the cursor to return back to 0. N is the number of "
                            "elements inside the collection.",
              .tips = "nondeterministic_output"}},
    {.name = "hset",
     .arity = -4,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::rw | keyflag::update, 1, 0, 1)},
     .run = hset,
     .docs = {.summary = "Creates or modifies the value of a field in a hash.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1) for each field/value pair added, so O(N) to add N field/value "
                            "pairs when the command is called with multiple field/value pairs."}},
    {.name = "hsetnx",
     .arity = 4,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::rw | keyflag::insert, 1, 0, 1)},
     .run = hsetnx,
     .docs = {.summary = "Sets the value of a field in a hash only when the field doesn't exist.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(1)"}},
    {.name = "hstrlen",
     .arity = 3,
     .flags = flag::readonly | flag::fast,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro, 1, 0, 1)},
     .run = hstrlen,
     .docs = {.summary = "Returns the length of the value of a field.",
              .since = "3.2.0",
              .group = "hash",
              .complexity = "O(1)"}},
    {.name = "hvals",
     .arity = 2,
     .flags = flag::readonly,
     .categories = category::hash,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = hvals,
     .docs = {.summary = "Returns all values in a hash.",
              .since = "2.0.0",
              .group = "hash",
              .complexity = "O(N) where N is the size of the hash.",
              .tips = "nondeterministic_output_order"}},
};

}  // namespace

CommandRows hash_commands() {
  return rows;
}

}  // namespace outlive
