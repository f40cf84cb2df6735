#include "scenario/toml_value.hpp"

#include <algorithm>
#include <array>
#include <optional>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "base/text.hpp"
#include "scenario/mistakes.hpp"
#include "scenario/quantity.hpp"
#include "scenario/slips.hpp"

namespace outlive::harness {
namespace {

using Text = std::string_view;

constexpr std::string_view digits = "0123456789";

bool is_one_of(Text word, std::initializer_list<Text> words) {
  return std::ranges::any_of(words, [word](Text one) { return equal_ignoring_case(one, word); });
}

bool begins_with_digit(Text word) {
  return !word.empty() && digits.find(word.front()) != digits.npos;
}

// Only signs, digits, points and what may separate digits.
bool is_like_number(Text word) {
  return word.find_first_of(digits) != word.npos &&
         word.find_first_not_of("+-.,_'eE0123456789") == word.npos;
}

std::string without(Text word, Text letters) {
  std::string kept;
  for (const char letter : word) {
    if (letters.find(letter) == letters.npos) kept += letter;
  }
  return kept;
}

// What quotes of other kinds hold; none where there are no such quotes.
std::optional<std::string> between_other_quotes(Text word) {
  constexpr std::array<Text, 9> marks{"“", "”", "„", "‘", "’", "‚", "«", "»", "`"};
  std::string inside{word};
  bool found = false;
  for (const Text mark : marks) {
    for (std::size_t at = inside.find(mark); at != inside.npos; at = inside.find(mark)) {
      inside.erase(at, mark.size());
      found = true;
    }
  }
  return found ? std::optional{inside} : std::nullopt;
}

// What somebody meant by a number that TOML does not write so.
std::string number_meant(Text word) {
  std::string decimal{word};
  // 0,5 is a half; 1,000 has a comma for the eye alone.
  const std::size_t comma = decimal.find(',');
  if (comma != decimal.npos && decimal.find_first_not_of(digits, comma + 1) == decimal.npos &&
      decimal.size() - comma != 4) {
    decimal[comma] = '.';
  }
  std::string plain = without(decimal, "_',+");
  const bool negative = plain.starts_with('-');
  plain.erase(0, negative);
  const std::size_t zeros = plain.find_first_not_of('0');
  plain.erase(0, zeros == plain.npos ? plain.size() - 1 : zeros);
  if (plain.starts_with('.')) plain.insert(0, "0");
  if (plain.ends_with('.')) plain += '0';
  return (negative ? "-" : "") + plain;
}

bool is_date_like(Text word) {
  return word.size() > 5 && word.substr(0, 4).find_first_not_of(digits) == word.npos &&
         (word[4] == '-' || word[4] == '/') && begins_with_digit(word.substr(5));
}

// Rows in the order in which they are tried.
struct Diagnosis {
  bool (*fits)(Text word);
  std::string (*says)(Text word);
};

const Diagnosis diagnoses[] = {
    {[](Text word) { return between_other_quotes(word).has_value(); },
     [](Text word) {
       return "text stands in straight quotes: " + in_quotes(*between_other_quotes(word));
     }},
    {[](Text word) {
       return is_one_of(word, {"true", "false"});
     },
     [](Text word) { return "write " + to_lower(word); }},
    {[](Text word) {
       return is_one_of(word, {"yes", "on"});
     },
     [](Text word) { return "write true, or, for a directive, " + in_quotes(word); }},
    {[](Text word) {
       return is_one_of(word, {"no", "off"});
     },
     [](Text word) { return "write false, or, for a directive, " + in_quotes(word); }},
    {[](Text word) {
       return is_one_of(word, {"null", "nil", "none", "undefined", "~"});
     },
     [](Text) { return std::string{"there is no such value; leave the line out"}; }},
    {is_date_like,
     [](Text) {
       return std::string{"there is no such date; a date and time look like 2026-01-31T12:00:00Z"};
     }},
    {[](Text word) { return begins_with_digit(word) && parse_rate(word, 0); },
     [](Text word) { return "a rate stands in quotes: " + in_quotes(word); }},
    {[](Text word) { return is_like_number(word) && is_toml_value(number_meant(word)); },
     [](Text word) { return "this number is written " + number_meant(word); }},
    {[](Text word) { return word.find_first_not_of("+-_0123456789") == word.npos; },
     [](Text) {
       return std::string{"whole numbers lie between -9223372036854775808 and 9223372036854775807"};
     }},
    {[](Text word) {
       return word.ends_with('%') && is_like_number(word.substr(0, word.size() - 1));
     },
     [](Text) { return std::string{"a share is a number from 0 to 1: 5 % is written 0.05"}; }},
    {[](Text word) { return begins_with_digit(word) && span_meant(word); },
     [](Text word) { return "a duration stands in quotes: " + in_quotes(*span_meant(word)); }},
    {[](Text word) { return begins_with_digit(word) && size_meant(word); },
     [](Text word) { return "a size stands in quotes: " + in_quotes(*size_meant(word)); }},
    {[](Text word) { return begins_with_digit(word) && rate_meant(word); },
     [](Text word) { return "a rate stands in quotes: " + in_quotes(*rate_meant(word)); }},
    {[](Text) { return true; },
     [](Text word) { return "text stands in quotes: " + in_quotes(word); }},
};

}  // namespace

bool is_toml_value(std::string_view written) {
  if (written.empty() || written.find_first_of("\"'[]{},#\r\n") != written.npos) return false;
  try {
    static_cast<void>(toml::parse("v = " + std::string{written}));
    return true;
  } catch (const toml::parse_error&) {
    return false;
  }
}

std::string why_no_value(std::string_view written) {
  const Text word = trimmed(written);
  const auto row = std::ranges::find_if(
      diagnoses, [word](const Diagnosis& diagnosis) { return diagnosis.fits(word); });
  return row->says(word);
}

}  // namespace outlive::harness
