#include "base/ensure.hpp"

#include <cstdio>
#include <cstdlib>

namespace outlive {

void ensure_failed(std::string_view what, const char* file, int line) {
  std::fprintf(stderr, "outlive: %s:%d: %.*s\n", file, line, static_cast<int>(what.size()),
               what.data());
  std::abort();
}

}  // namespace outlive
