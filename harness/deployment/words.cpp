#include "deployment/words.hpp"

namespace outlive::harness {

std::string bytes_in_words(std::uint64_t bytes) {
  constexpr const char* units[] = {"", "kb", "mb", "gb"};
  int unit = 0;
  while (unit < 3 && bytes >= 1024 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + units[unit];
}

}  // namespace outlive::harness
