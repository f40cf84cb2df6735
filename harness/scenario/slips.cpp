#include "scenario/slips.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "base/number.hpp"
#include "base/text.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

// What people call a unit, and what a scenario calls it.
using Synonym = std::pair<std::string_view, std::string_view>;

constexpr Synonym times[] = {
    {"us", "us"},
    {"µs", "us"},
    {"usec", "us"},
    {"microseconds", "us"},
    {"ms", "ms"},
    {"msec", "ms"},
    {"millis", "ms"},
    {"milliseconds", "ms"},
    {"s", "s"},
    {"sec", "s"},
    {"secs", "s"},
    {"second", "s"},
    {"seconds", "s"},
    {"m", "m"},
    {"min", "m"},
    {"mins", "m"},
    {"minute", "m"},
    {"minutes", "m"},
    {"h", "h"},
    {"hr", "h"},
    {"hrs", "h"},
    {"hour", "h"},
    {"hours", "h"},
    {"d", "d"},
    {"day", "d"},
    {"days", "d"},
    {"millisecond", "ms"},
    {"microsecond", "us"},
};

constexpr Synonym bytes[] = {
    {"", ""},      {"b", ""},           {"byte", ""},        {"bytes", ""},       {"k", "k"},
    {"kb", "kb"},  {"kib", "kb"},       {"ki", "kb"},        {"m", "m"},          {"mb", "mb"},
    {"mib", "mb"}, {"mi", "mb"},        {"g", "g"},          {"gb", "gb"},        {"gib", "gb"},
    {"gi", "gb"},  {"kilobytes", "kb"}, {"megabytes", "mb"}, {"gigabytes", "gb"},
};

std::optional<std::string_view> unit_meant(std::string_view name,
                                           std::span<const Synonym> synonyms) {
  const auto found = std::ranges::find(synonyms, name, &Synonym::first);
  return found == synonyms.end() ? std::nullopt : std::optional{found->second};
}

// Small letters without blanks, and without what separates the digits of a number.
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    if (!is_blank(letter) && letter != '_') out += to_lower(letter);
  }
  return out;
}

// Takes "24" off the front of "24hours", and then "hours".
std::string_view take_number(std::string_view& text) {
  const auto end = std::ranges::find_if_not(text, [](char l) { return is_digit(l) || l == '.'; });
  const std::string_view number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(number.size());
  return number;
}

std::string_view take_word(std::string_view& text) {
  const std::string_view word =
      text.substr(0, static_cast<std::size_t>(std::ranges::find_if(text, is_digit) - text.begin()));
  text.remove_prefix(word.size());
  return word;
}

// "24hours" as "24h"; "hour" alone only where a single unit will do.
std::optional<std::string> span_of(std::string_view text, bool unit_will_do) {
  if (unit_will_do) {
    if (const auto unit = unit_meant(text, times)) return std::string{*unit};
  }
  std::string meant;
  while (!text.empty()) {
    const std::string_view number = take_number(text);
    const auto unit = unit_meant(take_word(text), times);
    if (number.empty() || !unit) return std::nullopt;
    meant.append(number).append(*unit);
  }
  return meant;
}

// Counts are whole: "0.5" in a second is one in two seconds.
std::string whole_rate(std::string_view count, const std::string& per) {
  const std::size_t point = count.find('.');
  const std::optional<std::int64_t> unit =
      point == count.npos || is_digit(per.front()) || count.size() > 15
          ? std::nullopt
          : parse_integer(std::string{"1"}.append(count.size() - point - 1, '0'));
  const std::optional<double> number = unit ? parse_double(count) : std::nullopt;
  if (!number) return std::string{count} + "/" + per;
  const std::int64_t whole = std::llround(*number * static_cast<double>(*unit));
  const std::int64_t common = std::max<std::int64_t>(std::gcd(whole, *unit), 1);
  return std::to_string(whole / common) + "/" + std::to_string(*unit / common) + per;
}

}  // namespace

std::optional<std::string> span_meant(std::string_view text) {
  const auto meant = span_of(squeezed(text), false);
  return meant && parse_span(*meant) ? meant : std::nullopt;
}

bool is_spelled_as_span(std::string_view text) {
  return !text.empty() && span_of(text, false) == text;
}

bool is_spelled_as_rate(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::string_view count = trimmed(text.substr(0, slash));
  if (slash == text.npos || count.empty() || !std::ranges::all_of(count, is_digit)) return false;
  const std::string_view per = trimmed(text.substr(slash + 1));
  return unit_meant(per, times) == per || is_spelled_as_span(per);
}

std::optional<std::string> rate_meant(std::string_view text, std::int64_t least) {
  std::string rest = squeezed(text);
  for (const std::string_view per : {"perevery", "per", "every", "/"}) {
    const std::size_t at = rest.find(per);
    if (at == rest.npos) continue;
    rest.replace(at, per.size(), "/");
    break;
  }
  if (rest.ends_with("rps") || rest.ends_with("qps")) rest.replace(rest.size() - 3, 3, "/s");
  const std::size_t slash = rest.find('/');
  std::string_view count{rest};
  count = count.substr(0, slash);
  std::string_view digits = take_number(count);  // "50requests" is 50
  const auto per = slash == rest.npos ? std::optional<std::string>{"s"}
                                      : span_of(std::string_view{rest}.substr(slash + 1), true);
  if (digits.empty() || !per) return std::nullopt;
  const std::string meant = whole_rate(digits, *per);
  return parse_rate(meant, least) ? std::optional{meant} : std::nullopt;
}

std::optional<std::string> size_meant(std::string_view text) {
  const std::string all = squeezed(text);
  std::string_view rest{all};
  const std::string_view number = take_number(rest);
  const auto unit = unit_meant(rest, bytes);
  if (number.empty() || !unit) return std::nullopt;
  if (number.find('.') == number.npos) {
    const std::string meant = std::string{number}.append(*unit);
    return parse_size(meant) ? std::optional{meant} : std::nullopt;
  }
  // Sizes are whole: a part of a unit is so many of the next smaller one.
  const auto of_unit = parse_size("1" + std::string{*unit});
  const auto count = parse_double(number);
  if (!of_unit || !count || !(*count * static_cast<double>(*of_unit) <= 1e15)) return std::nullopt;
  const auto whole =
      static_cast<std::uint64_t>(std::llround(*count * static_cast<double>(*of_unit)));
  constexpr std::pair<std::uint64_t, std::string_view> units[] = {
      {1ULL << 30, "gb"}, {1ULL << 20, "mb"}, {1ULL << 10, "kb"}, {1, ""}};
  for (const auto& [length, name] : units) {
    if (whole % length == 0) return std::to_string(whole / length).append(name);
  }
  return std::nullopt;
}

}  // namespace outlive::harness
