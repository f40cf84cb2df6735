// Walking the keyspace: SCAN, KEYS, RANDOMKEY (db.c of 8.1).
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "base/c_text.hpp"
#include "commands/families.hpp"
#include "commands/scan_options.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {

namespace {

// As Redis 7.0 reads it, by C's strtoul: with a sign, or nothing at all.
std::optional<std::size_t> parse_signed_cursor(std::string_view word) {
  const std::string_view text = c_text(word);
  if (text.empty()) return 0;
  const bool negative = text[0] == '-';
  const std::string_view digits = text.substr(negative || text[0] == '+' ? 1 : 0);
  std::size_t cursor = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, cursor);
  if (stop != end || error != std::errc{}) return {};
  return negative ? 0 - cursor : cursor;
}

}  // namespace

std::optional<std::size_t> read_cursor(Call& call) {
  const bool by_strtoul = call.keyspace.ledger.profile().is_redis();
  const std::string_view word = call.args.next();
  const auto cursor = by_strtoul ? parse_signed_cursor(word) : parse_unsigned(word);
  if (!cursor) call.reply.error("ERR invalid cursor");
  return cursor;
}

namespace {

// Every type of 8.1: one may ask for keys of a type that no key here can have.
constexpr std::string_view type_names[] = {"string", "list", "set", "zset", "hash", "stream"};

constexpr std::string_view no_type = "none";

// False, and an error reply, for a type that does not exist; in Redis 7.0 no key was of such a
// type.
bool read_type(Call& call, ScanOptions& options) {
  const auto name = call.args.next();
  for (const auto known : type_names) {
    if (!equal_ignoring_case(known, name)) continue;
    options.type = known;
    return true;
  }
  if (call.keyspace.ledger.profile().is_redis()) {
    options.type = equal_ignoring_case(name, no_type) ? no_type : "unknown";
    return true;
  }
  call.reply.error("ERR unknown type name '" + std::string(c_text(name)) + "'");
  return false;
}

}  // namespace

bool read_scan_options(Call& call, ScanKind kind, ScanOptions& options) {
  Args& args = call.args;
  const Profile& profile = call.keyspace.ledger.profile();
  while (!args.empty()) {
    if (args.left() > 1 && args.take("COUNT")) {
      options.count = args.next_integer();
      if (!args.failed() && options.count < 1) args.fail(errors::syntax);
    } else if (args.left() > 1 && args.take("MATCH")) {
      // Said outright, since as a pattern it would not match an empty name (db.c, the same).
      options.pattern = args.next();
      if (options.pattern == "*") options.pattern.reset();
    } else if (kind == ScanKind::keys && args.left() > 1 && args.take("TYPE")) {
      if (!read_type(call, options)) return false;
    } else if (profile.has("8.0.0") && args.take("NOVALUES")) {
      if (kind != ScanKind::hash) args.fail("ERR NOVALUES option can only be used in HSCAN");
      options.only_fields = true;
    } else if (args.take("NOSCORES")) {
      if (kind != ScanKind::zset) args.fail("ERR NOSCORES option can only be used in ZSCAN");
      options.only_fields = true;
    } else {
      args.fail(errors::syntax);
    }
    if (!args.done(call.reply)) return false;
  }
  return true;
}

namespace {

// Expired keys met on the way leave at once (db.c, keysScanCallback).
struct KeyCollector {
  Call& call;
  const ScanOptions& options;
  // Redis 7.0 looked each key up to know its type, which counts; one that has expired is "none".
  const bool finds_types = call.keyspace.ledger.profile().is_redis();
  std::int64_t met = 0;
  std::vector<std::string> names = {};

  void operator()(Entry* entry) {
    ++met;
    if (finds_types && !options.type.empty()) return collect_found(*entry);
    if (!options.type.empty() && type_name(entry->value) != options.type) return;
    if (!options.matches(entry->key())) return;
    if (call.db.expired(*entry)) {
      if (!call.keyspace.expiry_held()) call.db.expire(*entry, false);
      return;
    }
    names.emplace_back(entry->key());
  }

  void collect_found(const Entry& entry) {
    if (!options.matches(entry.key())) return;
    std::string name(entry.key());
    const Entry* found = call.db.find(key_of(call, name), reading_untouched);
    if ((found ? type_name(found->value) : no_type) == options.type)
      names.push_back(std::move(name));
  }
};

void scan(Call& call) {
  const auto cursor = read_cursor(call);
  if (!cursor) return;
  ScanOptions options{.cursor = *cursor};
  if (!read_scan_options(call, ScanKind::keys, options)) return;
  KeyCollector collect{call, options};
  std::int64_t looks_left = options.looks_max();
  std::size_t at = options.cursor;
  do {
    at = call.db.keys().scan(at, collect);
  } while (at != 0 && looks_left-- > 0 && collect.met < options.count);
  call.reply.array(2);
  call.reply.bulk(std::to_string(at));
  call.reply.array(collect.names.size());
  for (const std::string& name : collect.names) call.reply.bulk(name);
}

void keys(Call& call) {
  const auto pattern = call.args.next();
  const std::size_t start = call.reply.defer();
  std::size_t found = 0;
  call.db.keys().for_each([&](const Entry* entry) {
    if (call.db.expired(*entry)) return;
    if (pattern != "*" && !glob_match(pattern, entry->key())) return;
    call.reply.bulk(entry->key());
    ++found;
  });
  call.reply.close_array(start, found);
}

void randomkey(Call& call) {
  // While expiry is paused expired keys stay: after so many tries one of them is told (db.c,
  // dbRandomKey).
  int tries = 100;
  while (!call.db.keys().empty()) {
    Entry* entry = call.db.keys().fair_random_item(call.keyspace.command_random);
    if (call.db.expired(*entry)) {
      if (!call.keyspace.expiry_held()) {
        call.db.expire(*entry, false);
        continue;
      }
      if (--tries > 0) continue;
    }
    return call.reply.bulk(entry->key());
  }
  call.reply.null();
}

constexpr Command rows[] = {
    {.name = "keys",
     .arity = 2,
     .flags = flag::readonly,
     .categories = category::keyspace | category::dangerous,
     .run = keys,
     .docs = {.summary = "Returns all key names that match a pattern.",
              .since = "1.0.0",
              .group = "generic",
              .complexity =
                  "O(N) with N being the number of keys in the database, under the assumption that "
                  "the key names in the database and the given pattern have limited length.",
              .tips = "request_policy:all_shards nondeterministic_output_order"}},
    {.name = "randomkey",
     .arity = 1,
     .flags = flag::readonly | flag::touches_arbitrary_keys,
     .categories = category::keyspace,
     .run = randomkey,
     .docs = {.summary = "Returns a random key name from the database.",
              .since = "1.0.0",
              .group = "generic",
              .complexity = "O(1)",
              .tips = "request_policy:all_shards response_policy:special nondeterministic_output"},
     .before_8_0 = {.tips = "request_policy:all_shards nondeterministic_output"}},
    {.name = "scan",
     .arity = -2,
     .flags = flag::readonly | flag::touches_arbitrary_keys,
     .categories = category::keyspace,
     .run = scan,
     .docs = {.summary = "Iterates over the key names in the database.",
              .since = "2.8.0",
              .group = "generic",
              .complexity = "O(1) for every call. O(N) for a complete iteration, including enough "
                            "command calls for the cursor to return back to 0. N is the number of "
                            "elements inside the collection.",
              .tips = "nondeterministic_output request_policy:special response_policy:special"},
     .before_8_0 = {.tips = "nondeterministic_output request_policy:special"}},
};

}  // namespace

CommandRows scan_commands() {
  return rows;
}

}  // namespace outlive
