#include "base/text.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace outlive {
namespace {

// Valkey 8.1 `util.c`: how deep stars may nest before a pattern counts as an attack.
constexpr int glob_nesting_max = 1000;

// Tries one pattern on one text; positions count from the front of both.
class GlobMatch {
 public:
  GlobMatch(std::string_view pattern, std::string_view text, bool ignore_case)
      : pattern_{pattern}, text_{text}, ignore_case_{ignore_case} {}

  bool from(std::size_t p, std::size_t t, int nesting) {
    if (nesting > glob_nesting_max) return false;
    while (p < pattern_.size() && t < text_.size()) {
      switch (pattern_[p]) {
        case '*':
          return star(p, t, nesting);
        case '?':
          break;
        case '[':
          if (!in_class(p, text_[t])) return false;
          break;
        case '\\':
          if (p + 1 < pattern_.size()) ++p;
          [[fallthrough]];
        default:
          if (fold(pattern_[p]) != fold(text_[t])) return false;
      }
      ++p;
      ++t;
      if (t == text_.size()) p = after_stars(p);
    }
    return p >= pattern_.size() && t == text_.size();
  }

 private:
  char fold(char letter) const { return ignore_case_ ? to_lower(letter) : letter; }

  std::size_t after_stars(std::size_t p) const {
    while (p < pattern_.size() && pattern_[p] == '*') ++p;
    return p;
  }

  bool star(std::size_t p, std::size_t t, int nesting) {
    p = after_stars(p);
    if (p == pattern_.size()) return true;
    for (; t < text_.size(); ++t) {
      if (from(p, t, nesting + 1)) return true;
      if (hopeless_) return false;
    }
    // What follows this star fits nowhere in the rest of the text, so letting an earlier star take
    // more can't help: without this mark "a*a*a*…b" would take exponential time.
    hopeless_ = true;
    return false;
  }

  // Letters compare as signed bytes, as on the platforms Valkey's images are built for.
  bool between(char from, char to, char letter) const {
    auto low = static_cast<signed char>(from);
    auto high = static_cast<signed char>(to);
    if (low > high) std::swap(low, high);
    const auto folded = [this](signed char c) {
      return static_cast<signed char>(fold(static_cast<char>(c)));
    };
    const auto sought = folded(static_cast<signed char>(letter));
    return folded(low) <= sought && sought <= folded(high);
  }

  // Leaves `p` on the class's last letter. An unclosed class ends with the pattern.
  bool in_class(std::size_t& p, char letter) const {
    const std::size_t end = pattern_.size();
    ++p;
    const bool negated = p < end && pattern_[p] == '^';
    if (negated) ++p;
    bool found = false;
    for (;; ++p) {
      if (p >= end) {
        p = end - 1;
        break;
      }
      if (pattern_[p] == '\\' && p + 1 < end) {
        ++p;
        found |= pattern_[p] == letter;
      } else if (pattern_[p] == ']') {
        break;
      } else if (p + 2 < end && pattern_[p + 1] == '-') {
        found |= between(pattern_[p], pattern_[p + 2], letter);
        p += 2;
      } else {
        found |= fold(pattern_[p]) == fold(letter);
      }
    }
    return found != negated;
  }

  std::string_view pattern_;
  std::string_view text_;
  bool ignore_case_;
  bool hopeless_ = false;
};

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  const char lower = to_lower(letter);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The short escapes, which quoting and unquoting share.
constexpr std::pair<char, char> escapes[] = {
    {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'b', '\b'}, {'a', '\a'}};

char unescaped(char letter) {
  for (const auto& [name, value] : escapes) {
    if (name == letter) return value;
  }
  return letter;
}

// A letter as it is, or its escape where it cannot be seen.
void add_visible(std::string& out, char letter) {
  constexpr std::string_view hex_digits = "0123456789abcdef";
  if (letter >= ' ' && letter <= '~') {
    out += letter;
    return;
  }
  out += '\\';
  const auto* escape = std::ranges::find(escapes, letter, &std::pair<char, char>::second);
  if (escape != std::end(escapes)) {
    out += escape->first;
    return;
  }
  const auto byte = static_cast<unsigned char>(letter);
  out += {'x', hex_digits[byte >> 4], hex_digits[byte & 15]};
}

// Reads a line word by word. Past its end, and from a NUL on, it sees NULs.
class WordReader {
 public:
  explicit WordReader(std::string_view line) : line_{line.substr(0, line.find('\0'))} {}

  bool skip_blanks() {
    while (at_ < line_.size() && is_blank(line_[at_])) ++at_;
    return at_ < line_.size();
  }

  std::optional<std::string> word() {
    std::string word;
    while (!ends_word(peek())) {
      const char letter = line_[at_++];
      if (letter != '"' && letter != '\'') {
        word += letter;
      } else {
        return quoted_rest(letter, word) ? std::optional{std::move(word)} : std::nullopt;
      }
    }
    return word;
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < line_.size() ? line_[at_ + ahead] : '\0';
  }

  static bool ends_word(char letter) {
    return letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t' || letter == '\0';
  }

  bool quoted_rest(char quote, std::string& word) {
    while (peek() != quote) {
      if (peek() == '\0') return false;
      word += quote == '"' ? letter_in_double() : letter_in_single();
    }
    ++at_;
    return peek() == '\0' || is_blank(peek());
  }

  char letter_in_double() {
    if (peek() != '\\' || peek(1) == '\0') return line_[at_++];
    if (peek(1) == 'x' && hex_digit(peek(2)) >= 0 && hex_digit(peek(3)) >= 0) {
      const int value = hex_digit(peek(2)) * 16 + hex_digit(peek(3));
      at_ += 4;
      return static_cast<char>(value);
    }
    at_ += 2;
    return unescaped(line_[at_ - 1]);
  }

  char letter_in_single() {
    if (peek() == '\\' && peek(1) == '\'') ++at_;
    return line_[at_++];
  }

  std::string_view line_;
  std::size_t at_ = 0;
};

// How many letters must be changed, added or left out to make one word the other (Levenshtein).
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t i = 0; i <= to.size(); ++i) row[i] = i;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t changed = diagonal + (to_lower(from[i - 1]) != to_lower(to[j - 1]));
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string lower{text};
  for (char& letter : lower) letter = to_lower(letter);
  return lower;
}

std::string to_upper(std::string_view text) {
  std::string upper{text};
  for (char& letter : upper) letter = to_upper(letter);
  return upper;
}

bool glob_match(std::string_view pattern, std::string_view text, bool ignore_case) {
  return GlobMatch{pattern, text, ignore_case}.from(0, 0, 0);
}

std::optional<std::vector<std::string>> split_words(std::string_view line) {
  WordReader reader{line};
  std::vector<std::string> words;
  while (reader.skip_blanks()) {
    std::optional<std::string> word = reader.word();
    if (!word) return std::nullopt;
    words.push_back(std::move(*word));
  }
  return words;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  out.reserve(text.size() + 2);
  for (const char letter : text) add_visible(out, letter);
  return out += '"';
}

std::string quoted_word(std::string_view text) {
  std::string out = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') out += '\\';
    add_visible(out, letter);
  }
  return out += '"';
}

std::optional<std::string_view> nearest_name(std::string_view word,
                                             std::span<const std::string_view> candidates) {
  // A slip or two in a short word, a third of a long one.
  std::size_t nearest = std::max<std::size_t>(2, word.size() / 3) + 1;
  std::optional<std::string_view> name;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < nearest && distance < candidate.size()) {
      nearest = distance;
      name = candidate;
    }
  }
  return name;
}

}  // namespace outlive
