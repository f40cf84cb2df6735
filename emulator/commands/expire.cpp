// When keys expire: the EXPIRE and TTL families, PERSIST (expire.c of 8.1).
#include <limits>
#include <string>

#include "commands/expiry_options.hpp"
#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

constexpr std::int64_t integer_max = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t integer_min = std::numeric_limits<std::int64_t>::min();

void set_expiry(Call& call, bool in_seconds, bool relative) {
  const auto name = call.args.next();
  const auto text = call.args.next();
  ExpiryCondition condition;
  if (!read_condition(call, call.args, condition)) return;
  const auto given = parse_integer(text);
  if (!given) return call.reply.error(errors::not_integer);
  std::int64_t when = *given;
  const std::int64_t base = relative ? call.moment().now_ms : 0;
  const auto refuse = [&] { call.reply.error(errors::invalid_expire(call.command.full_name())); };
  if (in_seconds) {
    if (when > integer_max / 1000 || when < integer_min / 1000) return refuse();
    when *= 1000;
  }
  if (when > integer_max - base) return refuse();
  when += base;

  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (!entry || !condition.holds(entry->expiry_ms, when)) return call.reply.integer(0);
  if (has_passed(call, when)) {
    remove_passed(call, *entry);
  } else {
    call.db.set_expiry(*entry, when);
    call.changed(name, {EventClass::generic, "expire"});
  }
  call.reply.integer(1);
}

void expire(Call& call) {
  set_expiry(call, true, true);
}
void pexpire(Call& call) {
  set_expiry(call, false, true);
}
void expireat(Call& call) {
  set_expiry(call, true, false);
}
void pexpireat(Call& call) {
  set_expiry(call, false, false);
}

void tell_expiry(Call& call, bool in_ms, bool absolute) {
  const Entry* entry = call.db.find(key_of(call, call.args.next()), reading_untouched);
  if (!entry) return call.reply.integer(-2);
  if (entry->expiry_ms == -1) return call.reply.integer(-1);
  const std::int64_t ms = absolute
                              ? entry->expiry_ms
                              : std::max<std::int64_t>(0, entry->expiry_ms - call.moment().now_ms);
  // Rounded to the nearest second, where even the last millisecond there is has one.
  call.reply.integer(in_ms ? ms : ms / 1000 + (ms % 1000 >= 500));
}

void ttl(Call& call) {
  tell_expiry(call, false, false);
}
void pttl(Call& call) {
  tell_expiry(call, true, false);
}
void expiretime(Call& call) {
  tell_expiry(call, false, true);
}
void pexpiretime(Call& call) {
  tell_expiry(call, true, true);
}

void persist(Call& call) {
  const auto name = call.args.next();
  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (!entry || !call.db.clear_expiry(*entry)) return call.reply.integer(0);
  call.changed(name, {EventClass::generic, "persist"});
  call.reply.integer(1);
}

constexpr Command rows[] = {
    {.name = "expire",
     .arity = -3,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rw | keyflag::update, 1, 0, 1)},
     .run = expire,
     .docs = {.summary = "Sets the expiration time of a key in seconds.",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "expireat",
     .arity = -3,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rw | keyflag::update, 1, 0, 1)},
     .run = expireat,
     .docs = {.summary = "Sets the expiration time of a key to a Unix timestamp.",
              .since = "1.2.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "expiretime",
     .arity = 2,
     .flags = flag::readonly | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = expiretime,
     .docs = {.summary = "Returns the expiration time of a key as a Unix timestamp.",
              .since = "7.0.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "persist",
     .arity = 2,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rw | keyflag::update, 1, 0, 1)},
     .run = persist,
     .docs = {.summary = "Removes the expiration time of a key.",
              .since = "2.2.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "pexpire",
     .arity = -3,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rw | keyflag::update, 1, 0, 1)},
     .run = pexpire,
     .docs = {.summary = "Sets the expiration time of a key in milliseconds.",
              .since = "2.6.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "pexpireat",
     .arity = -3,
     .flags = flag::write | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::rw | keyflag::update, 1, 0, 1)},
     .run = pexpireat,
     .docs = {.summary = "Sets the expiration time of a key to a Unix milliseconds timestamp.",
              .since = "2.6.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "pexpiretime",
     .arity = 2,
     .flags = flag::readonly | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = pexpiretime,
     .docs = {.summary = "Returns the expiration time of a key as a Unix milliseconds timestamp.",
              .since = "7.0.0",
              .group = "generic",
              .complexity = "O(1)"}},
    {.name = "pttl",
     .arity = 2,
     .flags = flag::readonly | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = pttl,
     .docs = {.summary = "Returns the expiration time in milliseconds of a key.",
              .since = "2.6.0",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"}},
    {.name = "ttl",
     .arity = 2,
     .flags = flag::readonly | flag::fast,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = ttl,
     .docs = {.summary = "Returns the expiration time in seconds of a key.",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "nondeterministic_output"}},
};

}  // namespace

CommandRows expire_commands() {
  return rows;
}

}  // namespace outlive
