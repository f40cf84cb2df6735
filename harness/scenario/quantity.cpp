#include "scenario/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive::harness {
namespace {

struct Unit {
  std::string_view name;
  std::string_view shown;
  std::int64_t us;
};

// Largest first, as they are shown.
constexpr std::array<Unit, 6> units{{{"d", "d", 86'400'000'000},
                                     {"h", "h", 3'600'000'000},
                                     {"m", "min", 60'000'000},
                                     {"s", "s", 1'000'000},
                                     {"ms", "ms", 1'000},
                                     {"us", "µs", 1}}};

const Unit* find_unit(std::string_view name) {
  for (const Unit& unit : units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// A thousand years, so that sums stay far from the end of the clock.
constexpr double us_max = 1'000.0 * 366 * 86'400'000'000;

// Takes "30m" off the front of "30m15s".
std::optional<Span> take_part(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.')) ++digits;
  std::size_t end = digits;
  while (end < text.size() && !is_digit(text[end])) ++end;
  const Unit* unit = find_unit(text.substr(digits, end - digits));
  const std::optional<double> count = parse_double(text.substr(0, digits));
  text.remove_prefix(end);
  if (!unit || !count || *count * static_cast<double>(unit->us) > us_max) return std::nullopt;
  return Span{std::llround(*count * static_cast<double>(unit->us))};
}

// "h" or "10m".
std::optional<Span> parse_period(std::string_view text) {
  const Unit* unit = find_unit(text);
  const std::optional<Span> span = unit ? Span{unit->us} : parse_span(text);
  return span && *span > Span::zero() ? span : std::nullopt;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<Span> parse_span(std::string_view text) {
  if (text.empty()) return std::nullopt;
  Span sum{};
  while (!text.empty()) {
    const std::optional<Span> part = take_part(text);
    if (!part) return std::nullopt;
    sum += *part;
    if (static_cast<double>(sum.count()) > us_max) return std::nullopt;
  }
  return sum;
}

// The emulator's parse_memory() does as Valkey does, and a product of 64 bits goes round.
std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto digits_end = std::ranges::find_if_not(text, is_digit);
  const auto digits = static_cast<std::size_t>(digits_end - text.begin());
  if (digits == 0) return std::nullopt;
  const std::optional<std::uint64_t> of_unit = parse_memory("1" + std::string{text.substr(digits)});
  std::uint64_t count = 0;
  const auto read = std::from_chars(text.data(), text.data() + digits, count);
  if (!of_unit || read.ec != std::errc{} || count > UINT64_MAX / *of_unit) return std::nullopt;
  return count * *of_unit;
}

std::optional<Rate> parse_rate(std::string_view text, std::int64_t least) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const std::optional<std::int64_t> count = parse_integer(trimmed(text.substr(0, slash)));
  const std::optional<Span> per = parse_period(trimmed(text.substr(slash + 1)));
  if (!count || *count < least || !per || *count > per->count()) return std::nullopt;
  // A multiple of the one by less than the other must not go round.
  const bool small = static_cast<double>(*count) * static_cast<double>(per->count()) < 9e18;
  const std::int64_t common = small ? 1 : std::gcd(*count, per->count());
  const Rate rate{*count / common, *per / common};
  const double product = static_cast<double>(rate.count) * static_cast<double>(rate.per.count());
  return product < 9e18 ? std::optional{rate} : std::nullopt;
}

std::optional<Rate> parse_drift(std::string_view text) {
  const bool loses = text.starts_with('-');
  text.remove_prefix(loses);
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const std::optional<Span> gain = parse_span(trimmed(text.substr(0, slash)));
  const std::optional<Span> per = parse_period(trimmed(text.substr(slash + 1)));
  // A clock that gains or loses more than it should go is none.
  if (!gain || !per || *gain > *per) return std::nullopt;
  return Rate{loses ? -gain->count() : gain->count(), *per};
}

std::optional<std::int64_t> parse_used(std::string_view text) {
  text = trimmed(text);
  if (!text.starts_with("used")) return std::nullopt;
  text = trimmed(text.substr(4));
  if (text.empty()) return 0;
  const char sign = text.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  constexpr std::uint64_t distance_max = std::uint64_t{1} << 50;  // no machine has more
  const std::string_view amount = trimmed(text.substr(1));
  const std::optional<std::uint64_t> bytes = parse_size(amount);
  if (!bytes || *bytes > distance_max) return std::nullopt;
  const auto distance = static_cast<std::int64_t>(*bytes);
  return sign == '+' ? distance : -distance;
}

std::string format_span(Span span) {
  std::int64_t left = span.count();
  std::string out;
  int parts = 0;
  for (const Unit& unit : units) {
    const std::int64_t count = left / unit.us;
    if (count == 0) {
      if (parts > 0) break;
      continue;
    }
    if (parts > 0) out += ' ';
    append_integer(out, count);
    out.append(" ").append(unit.shown);
    left %= unit.us;
    if (++parts == 2) break;
  }
  return out.empty() ? "0 s" : out;
}

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string with_point(double number) {
  std::string text = format_double(number);
  const bool whole = text.find_first_not_of("-0123456789") == text.npos;
  return whole ? text + ".0" : text;
}

std::string format_hex(std::uint64_t word) {
  std::string digits(16, '0');
  for (char& digit : digits) {
    digit = "0123456789abcdef"[word >> 60];
    word <<= 4;
  }
  return digits;
}

}  // namespace outlive::harness
