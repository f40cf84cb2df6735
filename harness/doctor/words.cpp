#include "doctor/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>

#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

std::string with_decimals(double number, int decimals) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, number);
  return text.data();
}

}  // namespace

std::string keys_in_words(double keys) {
  return format_count(static_cast<std::uint64_t>(std::llround(std::max(keys, 0.0))));
}

std::string rate_in_words(double a_second) {
  const bool whole = a_second >= 10 || a_second == std::round(a_second);
  return whole ? keys_in_words(a_second) : with_decimals(a_second, a_second < 0.1 ? 3 : 1);
}

std::string size_in_words(double bytes) {
  constexpr const char* units[] = {" bytes", " KB", " MB", " GB", " TB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < std::size(units)) {
    bytes /= 1024;
    ++unit;
  }
  return with_decimals(bytes, unit > 0 && bytes < 100 ? 1 : 0) + units[unit];
}

std::string percent_in_words(double part, double whole) {
  const double percent = whole > 0 ? part / whole * 100 : 0;
  if (percent <= 0) return "0 %";
  if (percent >= 99.95) return with_decimals(percent, 0) + " %";
  return with_decimals(percent, percent < 0.1 ? 2 : 1) + " %";
}

}  // namespace outlive::harness
