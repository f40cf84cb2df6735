// What the commands of hashes have in common: finding one, and fields that may have expired.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {

inline constexpr Event hset_event{EventClass::hash, "hset"};

inline constexpr std::string_view wrong_number_of_fields =
    "ERR numfields should be greater than 0 and match the provided number of fields";

// The instant before which fields that expired are hidden from this client.
inline std::int64_t fields_seen_at(const Call& call) {
  return call.moment().sees_expired ? sees_all : call.moment().now_ms;
}

// The hash of a key to read; null where there is none or, with an error reply, where the key holds
// something else. `absent` answers for no key.
template <class Absent>
Hash* hash_to_read(Call& call, std::string_view name, Absent absent) {
  Entry* entry = call.db.find(key_of(call, name));
  if (wrong_type<HashPointer>(call, entry)) return nullptr;
  if (!entry) {
    absent();
    return nullptr;
  }
  return entry->as<HashPointer>().get();
}

// The entry of a hash to change, made if there is none; null, with an error reply, for another
// type.
inline Entry* hash_to_change(Call& call, std::string_view name) {
  const Key key = key_of(call, name);
  Entry* entry = call.db.find_for_write(key);
  if (wrong_type<HashPointer>(call, entry)) return nullptr;
  if (entry) return entry;
  return &call.db.add(key,
                      std::make_unique<Hash>(call.keyspace.ledger, call.keyspace.value_seed()));
}

// FIELDS, a number and so many fields, after the key. `mismatch` answers for another number.
inline std::optional<std::span<const std::string_view>> read_fields(Call& call,
                                                                    std::string_view mismatch) {
  if (!call.args.take("FIELDS")) {
    call.reply.error(errors::syntax);
    return {};
  }
  const auto number = call.args.next_integer();
  if (!call.args.done(call.reply)) return {};
  const auto fields = call.args.rest();
  if (number > 0 && static_cast<std::uint64_t>(number) == fields.size()) return fields;
  call.reply.error(mismatch);
  return {};
}

inline const HashLimits& limits_of(Call& call) {
  return call.engine.options.hash;
}

inline void reply_text(Call& call, const std::optional<std::string_view>& text) {
  text ? call.reply.bulk(*text) : call.reply.null();
}

// Fields were set, `renewed` of them in the place of expired ones, which expire now.
inline void tell_set(Call& call, std::string_view name, std::size_t renewed, Event event) {
  if (renewed == 0) return call.changed(name, event);
  call.keyspace.stats.expired_fields += renewed;
  call.changed(name, {EventClass::hash, "hexpired"});
  call.notify(name, event);
}

// The key goes if its last field did; true if so. Nothing is told.
inline bool removed_if_empty(Call& call, Entry& entry) {
  if (entry.as<HashPointer>()->size() != 0) return false;
  call.db.remove(entry, {.reason = Departure::Reason::deleted});
  return true;
}

}  // namespace outlive
