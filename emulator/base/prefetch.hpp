// Asks the processor for memory that will soon be read.
#pragma once

#include <cstddef>

namespace outlive {

inline void prefetch(const void* address) {
#if defined(__GNUC__)
  __builtin_prefetch(address);
  // GCC 12 takes a function that does nothing but fetch ahead for one without effect, and drops
  // calls of it; an empty instruction counts as an effect.
  asm volatile("");
#else
  static_cast<void>(address);
#endif
}

// The same for what lies from there on.
inline void prefetch(const void* address, std::size_t bytes) {
  constexpr std::size_t cache_line = 64;
  for (std::size_t at = 0; at < bytes; at += cache_line) {
    prefetch(static_cast<const char*>(address) + at);
  }
}

}  // namespace outlive
