// Numbers from text and back, each by the rule that Valkey applies in its place.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace outlive {

// Strict, so that the text can be had back from the number: no blank, no plus sign, no leading
// zero, no "-0", nothing out of range. Valkey 8.1 `util.c` string2ll().
// False: `value` is as it was.
bool read_integer(std::string_view text, std::int64_t& value);
// An optional that a function hands over through memory costs more than reading a short number.
inline std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  if (!read_integer(text, value)) return std::nullopt;
  return value;
}

// As C's strtoull() reads a number that fills the whole text, but for the negatives that
// parse_integer() can read. Valkey 8.1 `util.c` string2ull().
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

// What strtod() reads, whole and without blanks: decimal, hexadecimal ("0x1p3"), "inf" or
// "infinity" in any case; not NaN, nor what is too large or too small to be told from zero.
// Valkey 8.1 `util.c` string2d() and string2ld().
std::optional<double> parse_double(std::string_view text);
std::optional<long double> parse_long_double(std::string_view text);

// Bytes, with an optional unit in any case: b, k, kb, m, mb, g, gb ("1k" is 1000, "1kb" 1024).
// Valkey 8.1 `util.c` memtoull(), which reads no digits as 0 and clips what is too large.
std::optional<std::uint64_t> parse_memory(std::string_view text);

// A short text that reads back as the same number: "3", "0.1", "1e+22", "-0", "inf", "nan".
// Valkey 8.1 `util.c` d2string(), in the digits and the layout of its fpconv_dtoa().
std::string format_double(double value);

// Seventeen decimals at most, no trailing zeros, no exponent: INCRBYFLOAT's replies.
// Valkey 8.1 `util.c` ld2string() with LD_STR_HUMAN.
std::string format_long_double_human(long double value);

inline void append_integer(std::string& out, std::int64_t value) {
  char digits[20];  // "-9223372036854775808"
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  static_cast<void>(error);  // the buffer holds the longest
  out.append(digits, end);
}

}  // namespace outlive
