// ensure(): what must hold whatever a client or a user does. On in every build.
#pragma once

#include <string_view>

namespace outlive {

// Prints what failed to hold and ends the process. For mistakes of ours only: a client's mistake is
// an error reply, a user's a UserError.
[[noreturn]] void ensure_failed(std::string_view what, const char* file, int line);

inline void ensure(bool condition, std::string_view what, const char* file = __builtin_FILE(),
                   int line = __builtin_LINE()) {
  if (!condition) [[unlikely]] ensure_failed(what, file, line);
}

}  // namespace outlive
