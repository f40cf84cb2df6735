// Asks the processor for memory that will soon be read.
#pragma once

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

}  // namespace outlive
