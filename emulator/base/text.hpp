// Text by Valkey's rules: case, glob patterns, quoting. Case is ASCII's; no locale has a say.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outlive {

constexpr char to_lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + ('a' - 'A')) : letter;
}

constexpr char to_upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - ('a' - 'A')) : letter;
}

// Blanks as C's isspace() knows them.
constexpr bool is_blank(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r');
}

constexpr bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}

// In UTF-8; the other bytes go on one.
constexpr bool begins_letter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
}

std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a == b) return true;  // the usual case, and at once
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

// Whether the whole text fits the pattern: *, ?, [abc], [^a-c], and \ before a letter meant as
// itself. Valkey 8.1 `util.c` stringmatchlen(), its corner cases included: `*` alone does not fit
// the empty text, an unclosed class ends with the pattern, and a thousand nested stars fit nothing.
bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case = false);

// The words of a configuration line or an inline command, by Valkey 8.1 `sds.c` sdssplitargs():
// "…" with \n \r \t \b \a \xHH, '…' with \' alone. None when quotes are left open, or are closed
// where no blank follows. Text from a NUL byte on is not looked at.
std::optional<std::vector<std::string>> split_words(std::string_view line);

// In quotes, the unprintable escaped: as MONITOR and error replies show text. Valkey 8.1 `sds.c`
// sdscatrepr(), which since 8.1 leaves a quote or a backslash inside as it is.
std::string quoted(std::string_view text);

// In quotes, for split_words() to read the very same text back, quotes and backslashes included.
std::string quoted_word(std::string_view text);

// The candidate that a mistyped word most likely meant, ignoring case; nothing when none is near
// (more than a third of the word wrong). The first of equals wins.
std::optional<std::string_view> nearest_name(std::string_view word,
                                             std::span<const std::string_view> candidates);

}  // namespace outlive
