// OUTLIVE: the emulator's own commands. The clock, the seed, and why each key left.
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "commands/departure_reply.hpp"
#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/clock_control.hpp"
#include "engine/engine.hpp"
#include "engine/help.hpp"
#include "keyspace/access.hpp"

namespace outlive {
namespace {

// ---- the clock

void tell_clock(Call& call) {
  const ClockControl* clock = call.engine.clock;
  call.reply.map(2);
  call.reply.bulk("state");
  call.reply.bulk(clock && clock->fixed() ? "frozen" : "running");
  call.reply.bulk("unix_us");
  call.reply.integer(unix_us(call.engine.now()));
}

// What falls due happens before the reply.
void move_clock(Call& call, Instant to, Engine::Passing how) {
  call.engine.clock->move_to(to);
  call.engine.pass_time(to, how);
  call.reply.ok();
}

constexpr std::string_view bad_time = "ERR the time is not an integer or out of range";
constexpr std::int64_t latest_ms = 253'402'300'799'999;  // the end of the year 9999

// Milliseconds, or with the suffix "us" microseconds.
Duration next_time(Call& call) {
  constexpr std::string_view fine = "us";
  const std::string_view word = call.args.next();
  const bool is_fine = word.ends_with(fine);
  const auto number = parse_integer(word.substr(0, word.size() - (is_fine ? fine.size() : 0)));
  const std::int64_t most = latest_ms * (is_fine ? 1000 : 1);
  if (!number || *number < 0 || *number > most) {
    call.args.fail(bad_time);
    return {};
  }
  return Duration{is_fine ? *number : *number * 1000};
}

void clock_set(Call& call) {
  const Instant to{next_time(call)};
  if (call.args.done(call.reply)) move_clock(call, to, Engine::Passing::jumped);
}

void clock_advance(Call& call) {
  const Instant to = call.engine.now() + next_time(call);
  if (unix_ms(to) > latest_ms) call.args.fail(bad_time);
  if (call.args.done(call.reply)) move_clock(call, to, Engine::Passing::lived_through);
}

void clock_freeze(Call& call) {
  call.engine.clock->freeze(call.engine.now());
  call.reply.ok();
}

void clock_run(Call& call) {
  call.engine.clock->resume();
  call.reply.ok();
}

void clock_system(Call& call) {
  call.engine.pass_time(call.engine.clock->follow_system(), Engine::Passing::jumped);
  call.reply.ok();
}

struct ClockVerb {
  std::string_view word;
  std::size_t arguments;
  Handler run;
};
constexpr ClockVerb clock_verbs[] = {{"advance", 1, clock_advance},
                                     {"freeze", 0, clock_freeze},
                                     {"run", 0, clock_run},
                                     {"set", 1, clock_set},
                                     {"system", 0, clock_system}};

void clock(Call& call) {
  if (call.args.empty()) return tell_clock(call);
  if (!call.engine.clock) return call.reply.error("ERR nobody lets this clock be moved");
  const auto word = call.args.next();
  for (const ClockVerb& verb : clock_verbs) {
    if (!equal_ignoring_case(verb.word, word)) continue;
    if (call.args.left() != verb.arguments) break;
    return verb.run(call);
  }
  call.reply.error(errors::syntax);
}

// ---- the seed

void seed(Call& call) {
  if (call.args.empty()) return call.reply.bulk(std::to_string(call.engine.seed()));
  const auto wanted = parse_unsigned(call.args.next());
  if (!wanted || !call.args.empty()) return call.reply.error(errors::not_integer);
  if (call.keyspace.total_keys() > 0) {
    return call.reply.error(
        "ERR a seed decides where keys are kept: FLUSHALL first, or start with --outlive-seed");
  }
  call.engine.reseed(*wanted);
  call.reply.ok();
}

// ---- the journal

bool journal_is_on(Call& call) {
  if (call.keyspace.journal.limit() > 0) return true;
  call.reply.error("ERR the journal is off: OUTLIVE JOURNAL LIMIT <departures> turns it on");
  return false;
}

using Departures = std::vector<const Departure*>;

void reply_departures(Call& call, const Departures& departures) {
  call.reply.array(departures.size());
  for (const Departure* departure : departures) reply_departure(call.reply, *departure);
}

void evictions(Call& call) {
  const auto count =
      call.args.empty() ? 10 : call.args.next_integer_in(1, INT64_MAX, errors::negative);
  if (!call.args.empty()) call.args.fail(errors::syntax);
  if (!call.args.done(call.reply) || !journal_is_on(call)) return;
  Departures found;
  const auto& kept = call.keyspace.journal.departures();
  for (auto at = kept.rbegin(); at != kept.rend(); ++at) {
    if (static_cast<std::int64_t>(found.size()) == count) break;
    if (at->reason == Departure::Reason::evicted) found.push_back(&*at);
  }
  reply_departures(call, found);
}

void journal_get(Call& call) {
  const auto from = call.args.next_integer_in(1, INT64_MAX, errors::negative);
  const auto count =
      call.args.empty() ? 10 : call.args.next_integer_in(1, INT64_MAX, errors::negative);
  if (!call.args.empty()) call.args.fail(errors::syntax);
  if (!call.args.done(call.reply) || !journal_is_on(call)) return;
  Departures found;
  for (const Departure& departure : call.keyspace.journal.departures()) {
    if (static_cast<std::int64_t>(found.size()) == count) break;
    if (departure.sequence >= static_cast<std::uint64_t>(from)) found.push_back(&departure);
  }
  reply_departures(call, found);
}

void journal_limit(Call& call) {
  constexpr std::int64_t most = 100'000'000;
  const auto limit = call.args.next_integer_in(0, most, errors::out_of_range);
  if (!call.args.empty()) call.args.fail(errors::syntax);
  if (!call.args.done(call.reply)) return;
  call.keyspace.journal.set_limit(static_cast<std::size_t>(limit));
  call.reply.ok();
}

void journal(Call& call) {
  Journal& journal = call.keyspace.journal;
  if (call.args.empty()) {
    call.reply.map(3);
    call.reply.bulk("limit");
    call.reply.integer(static_cast<std::int64_t>(journal.limit()));
    call.reply.bulk("kept");
    call.reply.integer(static_cast<std::int64_t>(journal.departures().size()));
    call.reply.bulk("recorded");
    return call.reply.integer(static_cast<std::int64_t>(journal.recorded()));
  }
  if (call.args.take("get") && !call.args.empty()) return journal_get(call);
  if (call.args.take("limit") && !call.args.empty()) return journal_limit(call);
  if (call.args.take("follow") && call.args.empty()) {
    if (call.engine.follow_departures(call.session)) return call.reply.ok();
    return call.reply.error("ERR somebody follows the journal already");
  }
  if (call.args.take("reset") && call.args.empty()) {
    journal.clear();
    return call.reply.ok();
  }
  call.reply.error(errors::syntax);
}

// ---- EXPLAIN

// Why a key that is still there could go, or could not.
std::string prospects(Call& call, const Entry& entry) {
  const EvictionPolicy& policy = call.engine.options.eviction.chosen();
  const std::string name(policy.name);
  if (call.db.expired(entry))
    return "its TTL is over: it goes when it is looked for, or by the cron";
  if (call.engine.options.eviction.maxmemory == 0)
    return "nothing is evicted: there is no maxmemory";
  if (policy.scope == EvictionScope::none)
    return "noeviction: writes fail before anything is evicted";
  if (policy.scope == EvictionScope::keys_with_ttl && entry.expiry_ms == -1) {
    return name + " takes only keys with a TTL, and this one has none";
  }
  return name + " may take it";
}

void explain_resident(Call& call, const Entry& entry) {
  const Moment& moment = call.moment();
  const auto& settings = call.keyspace.settings;
  const bool lfu = settings.lfu;
  const bool ranked = call.engine.options.eviction.chosen().ranked();
  const auto* candidate = call.engine.evictor.pool().find(entry.key(), call.db.index());
  call.reply.map(6 + (ranked ? 1 : 0) + (candidate ? 1 : 0));
  call.reply.bulk("state");
  call.reply.bulk("resident");
  call.reply.bulk("why");
  call.reply.bulk(prospects(call, entry));
  call.reply.bulk("type");
  call.reply.bulk(type_name(entry.value));
  call.reply.bulk("size");
  call.reply.integer(static_cast<std::int64_t>(entry.weight()));
  call.reply.bulk("ttl_ms");
  call.reply.integer(
      entry.expiry_ms == -1 ? -1 : std::max<std::int64_t>(0, entry.expiry_ms - moment.now_ms));
  call.reply.bulk(lfu ? "frequency" : "idle_ms");
  call.reply.integer(
      lfu ? static_cast<std::int64_t>(access::frequency(entry.access, settings, moment))
          : static_cast<std::int64_t>(access::idle_ms(entry.access, moment)));
  if (ranked) {
    call.reply.bulk("score");
    call.reply.bulk(std::to_string(call.engine.evictor.score(entry)));
  }
  if (candidate) {
    // A candidate of an earlier round, which goes by this score whatever has happened to it since.
    call.reply.bulk("pooled_score");
    call.reply.bulk(std::to_string(candidate->score));
  }
}

void explain(Call& call) {
  const auto name = call.args.next();
  // Past the door that finds keys, which would let an expired one go.
  if (const Entry* entry = call.db.find_as_it_is(name)) {
    return explain_resident(call, *entry);
  }
  if (!journal_is_on(call)) return;
  if (const Departure* departure = call.keyspace.journal.last_of(name, call.db.index())) {
    return reply_departure(call.reply, *departure);
  }
  call.reply.map(2);
  call.reply.bulk("state");
  call.reply.bulk("unknown");
  call.reply.bulk("why");
  call.reply.bulk("no key of this name has left this database within the last " +
                  std::to_string(call.keyspace.journal.limit()) + " departures");
}

// ---- DIGEST

void digest(Call& call) {
  const auto hex = [&](std::string_view name, std::uint64_t value) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(value));
    call.reply.bulk(name);
    call.reply.bulk(text);
  };
  call.reply.map(3);
  hex("keyspace", call.keyspace.digest());
  hex("journal", call.keyspace.journal.digest());
  call.reply.bulk("departures");
  call.reply.integer(static_cast<std::int64_t>(call.keyspace.journal.recorded()));
}

void memory(Call& call) {
  call.reply.integer(call.engine.ledger.used());
}

void as_operator(Call& call) {
  const std::string_view word = call.args.next();
  const bool on = equal_ignoring_case(word, "on");
  if (!on && !equal_ignoring_case(word, "off")) return call.reply.error(errors::syntax);
  call.session.is_operator = on;
  call.reply.ok();
}

void help(Call& call) {
  static constexpr HelpLine lines[] = {
      "CLOCK",
      "    Return whether the clock is running or frozen, and its time.",
      "CLOCK FREEZE | RUN",
      "    Stop the clock; let it run on from where it stands.",
      "CLOCK ADVANCE <milliseconds> | <microseconds>us",
      "    Move it on: TTLs, LRU, LFU, active expiry and blocked clients follow, in order.",
      "CLOCK SET <unix-time-milliseconds> | <unix-time-microseconds>us",
      "    Jump to a time, also back: what is due by then happens at once.",
      "CLOCK SYSTEM",
      "    Go by the system's time again.",
      "DIGEST",
      "    Return digests of all keys and of all departures: equal for equal runs.",
      "EVICTIONS [<count>]",
      "    Return the last evictions, newest first (default: 10).",
      "EXPLAIN <key>",
      "    Return why a key left: when, by whom, its state, and the keys it was preferred to.",
      "JOURNAL",
      "    Return how many departures are kept at most, are kept, and were ever recorded.",
      "JOURNAL FOLLOW",
      "    Tell this client of every departure, by a push ahead of the reply of what caused it.",
      "JOURNAL GET <sequence> [<count>]",
      "    Return departures of every kind from this one on, oldest first (default: 10).",
      "JOURNAL LIMIT <departures>",
      "    Keep so many; 0 turns the journal off.",
      "JOURNAL RESET",
      "    Forget what is kept.",
      "MEMORY",
      "    Return used_memory. Like all of OUTLIVE it costs none and evicts nothing.",
      "OPERATOR ON | OFF",
      "    Let this client do what a managed service (outlive-like) keeps from its clients.",
      "SEED [<number>]",
      "    Return the seed, or set it while there are no keys. All chance derives from it.",
      "This command is the emulator's own: start it with --enable-outlive-command yes (or local)."};
  reply_help(call, lines);
}

// They are in every profile.
constexpr std::string_view every_version = "1.0.0";
constexpr std::uint64_t own_flags = flag::admin | flag::noscript | flag::loading | flag::stale |
                                    flag::skip_slowlog | flag::outlive_own;

constexpr Command subcommands[] = {
    {.name = "clock",
     .arity = -2,
     .flags = own_flags | flag::no_multi,
     .run = clock,
     .docs = {.summary = "Reads or moves the emulated clock.",
              .since = every_version,
              .group = "server",
              .complexity = "O(1), and what falls due on the way"},
     .container = "outlive"},
    {.name = "digest",
     .arity = 2,
     .flags = own_flags,
     .run = digest,
     .docs = {.summary = "Returns digests of the keyspace and of the journal.",
              .since = every_version,
              .group = "server",
              .complexity = "O(N) where N is the number of keys"},
     .container = "outlive"},
    {.name = "evictions",
     .arity = -2,
     .flags = own_flags,
     .run = evictions,
     .docs = {.summary = "Returns the last evictions.",
              .since = every_version,
              .group = "server",
              .complexity = "O(N) where N is the number of departures kept"},
     .container = "outlive"},
    {.name = "explain",
     .arity = 3,
     .flags = own_flags,
     .keys = {KeySpec::range(keyflag::ro, 2, 0, 1)},
     .run = explain,
     .docs = {.summary = "Returns why a key left.",
              .since = every_version,
              .group = "server",
              .complexity = "O(N) where N is the number of departures kept"},
     .container = "outlive"},
    {.name = "help",
     .arity = 2,
     .flags = flag::loading | flag::stale,
     .run = help,
     .docs = {.summary = "Returns helpful text about the different subcommands.",
              .since = every_version,
              .group = "server",
              .complexity = "O(1)"},
     .container = "outlive"},
    {.name = "journal",
     .arity = -2,
     .flags = own_flags,
     .run = journal,
     .docs = {.summary = "Reads or bounds the journal of keys that left.",
              .since = every_version,
              .group = "server",
              .complexity = "O(N) where N is the number of departures kept"},
     .container = "outlive"},
    {.name = "memory",
     .arity = 2,
     .flags = own_flags,
     .run = memory,
     .docs = {.summary = "Returns the bytes of modelled memory in use.",
              .since = every_version,
              .group = "server",
              .complexity = "O(1)"},
     .container = "outlive"},
    {.name = "operator",
     .arity = 3,
     .flags = own_flags,
     .run = as_operator,
     .docs = {.summary = "Gives a connection what a managed service keeps from clients.",
              .since = every_version,
              .group = "server",
              .complexity = "O(1)"},
     .container = "outlive"},
    {.name = "seed",
     .arity = -2,
     .flags = own_flags | flag::no_multi,
     .run = seed,
     .docs = {.summary = "Reads or sets the seed of all chance.",
              .since = every_version,
              .group = "server",
              .complexity = "O(1)"},
     .container = "outlive"},
};

constexpr Command rows[] = {
    {.name = "outlive",
     .arity = -2,
     .subcommands = subcommands,
     .docs = {.summary = "A container for the emulator's own commands.",
              .since = every_version,
              .group = "server",
              .complexity = "Depends on subcommand."}},
};

}  // namespace

CommandRows outlive_commands() {
  return rows;
}

}  // namespace outlive
