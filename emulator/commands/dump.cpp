// DUMP and RESTORE: values as bytes and back (cluster.c and rdb.c of 8.1).
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"
#include "keyspace/access.hpp"
#include "snapshot/rdb_reader.hpp"
#include "snapshot/rdb_writer.hpp"

namespace outlive {
namespace {

void dump(Call& call) {
  const Entry* entry = call.db.find(key_of(call, call.args.next()));
  if (!entry) return call.reply.null();
  call.reply.bulk(dump_payload(entry->value, call.engine.options.rdb_compression,
                               call.keyspace.ledger.profile()));
}

struct RestoreOptions {
  bool replace = false;
  bool absolute_ttl = false;
  std::int64_t idle_s = -1;
  std::int64_t frequency = -1;
};

// A number after IDLETIME or FREQ; false: answered.
bool read_number(Call& call, std::int64_t& number, std::int64_t max, std::string_view error) {
  number = call.args.next_integer();
  if (!call.args.done(call.reply)) return false;
  if (number >= 0 && number <= max) return true;
  call.reply.error(error);
  return false;
}

bool read_options(Call& call, RestoreOptions& options) {
  constexpr std::int64_t idle_max = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t frequency_max = 255;
  while (!call.args.empty()) {
    const bool more = call.args.left() > 1;
    if (call.args.take("replace")) {
      options.replace = true;
    } else if (call.args.take("absttl")) {
      options.absolute_ttl = true;
    } else if (more && options.frequency == -1 && call.args.take("idletime")) {
      if (!read_number(call, options.idle_s, idle_max,
                       "ERR Invalid IDLETIME value, must be >= 0")) {
        return false;
      }
    } else if (more && options.idle_s == -1 && call.args.take("freq")) {
      if (!read_number(call, options.frequency, frequency_max,
                       "ERR Invalid FREQ value, must be >= 0 and <= 255")) {
        return false;
      }
    } else {
      call.reply.error(errors::syntax);
      return false;
    }
  }
  return true;
}

// The access bits that the caller asked for; the policy decides which of the two counts
// (object.c, objectSetLRUOrLFU).
void set_access(Call& call, Entry& entry, const RestoreOptions& options) {
  const Moment& moment = call.moment();
  if (call.keyspace.settings.lfu) {
    if (options.frequency < 0) return;
    const auto counter = static_cast<std::uint32_t>(options.frequency);
    entry.access = (moment.minutes() << 8 | counter) & 0xffffff;
  } else if (options.idle_s >= 0) {
    std::int64_t clock = static_cast<std::int64_t>(moment.lru_clock()) - options.idle_s;
    if (clock < 0) clock += access::lru_clock_max;
    entry.access = static_cast<std::uint32_t>(clock) & 0xffffff;
  }
}

// The payload's value; none: answered.
std::optional<Value> read_value(Call& call, std::string_view payload) {
  if (!sound_payload(payload, call.engine.options.any_rdb_version,
                     call.keyspace.ledger.profile())) {
    call.reply.error("ERR DUMP payload version or checksum are wrong");
    return std::nullopt;
  }
  RdbReader reader(payload,
                   {call.keyspace.ledger, call.keyspace.value_seed(), call.engine.options.hash});
  auto value = reader.value();
  if (value) return value;
  if (reader.unsupported_type().empty()) {
    call.reply.error("ERR Bad data format");
  } else {
    call.reply.error("ERR RESTORE of a " + std::string(reader.unsupported_type()) +
                     " is not supported by outlive");
  }
  return std::nullopt;
}

void restore(Call& call) {
  const auto name = call.args.next();
  const auto ttl_word = call.args.next();
  const auto payload = call.args.next();
  RestoreOptions options;
  if (!read_options(call, options)) return;
  const Key key = key_of(call, name);
  // What is to be replaced goes as it is, even if it has expired (cluster.c, restoreCommand).
  Entry* old = options.replace ? call.db.find_as_it_is(name) : call.db.find_for_write(key);
  if (old && !options.replace) {
    return call.reply.error("BUSYKEY Target key name already exists.");
  }
  const auto ttl = parse_integer(ttl_word);
  if (!ttl) return call.reply.error(errors::not_integer);
  if (*ttl < 0) return call.reply.error("ERR Invalid TTL value, must be >= 0");
  auto value = read_value(call, payload);
  if (!value) return;

  if (old) {
    call.db.remove(*old, {.reason = Departure::Reason::overwritten,
                          .lazily = call.keyspace.settings.lazy_server_del});
  }
  const std::int64_t now_ms = call.moment().now_ms;
  const std::int64_t expiry_ms =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(*ttl) +
                                (options.absolute_ttl ? 0 : static_cast<std::uint64_t>(now_ms)));
  // A TTL that leads past the end of time is not seen to be over yet (measured on 8.1.1).
  if (*ttl != 0 && options.absolute_ttl && expiry_ms <= now_ms) {
    if (old) call.changed(name, {EventClass::generic, "del"});
    return call.reply.ok();
  }
  Entry& entry = call.db.add(key, *std::move(value));
  if (*ttl != 0) call.db.set_expiry(entry, expiry_ms);
  set_access(call, entry, options);
  call.changed(name, {EventClass::generic, "restore"});
  call.reply.ok();
}

constexpr Command rows[] = {
    {.name = "dump",
     .arity = 2,
     .flags = flag::readonly,
     .categories = category::keyspace,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = dump,
     .docs =
         {.summary = "Returns a serialized representation of the value stored at a key.",
          .since = "2.6.0",
          .group = "generic",
          .complexity =
              "O(1) to access the key and additional O(N*M) to serialize it, where N is the number "
              "of objects composing the value and M their average size. For small string values "
              "the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).",
          .tips = "nondeterministic_output"}},
    {.name = "restore",
     .arity = -4,
     .flags = flag::write | flag::denyoom,
     .categories = category::keyspace | category::dangerous,
     .keys = {KeySpec::range(keyflag::ow | keyflag::update, 1, 0, 1)},
     .run = restore,
     .docs = {.summary = "Creates a key from the serialized representation of a value.",
              .since = "2.6.0",
              .group = "generic",
              .complexity =
                  "O(1) to create the new key and additional O(N*M) to reconstruct the serialized "
                  "value, where N is the number of objects composing the value and M their average "
                  "size. For small string values the time complexity is thus O(1)+O(1*M) where M "
                  "is small, so simply O(1). However for sorted set values the complexity is "
                  "O(N*M*log(N)) because inserting values into sorted sets is O(log(N))."}},
};

}  // namespace

CommandRows dump_commands() {
  return rows;
}

}  // namespace outlive
