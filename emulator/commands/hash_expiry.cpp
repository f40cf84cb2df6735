// Fields of hashes that expire, since Valkey 9.0 (t_hash.c): HEXPIRE, HTTL and their kin, HPERSIST,
// HGETEX and HSETEX.
#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "commands/expiry_options.hpp"
#include "commands/families.hpp"
#include "commands/hash_access.hpp"

namespace outlive {
namespace {

constexpr Event hexpired_event{EventClass::hash, "hexpired"};
constexpr Event hexpire_event{EventClass::hash, "hexpire"};
constexpr Event hpersist_event{EventClass::hash, "hpersist"};
constexpr Event del_event{EventClass::generic, "del"};

// What HEXPIRE and HPERSIST answer for each field.
constexpr std::int64_t no_such_field = -2;
constexpr std::int64_t had_no_expiry = -1;
constexpr std::int64_t not_met = 0;
constexpr std::int64_t changed = 1;
constexpr std::int64_t expired_at_once = 2;

// Options, then FIELDS, how many, and so many groups of words.
struct Request {
  Args options{{}};
  std::span<const std::string_view> fields = {};
};

// Looks for FIELDS from this word on (the command's name is word 0, and as good as any other); the
// options are those from `options_at` on. None: answered.
std::optional<Request> read_request(Call& call, std::size_t from, std::size_t options_at) {
  const auto words = call.words;
  std::size_t at = from;
  while (at + 1 < words.size() && !equal_ignoring_case(words[at], "fields")) ++at;
  Request request;
  if (at + 1 >= words.size()) {
    call.reply.error(wrong_number_of_fields);
    return {};
  }
  if (at > options_at) request.options = Args(words.subspan(options_at, at - options_at));
  request.fields = words.subspan(at + 1);
  return request;
}

// The number that follows FIELDS, which must be that of the groups of words after it. False:
// answered.
bool read_number(Call& call, Request& request, std::size_t words_each = 1) {
  const auto number = parse_integer(request.fields.front());
  request.fields = request.fields.subspan(1);
  if (!number) {
    call.reply.error(errors::not_integer);
    return false;
  }
  const auto wanted = static_cast<std::uint64_t>(*number);
  if (*number > 0 && wanted <= request.fields.size() &&
      wanted * words_each == request.fields.size()) {
    return true;
  }
  call.reply.error(wrong_number_of_fields);
  return false;
}

// The instant, Unix milliseconds, at which fields expire; 0 is one.
std::optional<std::int64_t> resolve_field_expiry(Call& call, const ExpiryOption& option) {
  return resolve_expiry(call, option, 0);
}

void tell_emptied(Call& call, Entry& entry, std::string_view name) {
  if (removed_if_empty(call, entry)) call.notify(name, del_event);
}

// ---- HEXPIRE, HPEXPIRE, HEXPIREAT, HPEXPIREAT

std::int64_t expire_field(Call& call, Hash& hash, std::string_view field, std::int64_t when,
                          const ExpiryCondition& condition) {
  const auto current = hash.expiry_of(field, fields_seen_at(call));
  if (!current) return no_such_field;
  if (!condition.holds(*current, when)) return not_met;
  if (has_passed(call, when)) {
    hash.erase(field, fields_seen_at(call));
    ++call.keyspace.stats.expired_fields;
    return expired_at_once;
  }
  hash.set_expiry(field, when);
  return changed;
}

void set_expiry(Call& call, bool in_seconds, bool relative) {
  const auto name = call.words[1];
  auto request = read_request(call, 3, 3);
  if (!request) return;
  ExpiryCondition condition;
  if (!read_condition(call, request->options, condition)) return;
  if (!read_number(call, *request)) return;
  const auto when = resolve_field_expiry(call, {call.words[2], in_seconds, relative});
  if (!when) return;
  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (wrong_type<HashPointer>(call, entry)) return;
  call.reply.array(request->fields.size());
  std::uint64_t updated = 0, expired = 0;
  {
    std::optional<Database::Edit> edit;
    if (entry) edit.emplace(call.db, *entry);
    for (const auto field : request->fields) {
      const std::int64_t outcome =
          entry ? expire_field(call, *entry->as<HashPointer>(), field, *when, condition)
                : no_such_field;
      updated += outcome == changed;
      expired += outcome == expired_at_once;
      call.reply.integer(outcome);
    }
  }
  if (updated + expired == 0) return;
  call.notify(name, expired > 0 ? hexpired_event : hexpire_event);
  call.touched(name, updated + expired);
  tell_emptied(call, *entry, name);
}

void hexpire(Call& call) {
  set_expiry(call, true, true);
}
void hpexpire(Call& call) {
  set_expiry(call, false, true);
}
void hexpireat(Call& call) {
  set_expiry(call, true, false);
}
void hpexpireat(Call& call) {
  set_expiry(call, false, false);
}

// ---- HTTL, HPTTL, HEXPIRETIME, HPEXPIRETIME, HPERSIST

void tell_expiry(Call& call, bool in_ms, bool absolute) {
  const auto name = call.args.next();
  const auto fields = read_fields(call, errors::syntax);
  if (!fields) return;
  const Entry* entry = call.db.find(key_of(call, name));
  if (wrong_type<HashPointer>(call, entry)) return;
  call.reply.array(fields->size());
  const std::int64_t base = absolute ? 0 : call.moment().now_ms;
  for (const auto field : *fields) {
    const auto expiry_ms =
        entry ? entry->as<HashPointer>()->expiry_of(field, fields_seen_at(call)) : std::nullopt;
    if (!expiry_ms || *expiry_ms == never_expires) {
      call.reply.integer(expiry_ms ? had_no_expiry : no_such_field);
      continue;
    }
    const std::int64_t ms = std::max<std::int64_t>(0, *expiry_ms - base);
    call.reply.integer(in_ms ? ms : ms / 1000 + (ms % 1000 >= 500));
  }
}

void httl(Call& call) {
  tell_expiry(call, false, false);
}
void hpttl(Call& call) {
  tell_expiry(call, true, false);
}
void hexpiretime(Call& call) {
  tell_expiry(call, false, true);
}
void hpexpiretime(Call& call) {
  tell_expiry(call, true, true);
}

std::int64_t persist_field(Call& call, Hash& hash, std::string_view field) {
  const auto current = hash.expiry_of(field, fields_seen_at(call));
  if (!current) return no_such_field;
  if (*current == never_expires) return had_no_expiry;
  hash.set_expiry(field, never_expires);
  return changed;
}

void hpersist(Call& call) {
  const auto name = call.args.next();
  const auto fields = read_fields(call, wrong_number_of_fields);
  if (!fields) return;
  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (wrong_type<HashPointer>(call, entry)) return;
  call.reply.array(fields->size());
  std::uint64_t changes = 0;
  {
    std::optional<Database::Edit> edit;
    if (entry) edit.emplace(call.db, *entry);
    for (const auto field : *fields) {
      const std::int64_t outcome =
          entry ? persist_field(call, *entry->as<HashPointer>(), field) : no_such_field;
      changes += outcome == changed;
      call.reply.integer(outcome);
    }
  }
  if (changes == 0) return;
  call.notify(name, hpersist_event);
  call.touched(name, changes);
}

// ---- HGETEX

void hgetex(Call& call) {
  auto request = read_request(call, 0, 2);
  if (!request) return;
  std::optional<ExpiryOption> expiry;
  bool persist = false;
  while (!request->options.empty()) {
    if (!expiry && request->options.take("PERSIST")) {
      persist = true;
    } else if (persist || !take_expiry(request->options, expiry)) {
      return call.reply.error(errors::syntax);
    }
  }
  if (!read_number(call, *request)) return;
  const auto name = call.words[1];
  Entry* entry = call.db.find(key_of(call, name));
  if (wrong_type<HashPointer>(call, entry)) return;
  std::optional<std::int64_t> when;
  if (expiry && !(when = resolve_field_expiry(call, *expiry))) return;
  const bool expires_now = when && has_passed(call, *when);
  std::uint64_t changes = 0;
  call.reply.array(request->fields.size());
  {
    std::optional<Database::Edit> edit;
    if (entry) edit.emplace(call.db, *entry);
    Hash* hash = entry ? entry->as<HashPointer>().get() : nullptr;
    for (const auto field : request->fields) {
      const auto value = hash ? hash->find(field, fields_seen_at(call)) : std::nullopt;
      reply_text(call, value);
      if (!value) continue;
      if (when) {
        expire_field(call, *hash, field, *when, {});
        ++changes;
      } else if (persist) {
        changes += persist_field(call, *hash, field) == changed;
      }
    }
  }
  if (changes == 0) return;
  call.notify(name, expires_now ? hexpired_event : when ? hexpire_event : hpersist_event);
  call.touched(name, changes);
  tell_emptied(call, *entry, name);
}

// ---- HSETEX

struct SetRequest {
  bool new_key = false, old_key = false;        // NX, XX
  bool new_fields = false, old_fields = false;  // FNX, FXX
  bool keep_ttl = false;
  std::optional<ExpiryOption> expiry;
};

// False: a syntax error.
bool read_options(Args& args, SetRequest& request) {
  while (!args.empty()) {
    if (!request.old_key && args.take("NX")) {
      request.new_key = true;
    } else if (!request.new_key && args.take("XX")) {
      request.old_key = true;
    } else if (!request.old_fields && args.take("FNX")) {
      request.new_fields = true;
    } else if (!request.new_fields && args.take("FXX")) {
      request.old_fields = true;
    } else if (!request.expiry && args.take("KEEPTTL")) {
      request.keep_ttl = true;
    } else if (request.keep_ttl || !take_expiry(args, request.expiry)) {
      return false;
    }
  }
  return true;
}

bool fields_are_as_wanted(Call& call, const SetRequest& request, const Entry* entry,
                          std::span<const std::string_view> pairs) {
  if (!request.new_fields && !request.old_fields) return true;
  if (!entry) return !request.old_fields;
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    const bool there = entry->as<HashPointer>()->find(pairs[i], fields_seen_at(call)).has_value();
    if (there != request.old_fields) return false;
  }
  return true;
}

void hsetex(Call& call) {
  auto request = read_request(call, 0, 2);
  if (!request) return;
  SetRequest wanted;
  if (!read_options(request->options, wanted)) return call.reply.error(errors::syntax);
  if (!read_number(call, *request, 2)) return;
  const auto pairs = request->fields;
  const auto name = call.words[1];
  const Key key = key_of(call, name);
  Entry* entry = call.db.find_for_write(key);
  if (wrong_type<HashPointer>(call, entry)) return;
  if ((wanted.new_key && entry) || (wanted.old_key && !entry)) return call.reply.integer(0);
  std::optional<std::int64_t> when;
  if (wanted.expiry && !(when = resolve_field_expiry(call, *wanted.expiry))) return;
  const bool expires_now = when && has_passed(call, *when);
  if (!fields_are_as_wanted(call, wanted, entry, pairs)) return call.reply.integer(0);
  if (!entry) entry = hash_to_change(call, name);
  std::uint64_t changes = 0, renewed = 0;
  {
    const auto edit = call.db.edit(*entry);
    Hash& hash = *entry->as<HashPointer>();
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
      if (expires_now) {
        changes += hash.erase(pairs[i]);
        ++call.keyspace.stats.expired_fields;
        continue;
      }
      const FieldSet set = hash.set(pairs[i], pairs[i + 1], limits_of(call),
                                    {.expiry_ms = when.value_or(never_expires),
                                     .keep_expiry = wanted.keep_ttl,
                                     .now_ms = call.moment().now_ms});
      renewed += set == FieldSet::renewed;
      ++changes;
    }
  }
  if (renewed > 0) {
    call.keyspace.stats.expired_fields += renewed;
    call.notify(name, hexpired_event);
  }
  if (changes > 0) call.touched(name, changes);
  call.notify(name, hset_event);
  if (when) call.notify(name, hexpire_event);
  if (expires_now) call.notify(name, hexpired_event);
  tell_emptied(call, *entry, name);
  call.reply.integer(1);
}

constexpr std::string_view per_field = "O(N) where N is the number of specified fields.";

// The rows of this family are alike but for these.
constexpr Command row(std::string_view name, int arity, std::uint64_t flags,
                      std::uint32_t key_flags, Handler run, std::string_view summary) {
  return {.name = name,
          .arity = arity,
          .flags = flags,
          .categories = category::hash,
          .keys = {KeySpec::range(key_flags, 1, 0, 1)},
          .run = run,
          .docs = {.summary = summary, .since = "9.0.0", .group = "hash", .complexity = per_field}};
}

constexpr std::uint64_t writes = flag::write | flag::fast;
constexpr std::uint64_t reads = flag::readonly | flag::fast;
constexpr std::uint32_t updates = keyflag::rw | keyflag::update;
constexpr std::uint32_t looks = keyflag::ro | keyflag::access;

constexpr Command rows[] = {
    row("hexpire", -6, writes, updates, hexpire, "Sets expiry time on hash fields."),
    row("hexpireat", -6, writes, updates, hexpireat, "Sets expiry time on hash fields."),
    row("hexpiretime", -5, reads, looks, hexpiretime,
        "Returns Unix timestamps in seconds since the epoch at which the given key's field(s) will "
        "expire."),
    row("hgetex", -5, writes, updates | keyflag::access, hgetex,
        "Gets the value of one or more fields of a given hash key, and optionally sets their "
        "expiration time or time-to-live (TTL)."),
    row("hpersist", -5, writes, updates, hpersist,
        "Remove the existing expiration on a hash key's field(s)."),
    row("hpexpire", -6, writes, updates, hpexpire, "Sets expiry time on hash object."),
    row("hpexpireat", -6, writes, updates, hpexpireat, "Sets expiration time on hash field."),
    row("hpexpiretime", -5, reads, looks, hpexpiretime,
        "Returns the Unix timestamp in milliseconds since Unix epoch at which the given key's "
        "field(s) will expire."),
    row("hpttl", -5, reads, looks, hpttl,
        "Returns the remaining time to live in milliseconds of a hash key's field(s) that have an "
        "associated expiration."),
    row("hsetex", -6, writes | flag::denyoom, keyflag::rw | keyflag::insert, hsetex,
        "Sets the value of one or more fields of a given hash key, and optionally sets their "
        "expiration time."),
    row("httl", -5, reads, looks, httl,
        "Returns the remaining time to live (in seconds) of a hash key's field(s) that have an "
        "associated expiration."),
};

}  // namespace

CommandRows hash_expiry_commands() {
  return rows;
}

}  // namespace outlive
