// Finding a key's value of one type, as nearly every handler begins.
#pragma once

#include <cstdint>
#include <limits>

#include "engine/command.hpp"

namespace outlive {

// Tells the client when a key holds another type; true if it does.
template <class T>
bool wrong_type(Call& call, const Entry* entry) {
  if (!entry || entry->is<T>()) return false;
  call.reply.error(errors::wrong_type);
  return true;
}

inline Key key_of(Call& call, std::string_view text) {
  return call.keyspace.key(text);
}
inline const Allocation& allocation_of(Call& call) {
  return call.keyspace.ledger.allocation();
}

// How many hold the object of a value. Those in the keyspace are not shared in 8.1: the count is 1.
// Before, all small integers were one object without a count of its own (server.h,
// OBJ_SHARED_REFCOUNT).
inline std::int64_t holders(const Entry& entry) {
  return entry.shared ? std::numeric_limits<std::int32_t>::max() : 1;
}

// An argument as a string's value. A script's are copies, a client's may bring their block.
inline String value_of(Call& call, std::string_view text) {
  const Profile& profile = call.keyspace.ledger.profile();
  const Allocation& allocation = allocation_of(call);
  if (call.session.internal && profile.scripts == ScriptKeeping::by_module) {
    return String::plain(text, allocation);  // A module still holds it, which forbids an integer.
  }
  String value = call.session.internal           ? String::encoded(text, allocation)
                 : call.keyspace.lent.hold(text) ? String::lent(text, allocation)
                                                 : String::received(text, allocation);
  if (value.block() != 0 && profile.is_redis()) value.forget_room();
  return value;
}

}  // namespace outlive
