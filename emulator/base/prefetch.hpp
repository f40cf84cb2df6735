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

// The same for what lies from there on, which may begin and end in the middle of a line.
inline void prefetch(const void* address, std::size_t bytes) {
  constexpr std::size_t cache_line = 64;
  const char* const first = static_cast<const char*>(address);
  const char* const last = first + bytes - 1;
  for (const char* at = first; at < last; at += cache_line) prefetch(at);
  if (bytes > 0) prefetch(last);
}

}  // namespace outlive
