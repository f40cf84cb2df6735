#include "base/number.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace outlive {
namespace {

using namespace std::string_view_literals;

TEST_CASE("integers are read strictly, so that the text can be had back") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-1") == -1);
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(parse_integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  for (const std::string_view text :
       {""sv, "-"sv, "+1"sv, " 1"sv, "1 "sv, "007"sv, "-0"sv, "-01"sv, "1a"sv, "1\0"sv,
        "9223372036854775808"sv, "-9223372036854775809"sv, "100000000000000000000"sv}) {
    CAPTURE(text);
    CHECK_FALSE(parse_integer(text));
  }
}

TEST_CASE("integers of any length are read, and nothing among their digits is taken for one") {
  std::string digits;
  std::int64_t value = 0;
  for (int length = 1; length <= 18; ++length) {
    const int digit = length * 7 % 10;
    digits += static_cast<char>('0' + digit);
    value = value * 10 + digit;
    CAPTURE(digits);
    CHECK(parse_integer(digits) == value);
    CHECK(parse_integer("-" + digits) == -value);
    for (std::size_t place = 0; place < digits.size(); ++place) {
      for (const char letter : {'/', ':', '\0', ' ', '-', '\x7f', '\xb0', '\xff'}) {
        std::string text = digits;
        text[place] = letter;
        if (letter == '-' && place == 0 && length > 1) continue;  // may be a sign
        CAPTURE(text);
        CHECK_FALSE(parse_integer(text));
      }
    }
  }
}

TEST_CASE("unsigned numbers are read as strtoull reads them") {
  CHECK(parse_unsigned("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_unsigned("007") == 7);
  CHECK(parse_unsigned(" +7") == 7);
  CHECK(parse_unsigned(std::string_view("7\0x", 3)) == 7);
  for (const std::string_view text :
       {""sv, "-1"sv, "+"sv, "+-1"sv, "7 "sv, "18446744073709551616"sv}) {
    CAPTURE(text);
    CHECK_FALSE(parse_unsigned(text));
  }
}

TEST_CASE("doubles are read as strtod reads them, blanks and NaN apart") {
  CHECK(parse_double("3.5") == 3.5);
  CHECK(parse_double("+3.5") == 3.5);
  CHECK(parse_double(".5") == .5);
  CHECK(parse_double("5.") == 5);
  CHECK(parse_double("1e3") == 1000);
  CHECK(parse_double("0x1p3") == 8);
  CHECK(parse_double("-0X10") == -16);
  CHECK(parse_double("Inf") == std::numeric_limits<double>::infinity());
  CHECK(parse_double("-infinity") == -std::numeric_limits<double>::infinity());
  CHECK(std::signbit(parse_double("-0").value()));
  CHECK(parse_double("4.9e-324") == std::numeric_limits<double>::denorm_min());
  for (const std::string_view text :
       {""sv, " 1"sv, "1 "sv, "nan"sv, "NaN"sv, "-nan(1)"sv, "+-1"sv, "--1"sv, "0x"sv, "0xinf"sv,
        "0x-1"sv, "1e5000"sv, "-1e5000"sv, "1e-5000"sv, "1e"sv, "1,5"sv, "1\0"sv}) {
    CAPTURE(text);
    CHECK_FALSE(parse_double(text));
    CHECK_FALSE(parse_long_double(text));
  }
  CHECK(parse_long_double("10.5") == 10.5L);
  CHECK_FALSE(parse_long_double(std::string(5 * 1024, '1')));
}

TEST_CASE("numbers are read within the bounds of their text") {
  // Nothing follows in memory, so that the address sanitizer sees a look beyond.
  for (const std::string_view text : {"I\t\t"sv, "1"sv, "-"sv, "0x"sv, "12kb"sv}) {
    const std::vector<char> exact{text.begin(), text.end()};
    const std::string_view view{exact.data(), exact.size()};
    CAPTURE(text);
    CHECK(parse_double(view) == parse_double(text));
    CHECK(parse_long_double(view) == parse_long_double(text));
    CHECK(parse_memory(view) == parse_memory(text));
  }
}

TEST_CASE("memory is read with the units of configuration files") {
  CHECK(parse_memory("100") == 100);
  CHECK(parse_memory("5k") == 5'000);
  CHECK(parse_memory("5Kb") == 5'120);
  CHECK(parse_memory("10MB") == 10'485'760);
  CHECK(parse_memory("1g") == 1'000'000'000);
  CHECK(parse_memory("1gB") == 1'073'741'824);
  CHECK(parse_memory("7b") == 7);
  CHECK(parse_memory("") == 0);
  CHECK(parse_memory("99999999999999999999") == std::numeric_limits<std::uint64_t>::max());
  for (const std::string_view text : {"-1"sv, "1t"sv, "1 mb"sv, "1.5g"sv, "mbx"sv}) {
    CAPTURE(text);
    CHECK_FALSE(parse_memory(text));
  }
}

TEST_CASE("doubles are written as 8.1 replies them") {
  CHECK(format_double(3) == "3");
  CHECK(format_double(-0.0) == "-0");
  CHECK(format_double(0.1) == "0.1");
  CHECK(format_double(-1234.5678) == "-1234.5678");
  CHECK(format_double(1e-5) == "0.00001");
  CHECK(format_double(1e-7) == "1e-7");
  CHECK(format_double(1.5e-10) == "1.5e-10");
  CHECK(format_double(1e18) == "1000000000000000000");
  CHECK(format_double(1e22) == "1e+22");
  CHECK(format_double(1.5e300) == "1.5e+300");
  CHECK(format_double(5e-324) == "5e-324");
  CHECK(format_double(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(format_double(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(format_double(std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("doubles keep 8.1's digits where they are neither the fewest nor the closest") {
  CHECK(format_double(33331425942627.312) == "33331425942627.313");
  CHECK(format_double(994e19) == "9939999999999999000000");
  CHECK(format_double(-3.1316709716158577e+78) == "-3.1316709716158578e+78");
}

TEST_CASE("a written double reads back as itself") {
  Random random{11};
  for (int i = 0; i < 10'000; ++i) {
    const double value =
        (random.unit() - 0.5) * std::pow(10.0, static_cast<double>(random.below(600)) - 300);
    CHECK(parse_double(format_double(value)) == value);
  }
}

TEST_CASE("long doubles are written for people") {
  CHECK(format_long_double_human(10.5L) == "10.5");
  CHECK(format_long_double_human(0.1L + 0.2L) == "0.3");
  CHECK(format_long_double_human(5'000'000L) == "5000000");
  CHECK(format_long_double_human(-0.0L) == "0");
  CHECK(format_long_double_human(1e-30L) == "0");
  CHECK(format_long_double_human(1e20L) == "100000000000000000000");
}

TEST_CASE("integers are appended in decimal") {
  std::string out = ":";
  append_integer(out, std::numeric_limits<std::int64_t>::min());
  CHECK(out == ":-9223372036854775808");
}

}  // namespace
}  // namespace outlive
