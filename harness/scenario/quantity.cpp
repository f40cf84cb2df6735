#include "scenario/quantity.hpp"

#include <array>
#include <charconv>
#include <cmath>

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

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

// Takes "30m" off the front of "30m15s".
std::optional<Span> take_part(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.')) ++digits;
  std::size_t end = digits;
  while (end < text.size() && !is_digit(text[end])) ++end;
  const Unit* unit = find_unit(text.substr(digits, end - digits));
  const std::optional<double> count = parse_double(text.substr(0, digits));
  text.remove_prefix(end);
  // A thousand years, so that sums stay far from the end of the clock.
  constexpr double us_max = 1'000.0 * 366 * 86'400'000'000;
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
  }
  return sum;
}

std::optional<Rate> parse_rate(std::string_view text, std::int64_t least) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return std::nullopt;
  const std::optional<std::int64_t> count = parse_integer(trimmed(text.substr(0, slash)));
  const std::optional<Span> per = parse_period(trimmed(text.substr(slash + 1)));
  if (!count || *count < least || *count > 1'000'000'000 || !per) return std::nullopt;
  return Rate{*count, *per};
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
  const std::string_view amount = trimmed(text.substr(1));
  const std::optional<std::uint64_t> bytes = parse_memory(amount);
  if (amount.empty() || !bytes || *bytes > INT64_MAX) return std::nullopt;
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

std::string format_hex(std::uint64_t word) {
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[(word >> shift) & 15];
  return digits;
}

}  // namespace outlive::harness
