// Strings: SET and GET in all their forms, counters, parts (t_string.c of 8.1). LCS is in lcs.cpp.
#include <cmath>
#include <limits>
#include <optional>

#include "commands/expiry_options.hpp"
#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

constexpr Event set_event{EventClass::string, "set"};
constexpr Event expire_event{EventClass::generic, "expire"};

// What SET, SETNX, SETEX and PSETEX ask for.
struct SetRequest {
  std::string_view key;
  std::string_view value;
  std::optional<ExpiryOption> expiry = {};
  std::optional<std::string_view> compare = {};  // IFEQ
  bool only_new = false;                         // NX
  bool only_old = false;                         // XX
  bool get = false;
  bool keep_ttl = false;
};

// How the outcome is told when GET does not tell it.
enum class SetReply : std::uint8_t { ok_or_null, one_or_zero };

void reply_string(Call& call, const Entry* entry) {
  if (!entry) return call.reply.null();
  char scratch[24];
  const String& string = entry->as<String>();
  const std::size_t referred_min = call.engine.options.referred_reply_min;
  if (string.block() != 0 && referred_min != 0 && string.size() >= referred_min &&
      !call.session.internal && call.keyspace.ledger.profile().has_parsed_queue()) [[unlikely]] {
    return call.reply.bulk_referred(string.text(scratch));
  }
  call.reply.bulk(string.text(scratch));
}

bool condition_holds(const SetRequest& request, const Entry* old) {
  if (request.only_new) return old == nullptr;
  if (request.only_old) return old != nullptr;
  if (!request.compare) return true;
  char scratch[24];
  return old && old->is<String>() && old->as<String>().text(scratch) == *request.compare;
}

void store(Call& call, const SetRequest& request, SetReply style) {
  const auto tell = [&](bool stored) {
    if (request.get) return;
    if (style == SetReply::one_or_zero) return call.reply.integer(stored ? 1 : 0);
    stored ? call.reply.ok() : call.reply.null();
  };
  std::optional<std::int64_t> expiry;
  if (request.expiry) {
    expiry = resolve_expiry(call, *request.expiry);
    if (!expiry) return;
  }
  const Key key = key_of(call, request.key);
  if (request.get) {
    Entry* entry = call.db.find(key);
    if (wrong_type<String>(call, entry)) return;
    reply_string(call, entry);
  }
  Entry* old = call.db.find_for_write(key);
  if (request.compare && !request.get && wrong_type<String>(call, old)) return;
  if (!condition_holds(request, old)) return tell(false);
  // Redis 7.0 stored even what had expired already, and let go of the old expiry first.
  const bool unseen = call.keyspace.ledger.profile().is_redis();
  if (expiry && !unseen && has_passed(call, *expiry)) {
    if (old) remove_passed(call, *old);
    return tell(true);
  }
  const bool keeps_expiry = request.keep_ttl || (expiry && !unseen);
  Entry& entry = call.db.put(key, old, value_of(call, request.value), keeps_expiry);
  if (expiry) call.db.set_expiry(entry, *expiry);
  ++call.keyspace.changes;
  call.notify(request.key, set_event);
  if (expiry) call.notify(request.key, expire_event);
  tell(true);
}

bool knows_ifeq(const Call& call) {
  return call.keyspace.ledger.profile().has("8.1.0");
}

void set(Call& call) {
  SetRequest request{.key = call.args.next(), .value = call.args.next()};
  while (!call.args.empty() && !call.args.failed()) {
    const bool conditional = request.only_new || request.only_old || request.compare;
    if (!request.only_old && !request.compare && call.args.take("NX")) {
      request.only_new = true;
    } else if (!request.only_new && !request.compare && call.args.take("XX")) {
      request.only_old = true;
    } else if (!conditional && call.args.left() > 1 && knows_ifeq(call) && call.args.take("IFEQ")) {
      request.compare = call.args.next();
    } else if (call.args.take("GET")) {
      request.get = true;
    } else if (!request.expiry && call.args.take("KEEPTTL")) {
      request.keep_ttl = true;
    } else if (request.keep_ttl || !take_expiry(call.args, request.expiry)) {
      call.args.fail(errors::syntax);
    }
  }
  if (call.args.done(call.reply)) store(call, request, SetReply::ok_or_null);
}

void setnx(Call& call) {
  store(call, {.key = call.args.next(), .value = call.args.next(), .only_new = true},
        SetReply::one_or_zero);
}

void set_with_ttl(Call& call, bool in_seconds) {
  const auto key = call.args.next();
  const ExpiryOption expiry{call.args.next(), in_seconds, true};
  store(call, {.key = key, .value = call.args.next(), .expiry = expiry}, SetReply::ok_or_null);
}
void setex(Call& call) {
  set_with_ttl(call, true);
}
void psetex(Call& call) {
  set_with_ttl(call, false);
}

void get(Call& call) {
  const Entry* entry = call.db.find(key_of(call, call.args.next()));
  if (!wrong_type<String>(call, entry)) reply_string(call, entry);
}

void getex(Call& call) {
  const auto name = call.args.next();
  std::optional<ExpiryOption> expiry = {};
  bool persist = false;
  while (!call.args.empty() && !call.args.failed()) {
    if (!expiry && call.args.take("PERSIST")) {
      persist = true;
    } else if (persist || !take_expiry(call.args, expiry)) {
      call.args.fail(errors::syntax);
    }
  }
  if (!call.args.done(call.reply)) return;
  std::optional<std::int64_t> until;
  // 9.1 looks at the time first, the versions before at the key.
  const bool time_first = call.keyspace.ledger.profile().has("9.1.0");
  if (time_first && expiry && !(until = resolve_expiry(call, *expiry))) return;
  Entry* entry = call.db.find(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  if (!entry) return call.reply.null();
  if (!time_first && expiry && !(until = resolve_expiry(call, *expiry))) return;
  reply_string(call, entry);
  if (until && !expiry->relative && has_passed(call, *until)) {
    remove_passed(call, *entry);
  } else if (until) {
    call.db.set_expiry(*entry, *until);
    call.changed(name, expire_event);
  } else if (persist && call.db.clear_expiry(*entry)) {
    call.changed(name, {EventClass::generic, "persist"});
  }
}

void getdel(Call& call) {
  const auto name = call.args.next();
  Entry* entry = call.db.find(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  reply_string(call, entry);
  if (!entry) return;
  call.db.remove(*entry, {.reason = Departure::Reason::deleted});
  call.changed(name, {EventClass::generic, "del"});
}

void getset(Call& call) {
  const auto name = call.args.next();
  const Key key = key_of(call, name);
  Entry* old = call.db.find(key);
  if (wrong_type<String>(call, old)) return;
  reply_string(call, old);
  call.db.put(key, value_of(call, call.args.next()));
  call.notify(name, set_event);
  ++call.keyspace.changes;
}

void mget(Call& call) {
  const auto names = call.args.rest();
  call.reply.array(names.size());
  for (const auto name : names) {
    const Entry* entry = call.db.find(key_of(call, name));
    reply_string(call, entry && entry->is<String>() ? entry : nullptr);
  }
}

void set_pairs(Call& call, bool only_new) {
  const auto words = call.args.rest();
  if (words.size() % 2 != 0) {
    return call.reply.error(errors::wrong_arity(call.command.full_name()));
  }
  if (only_new) {
    for (std::size_t i = 0; i < words.size(); i += 2) {
      if (call.db.find_for_write(key_of(call, words[i]))) return call.reply.integer(0);
    }
  }
  for (std::size_t i = 0; i < words.size(); i += 2) {
    call.db.put(key_of(call, words[i]), value_of(call, words[i + 1]));
    call.notify(words[i], set_event);
  }
  call.keyspace.changes += words.size() / 2;
  only_new ? call.reply.integer(1) : call.reply.ok();
}
void mset(Call& call) {
  set_pairs(call, false);
}
void msetnx(Call& call) {
  set_pairs(call, true);
}

// MSETEX numkeys key value … [NX | XX] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]
void msetex(Call& call) {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  constexpr std::string_view wrong_number = "ERR invalid numkeys value or out of range";
  const auto keys = call.args.next_integer_in(1, most, wrong_number);
  if (!call.args.done(call.reply)) return;
  const auto words = call.args.rest();
  const auto pairs_end = 2 * static_cast<std::size_t>(keys);
  if (pairs_end > words.size()) return call.reply.error(errors::syntax);
  const auto pairs = words.first(pairs_end);
  Args options(words.subspan(pairs_end));
  SetRequest request;
  while (!options.empty() && !options.failed()) {
    if (!request.only_old && options.take("NX")) {
      request.only_new = true;
    } else if (!request.only_new && options.take("XX")) {
      request.only_old = true;
    } else if (!request.expiry && options.take("KEEPTTL")) {
      request.keep_ttl = true;
    } else if (request.keep_ttl || !take_expiry(options, request.expiry)) {
      options.fail(errors::syntax);
    }
  }
  if (!options.done(call.reply)) return;
  std::optional<std::int64_t> until;
  if (request.expiry && !(until = resolve_expiry(call, *request.expiry))) return;
  if (request.only_new || request.only_old) {
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
      const bool there = call.db.find_for_write(key_of(call, pairs[i])) != nullptr;
      if (there != request.only_old) return call.reply.integer(0);
    }
  }
  for (std::size_t i = 0; i < pairs.size(); i += 2) {
    Entry& entry = call.db.put(key_of(call, pairs[i]), value_of(call, pairs[i + 1]),
                               request.keep_ttl || until);
    if (until) call.db.set_expiry(entry, *until);
    call.notify(pairs[i], set_event);
    if (until) call.notify(pairs[i], expire_event);
  }
  call.keyspace.changes += pairs.size() / 2;
  call.reply.integer(1);
}

void delifeq(Call& call) {
  const auto name = call.args.next();
  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  char scratch[24];
  if (!entry || entry->as<String>().text(scratch) != call.args.next()) return call.reply.integer(0);
  call.db.remove(*entry, {.reason = Departure::Reason::deleted});
  call.changed(name, {EventClass::generic, "del"});
  call.reply.integer(1);
}

void add_integer(Call& call, std::string_view name, std::int64_t by) {
  const Key key = key_of(call, name);
  Entry* entry = call.db.find_for_write(key);
  if (wrong_type<String>(call, entry)) return;
  std::int64_t value = 0;
  if (entry) {
    const String& string = entry->as<String>();
    char scratch[24];
    const auto parsed =
        string.is_integer() ? string.as_integer() : parse_integer(string.text(scratch));
    if (!parsed) return call.reply.error(errors::not_integer);
    value = *parsed;
  }
  if (__builtin_add_overflow(value, by, &value)) return call.reply.error(errors::overflow);
  if (!entry) {
    call.db.add(key, String::integer(value));
  } else if (entry->as<String>().is_integer()) {
    call.db.set_integer(*entry, value);
  } else {
    call.db.replace(*entry, String::integer(value));
  }
  call.changed(name, {EventClass::string, "incrby"});
  call.reply.integer(value);
}

void incr(Call& call) {
  add_integer(call, call.args.next(), 1);
}
void decr(Call& call) {
  add_integer(call, call.args.next(), -1);
}
void incrby(Call& call) {
  const auto name = call.args.next();
  const auto by = call.args.next_integer();
  if (call.args.done(call.reply)) add_integer(call, name, by);
}
void decrby(Call& call) {
  const auto name = call.args.next();
  const auto by = call.args.next_integer();
  if (!call.args.done(call.reply)) return;
  if (by == std::numeric_limits<std::int64_t>::min()) {
    return call.reply.error("ERR decrement would overflow");
  }
  add_integer(call, name, -by);
}

void incrbyfloat(Call& call) {
  const auto name = call.args.next();
  const Key key = key_of(call, name);
  Entry* entry = call.db.find_for_write(key);
  if (wrong_type<String>(call, entry)) return;
  char scratch[24];
  const auto old = entry ? parse_long_double(entry->as<String>().text(scratch)) : 0.0L;
  const auto by = parse_long_double(call.args.next());
  if (!old || !by) return call.reply.error(errors::not_float);
  const long double value = *old + *by;
  if (std::isnan(value) || std::isinf(value)) return call.reply.error(errors::nan_or_infinity);
  const std::string text = format_long_double_human(value);
  String string = String::plain(text, allocation_of(call));
  if (entry) {
    call.db.replace(*entry, std::move(string));
  } else {
    call.db.add(key, std::move(string));
  }
  call.changed(name, {EventClass::string, "incrbyfloat"});
  call.reply.bulk(text);
}

bool too_long(Call& call, std::size_t size, std::size_t more) {
  if (size + more <= static_cast<std::size_t>(call.engine.options.proto_max_bulk_len)) return false;
  call.reply.error(errors::string_too_long);
  return true;
}

void append(Call& call) {
  const auto name = call.args.next();
  const auto more = call.args.next();
  const Key key = key_of(call, name);
  Entry* entry = call.db.find_for_write(key);
  if (wrong_type<String>(call, entry)) return;
  std::size_t size = more.size();
  if (!entry) {
    call.db.add(key, value_of(call, more));
  } else {
    String& string = entry->as<String>();
    if (too_long(call, string.size(), more.size())) return;
    const auto edit = call.db.edit_raw(*entry);
    string.reserve_for_growth(string.size() + more.size(), allocation_of(call), true);
    size = string.make_raw(allocation_of(call)).append(more).size();
  }
  call.changed(name, {EventClass::string, "append"});
  call.reply.integer(static_cast<std::int64_t>(size));
}

void strlen(Call& call) {
  const Entry* entry = call.db.find(key_of(call, call.args.next()));
  if (wrong_type<String>(call, entry)) return;
  call.reply.integer(entry ? static_cast<std::int64_t>(entry->as<String>().size()) : 0);
}

void setrange(Call& call) {
  const auto name = call.args.next();
  const auto at = call.args.next_integer();
  const auto part = call.args.next();
  if (!call.args.done(call.reply)) return;
  if (at < 0) return call.reply.error(errors::offset_out_of_range);
  const auto offset = static_cast<std::size_t>(at);
  const Key key = key_of(call, name);
  Entry* entry = call.db.find_for_write(key);
  if (wrong_type<String>(call, entry)) return;
  if (part.empty()) {
    return call.reply.integer(entry ? static_cast<std::int64_t>(entry->as<String>().size()) : 0);
  }
  if (too_long(call, offset, part.size())) return;
  if (!entry) {
    entry = &call.db.add(key, String::raw(offset + part.size(), allocation_of(call)));
  }
  String& string = entry->as<String>();
  {
    const auto edit = call.db.edit_raw(*entry);
    const std::size_t size = std::max(string.size(), offset + part.size());
    if (size > string.size()) string.reserve_for_growth(size, allocation_of(call), true);
    std::string& text = string.make_raw(allocation_of(call));
    text.resize(size);
    text.replace(offset, part.size(), part);
  }
  call.changed(name, {EventClass::string, "setrange"});
  call.reply.integer(static_cast<std::int64_t>(string.size()));
}

void getrange(Call& call) {
  const auto name = call.args.next();
  auto start = call.args.next_integer();
  auto end = call.args.next_integer();
  if (!call.args.done(call.reply)) return;
  const Entry* entry = call.db.find(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  if (!entry || (start < 0 && end < 0 && start > end)) return call.reply.bulk("");
  char scratch[24];
  const std::string_view text = entry->as<String>().text(scratch);
  const auto size = static_cast<std::int64_t>(text.size());
  if (start < 0) start = std::max<std::int64_t>(0, size + start);
  if (end < 0) end = std::max<std::int64_t>(0, size + end);
  if (end >= size) end = size - 1;
  if (start > end || size == 0) return call.reply.bulk("");
  call.reply.bulk(
      text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1)));
}

constexpr Command rows[] = {
    {.name = "append",
     .arity = 3,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::insert, 1, 0, 1)},
     .run = append,
     .docs =
         {.summary = "Appends a string to the value of a key. Creates the key if it doesn't exist.",
          .since = "2.0.0",
          .group = "string",
          .complexity =
              "O(1). The amortized time complexity is O(1) assuming the appended value is small "
              "and the already present value is of any size, since the dynamic string library used "
              "by the server will double the free space available on every reallocation."}},
    {.name = "decr",
     .arity = 2,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = decr,
     .docs = {.summary = "Decrements the integer value of a key by one. Uses 0 as initial value if "
                         "the key doesn't exist.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "decrby",
     .arity = 3,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = decrby,
     .docs = {.summary = "Decrements a number from the integer value of a key. Uses 0 as initial "
                         "value if the key doesn't exist.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)"},
     .since_9_1 = {.summary = "Decrements the integer value of a key by a number. Uses 0 as"
                              " initial value if the key doesn't exist."}},
    {.name = "delifeq",
     .arity = 3,
     .flags = flag::write | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rm | keyflag::remove, 1, 0, 1)},
     .run = delifeq,
     .docs = {.summary = "Delete key if value matches string.",
              .since = "9.0.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "get",
     .arity = 2,
     .flags = flag::readonly | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = get,
     .docs = {.summary = "Returns the string value of a key.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "getdel",
     .arity = 2,
     .flags = flag::write | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::remove, 1, 0, 1)},
     .run = getdel,
     .docs = {.summary = "Returns the string value of a key after deleting the key.",
              .since = "6.2.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "getex",
     .arity = -2,
     .flags = flag::write | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)
                  .noted("RW and UPDATE because it changes the TTL")},
     .run = getex,
     .docs = {.summary = "Returns the string value of a key after setting its expiration time.",
              .since = "6.2.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "getrange",
     .arity = 4,
     .flags = flag::readonly,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = getrange,
     .docs = {.summary = "Returns a substring of the string stored at a key.",
              .since = "2.4.0",
              .group = "string",
              .complexity =
                  "O(N) where N is the length of the returned string. The complexity is ultimately "
                  "determined by the returned length, but because creating a substring from an "
                  "existing string is very cheap, it can be considered O(1) for small strings."}},
    {.name = "getset",
     .arity = 3,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = getset,
     .docs = {.summary =
                  "Returns the previous string value of a key after setting it to a new value.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .deprecated_since = "6.2.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "`SET` with the `!GET` argument"}},
    {.name = "incr",
     .arity = 2,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = incr,
     .docs = {.summary = "Increments the integer value of a key by one. Uses 0 as initial value if "
                         "the key doesn't exist.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "incrby",
     .arity = 3,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = incrby,
     .docs = {.summary = "Increments the integer value of a key by a number. Uses 0 as initial "
                         "value if the key doesn't exist.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "incrbyfloat",
     .arity = 3,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = incrbyfloat,
     .docs = {.summary = "Increment the floating point value of a key by a number. Uses 0 as "
                         "initial value if the key doesn't exist.",
              .since = "2.6.0",
              .group = "string",
              .complexity = "O(1)"},
     .since_9_1 = {.summary = "Increments the floating point value of a key by a number. "
                              "Uses 0 as initial value if the key doesn't exist."}},
    {.name = "mget",
     .arity = -2,
     .flags = flag::readonly | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, -1, 1)},
     .run = mget,
     .docs = {.summary = "Atomically returns the string values of one or more keys.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(N) where N is the number of keys to retrieve.",
              .tips = "request_policy:multi_shard"}},
    {.name = "mset",
     .arity = -3,
     .flags = flag::write | flag::denyoom,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ow | keyflag::update, 1, -1, 2)},
     .run = mset,
     .docs = {.summary = "Atomically creates or modifies the string values of one or more keys.",
              .since = "1.0.1",
              .group = "string",
              .complexity = "O(N) where N is the number of keys to set.",
              .tips = "request_policy:multi_shard response_policy:all_succeeded"}},
    {.name = "msetex",
     .arity = -4,
     .flags = flag::write | flag::denyoom,
     .categories = category::string,
     .keys = {KeySpec::counted(keyflag::ow | keyflag::update, 1).stepping(2)},
     .run = msetex,
     .docs = {.summary =
                  "Atomically creates or modifies the string values of one or more keys, and "
                  "optionally set their expiration.",
              .since = "9.1.0",
              .group = "string",
              .complexity = "O(N) where N is the number of keys to set.",
              .tips = "request_policy:multi_shard response_policy:all_succeeded"}},
    {.name = "msetnx",
     .arity = -3,
     .flags = flag::write | flag::denyoom,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ow | keyflag::insert, 1, -1, 2)},
     .run = msetnx,
     .docs = {.summary = "Atomically modifies the string values of one or more keys only when all "
                         "keys don't exist.",
              .since = "1.0.1",
              .group = "string",
              .complexity = "O(N) where N is the number of keys to set."},
     .before_8_0 = {.tips = "request_policy:multi_shard response_policy:agg_min"}},
    {.name = "psetex",
     .arity = 4,
     .flags = flag::write | flag::denyoom,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ow | keyflag::update, 1, 0, 1)},
     .run = psetex,
     .docs = {.summary = "Sets both string value and expiration time in milliseconds of a key. The "
                         "key is created if it doesn't exist.",
              .since = "2.6.0",
              .group = "string",
              .complexity = "O(1)",
              .deprecated_since = "2.6.12",
              .deprecated_until = "9.1.0",
              .replaced_by = "`SET` with the `PX` argument"}},
    {.name = "set",
     .arity = -3,
     .flags = flag::write | flag::denyoom,
     .categories = category::string,
     .keys = {KeySpec::range(
                  keyflag::rw | keyflag::access | keyflag::update | keyflag::variable_flags, 1, 0,
                  1)
                  .noted("RW and ACCESS due to the optional `GET` argument")},
     .run = set,
     .docs = {.summary = "Sets the string value of a key, ignoring its type. The key is created if "
                         "it doesn't exist.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "setex",
     .arity = 4,
     .flags = flag::write | flag::denyoom,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ow | keyflag::update, 1, 0, 1)},
     .run = setex,
     .docs = {.summary = "Sets the string value and expiration time of a key. Creates the key if "
                         "it doesn't exist.",
              .since = "2.0.0",
              .group = "string",
              .complexity = "O(1)",
              .deprecated_since = "2.6.12",
              .deprecated_until = "9.1.0",
              .replaced_by = "`SET` with the `EX` argument"}},
    {.name = "setnx",
     .arity = 3,
     .flags = flag::write | flag::denyoom | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ow | keyflag::insert, 1, 0, 1)},
     .run = setnx,
     .docs = {.summary = "Set the string value of a key only when the key doesn't exist.",
              .since = "1.0.0",
              .group = "string",
              .complexity = "O(1)",
              .deprecated_since = "2.6.12",
              .deprecated_until = "9.1.0",
              .replaced_by = "`SET` with the `NX` argument"},
     .since_9_1 = {.summary = "Sets the string value of a key only when the key doesn't "
                              "exist."}},
    {.name = "setrange",
     .arity = 4,
     .flags = flag::write | flag::denyoom,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::rw | keyflag::update, 1, 0, 1)},
     .run = setrange,
     .docs = {.summary = "Overwrites a part of a string value with another by an offset. Creates "
                         "the key if it doesn't exist.",
              .since = "2.2.0",
              .group = "string",
              .complexity =
                  "O(1), not counting the time taken to copy the new string in place. Usually, "
                  "this string is very small so the amortized complexity is O(1). Otherwise, "
                  "complexity is O(M) with M being the length of the value argument."}},
    {.name = "strlen",
     .arity = 2,
     .flags = flag::readonly | flag::fast,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ro, 1, 0, 1)},
     .run = strlen,
     .docs = {.summary = "Returns the length of a string value.",
              .since = "2.2.0",
              .group = "string",
              .complexity = "O(1)"}},
    {.name = "substr",
     .arity = 4,
     .flags = flag::readonly,
     .categories = category::string,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = getrange,
     .docs = {.summary = "Returns a substring from a string value.",
              .since = "1.0.0",
              .group = "string",
              .complexity =
                  "O(N) where N is the length of the returned string. The complexity is ultimately "
                  "determined by the returned length, but because creating a substring from an "
                  "existing string is very cheap, it can be considered O(1) for small strings.",
              .deprecated_since = "2.0.0",
              .deprecated_until = "9.1.0",
              .replaced_by = "`GETRANGE`"}},
};

}  // namespace

CommandRows string_commands() {
  return rows;
}

}  // namespace outlive
