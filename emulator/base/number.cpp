#include "base/number.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <limits>
#include <system_error>

#include "base/c_text.hpp"
#include "base/grisu.hpp"
#include "base/text.hpp"

namespace outlive {
namespace {

// Valkey 8.1 `util.h` LONG_STR_SIZE, less its terminator: more digits are never tried.
constexpr std::size_t integer_size_max = 20;
// Valkey 8.1 `util.h` MAX_LONG_DOUBLE_CHARS, likewise.
constexpr std::size_t long_double_size_max = 5 * 1024 - 1;

bool is_hex_start(char letter) {
  const char lower = to_lower(letter);
  return is_digit(letter) || letter == '.' || (lower >= 'a' && lower <= 'f');
}

template <typename Number, typename... Format>
std::optional<Number> from_whole(std::string_view text, Format... format) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, format...);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// strtod()'s grammar on top of from_chars(), which hangs on no locale but knows neither the plus
// sign nor the prefix of hexadecimals.
template <typename Float>
std::optional<Float> parse_float(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text[0] == '-') return std::nullopt;
  std::optional<Float> value;
  if (text.size() > 2 && text[0] == '0' && to_lower(text[1]) == 'x') {
    if (!is_hex_start(text[2])) return std::nullopt;
    value = from_whole<Float>(text.substr(2), std::chars_format::hex);
  } else {
    value = from_whole<Float>(text, std::chars_format::general);
  }
  if (!value || std::isnan(*value)) return std::nullopt;
  return negative ? -*value : *value;
}

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

constexpr Unit units[] = {
    {"", 1},
    {"b", 1},
    {"k", 1000},
    {"kb", 1024},
    {"m", 1000'000},
    {"mb", 1024 * 1024},
    {"g", 1000'000'000},
    {"gb", 1024 * 1024 * 1024},
};

// Valkey 8.1 `deps/fpconv/fpconv_dtoa.c` emit_digits(): plain up to a few zeros on either side,
// else scientific, with a sign in the exponent and no leading zero.
std::string laid_out(const Decimal& decimal) {
  const int count = static_cast<int>(decimal.digits.size());
  const int zeros_after = decimal.point - count;  // how far the digits end before the point
  const int magnitude = std::abs(decimal.point - 1);
  if (zeros_after >= 0 && magnitude < count + 7) {
    return decimal.digits + std::string(static_cast<std::size_t>(zeros_after), '0');
  }
  if (zeros_after < 0 && (zeros_after > -7 || magnitude < 4)) {
    if (decimal.point <= 0) {
      return "0." + std::string(static_cast<std::size_t>(-decimal.point), '0') + decimal.digits;
    }
    std::string text = decimal.digits;
    return text.insert(static_cast<std::size_t>(decimal.point), 1, '.');
  }
  std::string text = decimal.digits;
  if (count > 1) text.insert(1, 1, '.');
  text += decimal.point - 1 < 0 ? "e-" : "e+";
  append_integer(text, magnitude);
  return text;
}

// Valkey 8.1 `util.c` double2ll(): within half of the integers' range the cast is safe.
bool is_safe_integer(double value) {
  constexpr auto limit = static_cast<double>(std::numeric_limits<std::int64_t>::max() / 2);
  return value >= -limit && value <= limit &&
         static_cast<double>(static_cast<std::int64_t>(value)) == value;
}

constexpr std::size_t block = 8;  // digits read at once

// The value of a block, first digit first; false: there is something else among them. Neighbours
// are put together three times: digits to pairs, pairs to fours, fours to the whole.
bool read_block(const char* digits, std::int64_t& value) {
  constexpr auto every_byte = [](std::uint64_t byte) { return byte * 0x0101010101010101; };
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < block; ++i) {
    word |= std::uint64_t{static_cast<unsigned char>(digits[i])} << (8 * i);
  }
  word ^= every_byte('0');
  // Ten and more reach the highest bit of their byte.
  if ((word | (word + every_byte(0x80 - 10))) & every_byte(0x80)) return false;
  word = (word * 10 + (word >> 8)) & 0x00ff00ff00ff00ff;
  word = (word * 100 + (word >> 16)) & 0x0000ffff0000ffff;
  value = static_cast<std::int64_t>((word * 10'000 + (word >> 32)) & 0xffffffff);
  return true;
}

}  // namespace

bool read_integer(std::string_view text, std::int64_t& value) {
  if (text.empty() || text.size() > integer_size_max) return false;
  const bool negative = text[0] == '-';
  std::string_view digits = text.substr(negative);
  if (digits.empty() || !is_digit(digits[0])) return false;
  // A zero stands alone.
  if (digits[0] == '0' && text.size() > 1) return false;
  constexpr std::size_t sure_to_fit = 18;
  if (digits.size() > sure_to_fit) {
    const auto whole = from_whole<std::int64_t>(text);
    value = whole.value_or(value);
    return whole.has_value();
  }
  std::int64_t sum = 0;
  for (; digits.size() >= block; digits.remove_prefix(block)) {
    std::int64_t read = 0;
    if (!read_block(digits.data(), read)) return false;
    sum = sum * 100'000'000 + read;
  }
  for (const char digit : digits) {
    if (!is_digit(digit)) return false;
    sum = sum * 10 + (digit - '0');
  }
  value = negative ? -sum : sum;
  return true;
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  text = c_text(text);  // string2ull() takes a C string
  if (const auto strict = parse_integer(text)) {
    if (*strict < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*strict);
  }
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  const auto value = from_whole<std::uint64_t>(text);
  if (!value) return std::nullopt;
  return negative ? 0 - *value : *value;  // strtoull() wraps
}

std::optional<double> parse_double(std::string_view text) {
  return parse_float<double>(text);
}

std::optional<long double> parse_long_double(std::string_view text) {
  if (text.size() > long_double_size_max) return std::nullopt;
  // libstdc++ 12 reads long doubles by strtold() and looks beyond the end of what it is given.
  const std::string terminated{text};
  return parse_float<long double>(terminated);
}

std::optional<std::uint64_t> parse_memory(std::string_view text) {
  // Valkey 8.1 `util.c` memtoull() copies the digits to a buffer of this size.
  constexpr std::size_t digits_max = 127;
  const auto digits_end = std::ranges::find_if_not(text, is_digit);
  const auto digit_count = static_cast<std::size_t>(digits_end - text.begin());
  const std::string_view unit_name = text.substr(digit_count);
  for (const Unit& unit : units) {
    if (!equal_ignoring_case(unit.name, unit_name)) continue;
    if (digit_count > digits_max) return std::nullopt;
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + digit_count, value);
    static_cast<void>(stop);
    if (error == std::errc::result_out_of_range) value = std::numeric_limits<std::uint64_t>::max();
    return value * unit.bytes;
  }
  return std::nullopt;
}

std::string format_double(double value) {
  if (std::isnan(value)) return "nan";
  std::string text;
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  if (value == 0) return std::signbit(value) ? "-0" : "0";
  if (is_safe_integer(value)) {
    append_integer(text, static_cast<std::int64_t>(value));
    return text;
  }
  if (value < 0) text = "-";
  return text += laid_out(grisu_digits(std::abs(value)));
}

std::string format_long_double_human(long double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  // Room for the largest: its decimal exponent, the point and seventeen decimals.
  std::string text(std::numeric_limits<long double>::max_exponent10 + 32, '\0');
  const auto [end, error] =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 17);
  static_cast<void>(error);
  text.resize(static_cast<std::size_t>(end - text.data()));
  text.resize(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

}  // namespace outlive
