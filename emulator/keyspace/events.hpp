// Keyspace events: their classes, by Valkey's letters (notify.c).
#pragma once

#include <cstdint>
#include <string_view>

namespace outlive {

// Bits of notify-keyspace-events.
enum class EventClass : std::uint32_t {
  keyspace = 1 << 0,   // K: publish on __keyspace@N__:key
  keyevent = 1 << 1,   // E: publish on __keyevent@N__:event
  generic = 1 << 2,    // g
  string = 1 << 3,     // $
  list = 1 << 4,       // l
  set = 1 << 5,        // s
  hash = 1 << 6,       // h
  zset = 1 << 7,       // z
  expired = 1 << 8,    // x
  evicted = 1 << 9,    // e
  stream = 1 << 10,    // t
  key_miss = 1 << 11,  // m, not in A
  loaded = 1 << 12,    // module only, never published
  module = 1 << 13,    // d
  key_new = 1 << 14,   // n, not in A
};

constexpr std::uint32_t bits(EventClass event_class) {
  return static_cast<std::uint32_t>(event_class);
}

// One event: its class and its name, e.g. {EventClass::string, "set"}.
struct Event {
  EventClass event_class;
  std::string_view name;
};

}  // namespace outlive
