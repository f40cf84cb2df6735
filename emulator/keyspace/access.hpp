// The 24 bits that say when, or how often, a key was used (evict.c of 8.1).
#pragma once

#include <cstdint>

#include "base/random.hpp"
#include "keyspace/moment.hpp"
#include "keyspace/settings.hpp"

namespace outlive::access {

// Under an LRU policy: the LRU clock at the last access. Under LFU: 16 bits of minutes at the last
// decrement, then 8 bits of a logarithmic counter.
inline constexpr std::uint32_t lru_clock_max = 0xffffff;
inline constexpr std::uint32_t lfu_counter_start = 5;  // LFU_INIT_VAL

// The bits of a key that is new.
inline std::uint32_t fresh(const KeyspaceSettings& settings, const Moment& moment) {
  return settings.lfu ? moment.minutes() << 8 | lfu_counter_start : moment.lru_clock();
}

// Milliseconds since the last access, in whole seconds; right across one wrap of the clock.
inline std::uint64_t idle_ms(std::uint32_t bits, const Moment& moment) {
  const std::uint32_t now = moment.lru_clock();
  const std::uint64_t ticks = now >= bits ? now - bits : now + (lru_clock_max - bits);
  return ticks * 1000;
}

// The LFU counter after the decay that is due.
inline std::uint32_t frequency(std::uint32_t bits, const KeyspaceSettings& settings,
                               const Moment& moment) {
  const std::uint32_t last = bits >> 8;
  const std::uint32_t counter = bits & 255;
  if (settings.lfu_decay_time == 0) return counter;
  const std::uint32_t now = moment.minutes();
  const std::uint32_t elapsed = now >= last ? now - last : 65535 - last + now;
  const std::uint32_t periods = elapsed / static_cast<std::uint32_t>(settings.lfu_decay_time);
  return periods > counter ? 0 : counter - periods;
}

// The bits once somebody has looked at the counter, where that writes the decay down.
inline std::uint32_t decayed(std::uint32_t bits, const KeyspaceSettings& settings,
                             const Moment& moment) {
  return (moment.minutes() << 8 | frequency(bits, settings, moment)) & 0xffffff;
}

// The bits after an access.
inline std::uint32_t touched(std::uint32_t bits, const KeyspaceSettings& settings,
                             const Moment& moment, Random& random) {
  if (!settings.lfu) return moment.lru_clock();
  std::uint32_t counter = frequency(bits, settings, moment);
  if (counter < 255) {
    const double above = counter > lfu_counter_start ? counter - lfu_counter_start : 0;
    if (random.unit() < 1.0 / (above * settings.lfu_log_factor + 1)) ++counter;
  }
  return moment.minutes() << 8 | counter;
}

}  // namespace outlive::access
