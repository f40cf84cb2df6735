// When something happens and on whose behalf: set once a command, read by every door.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.hpp"

namespace outlive {

struct Moment {
  Instant now{};
  std::int64_t now_ms = 0;
  std::string_view cause;      // the command that runs, "" for the clock
  std::uint64_t client = 0;    // its client's id, 0 for none
  bool no_touch = false;       // CLIENT NO-TOUCH: reads leave the access time alone
  bool expiry_paused = false;  // CLIENT PAUSE: expired keys are hidden but stay
  bool sees_expired = false;   // CLIENT IMPORT-SOURCE: for this client no key has expired

  static Moment at(Instant now, std::string_view cause = {}, std::uint64_t client = 0) {
    return {now, unix_ms(now), cause, client, false, false, false};
  }
  // 24 bits of seconds (evict.c, getLRUClock; LRU_CLOCK_RESOLUTION is 1,000 ms).
  std::uint32_t lru_clock() const { return static_cast<std::uint32_t>(now_ms / 1000) & 0xffffff; }
  // 16 bits of minutes (evict.c, LFUGetTimeInMinutes).
  std::uint32_t minutes() const { return static_cast<std::uint32_t>(now_ms / 60000) & 0xffff; }
};

}  // namespace outlive
