#include "scenario/toml_mistake.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "scenario/mistakes.hpp"
#include "scenario/quantity.hpp"
#include "scenario/toml_bytes.hpp"
#include "scenario/toml_names.hpp"
#include "scenario/toml_value.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view letters_of_bare_words =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
// As deep as the parser goes (TOML_MAX_NESTED_VALUES).
constexpr int depth_max = 256;

struct Stop {
  std::size_t at;
  std::string what;
};

// Reads a text as TOML and stops at what is none. It is asked only of texts that a parser has
// refused, so it may let pass what it does not know.
class Look {
 public:
  explicit Look(std::string_view text) : text_{text} {}

  // Throws Stop.
  void at_all() {
    if (const auto mistake = mistake_in_bytes(text_)) stop(mistake->at, mistake->what);
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    skip(" \t\r\n");
    if (rest().starts_with("---")) {
      stop(at_, "this looks like YAML; a scenario is TOML, with lines like title = \"…\"");
    }
    if (rest().starts_with('{')) {
      stop(at_, "this looks like JSON; a scenario is TOML, with lines like title = \"…\"");
    }
    if (rest().starts_with('<')) {
      stop(at_, "this looks like XML or HTML; a scenario is TOML, with lines like title = \"…\"");
    }
    for (skip_to_next(); !at_end(); skip_to_next()) line();
  }

  // Asked from the beginning to the end, so it counts each line once.
  int line_at(std::size_t at) {
    if (at < counted_) counted_ = 0, line_ = 1;
    line_ += static_cast<int>(std::ranges::count(text_.substr(counted_, at - counted_), '\n'));
    counted_ = at;
    return line_;
  }

  int column_at(std::size_t at) const {
    const std::size_t end = std::min(at, text_.size());
    const std::size_t newline = end == 0 ? text_.npos : text_.rfind('\n', end - 1);
    const std::size_t begin = newline == text_.npos ? 0 : newline + 1;
    const std::string_view before = text_.substr(begin, end - begin);
    return 1 + static_cast<int>(std::ranges::count_if(before, begins_letter));
  }

 private:
  [[noreturn]] static void stop(std::size_t at, std::string what) {
    throw Stop{at, std::move(what)};
  }

  std::string_view rest() const { return text_.substr(at_); }
  bool at_end() const { return at_ >= text_.size(); }
  bool at_line_end() const {
    return at_end() || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '#';
  }
  void skip(std::string_view letters) {
    at_ = std::min(text_.find_first_not_of(letters, at_), text_.size());
  }
  // Over blanks, empty lines and comments.
  void skip_to_next() {
    for (skip(" \t\r\n"); rest().starts_with('#'); skip(" \t\r\n")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
    }
  }
  // From there to the end of the line, without a comment.
  std::string_view line_from(std::size_t at) const {
    const std::string_view from = text_.substr(at);
    return trimmed(from.substr(0, from.find_first_of("#\r\n")));
  }
  std::string_view rest_of_line() const { return line_from(at_); }
  std::string line_number(std::size_t at) { return "line " + std::to_string(line_at(at)); }
  static const std::string& word_of(const Names& names) { return names.back(); }

  void line() {
    if (rest().starts_with('[')) {
      heading();
    } else {
      statement();
    }
  }

  void heading() {
    const std::size_t begin = at_;
    const bool list = rest().starts_with("[[");
    at_ += list ? 2 : 1;
    skip(" \t");
    if (rest().starts_with(']')) stop(begin, "a heading has a name, like [environment]");
    const std::string_view whole = rest_of_line();
    const Names names = dotted_name("a heading has a name, like [environment]");
    skip(" \t");
    const std::string closed = (list ? "[[" : "[") + shown(names) + (list ? "]]" : "]");
    if (!rest().starts_with(list ? "]]" : "]")) {
      const std::string_view inside = whole.substr(0, whole.find(']'));
      const bool blanks = !at_line_end() && !rest().starts_with(']');
      stop(begin, blanks ? "a name with blanks or such letters stands in quotes: [\"" +
                               std::string{trimmed(inside)} + "\"]"
                         : "this heading is not closed; write " + closed);
    }
    at_ += list ? 2 : 1;
    skip(" \t");
    if (rest().starts_with(']')) {
      stop(begin, "this heading has a bracket too many; write " + closed + " or [" + closed + "]");
    }
    if (!at_line_end()) {
      stop(at_, "behind the heading " + closed + " stands " + in_backticks(rest_of_line()) +
                    "; words begin on the next line");
    }
    if (const auto twice = names_.begin_table(names, list, line_at(begin))) stop(begin, *twice);
  }

  void statement() {
    const std::size_t begin = at_;
    if (rest().starts_with("- ")) {
      stop(at_,
           "this looks like YAML; a list is written in brackets, like "
           "include = [\"a.toml\", \"b.toml\"]");
    }
    const Names names = dotted_name(
        "a line is word = value, a heading like [[traffic]], or a comment that begins with #");
    after_name(names, begin);
    if (const auto twice = names_.add(names, line_at(begin))) stop(begin, *twice);
    value(names, false, 0);
    skip(" \t");
    if (!at_line_end()) after_value(names);
  }

  // From behind the name to the value.
  void after_name(const Names& names, std::size_t begin) {
    skip(" \t");
    const std::string name = shown(names);
    if (rest().starts_with(':')) {
      const bool assigned = rest().starts_with(":=");
      stop(at_, std::string{"between a word and its value stands =, not "} +
                    (assigned ? ":=" : ":") + "; write " + name + " = …");
    }
    if (!rest().starts_with('=')) {
      if (at_line_end()) {
        stop(begin, in_quotes(name) +
                        " has no value; a line is word = value, a heading like "
                        "[[traffic]], or a comment that begins with #");
      }
      const std::string_view whole = line_from(begin);
      const bool has_value = whole.find('=') != whole.npos;
      stop(begin,
           in_backticks(whole) +
               (has_value ? ": a word has no blanks, or stands in quotes"
                          : ": between a word and its value stands =; write " + name + " = …"));
    }
    ++at_;
    if (rest().starts_with('=') || rest().starts_with('>')) {
      stop(at_, "between a word and its value stands one =; write " + name + " = …");
    }
    skip(" \t");
    if (at_line_end()) {
      stop(begin, name + " = has no value; it stands on the same line");
    }
  }

  // What stands behind a value in its line, and must not.
  void after_value(const Names& names) {
    const std::string_view left = rest_of_line();
    const std::string begin =
        "behind the value of " + in_quotes(word_of(names)) + " stands " + in_backticks(left) + "; ";
    if (left == "," || left == ";") stop(at_, begin + "a line ends without it");
    if (left.starts_with("//") || left.starts_with("--") || left.starts_with(';')) {
      stop(at_, begin + "a comment begins with #");
    }
    if (left.starts_with(']') || left.starts_with('}')) {
      stop(at_, begin + "it closes nothing that is open");
    }
    if (left.find('=') != left.npos) stop(at_, begin + "each word stands on a line of its own");
    if (left.starts_with(',')) stop(at_, begin + "several values stand in brackets: [ … ]");
    stop(at_, begin + (text_[at_ - 1] == '\'' ? "a text with a ' in it stands in \"…\""
                                              : "a text stands in quotes as a whole, and a \" in "
                                                "it is written \\\""));
  }

  // "a", "a.b", "\"a b\".c"; `otherwise` is said where there is none.
  Names dotted_name(std::string_view otherwise) {
    Names names;
    for (;;) {
      skip(" \t");
      const std::size_t begin = at_;
      if (rest().starts_with('"') || rest().starts_with('\'')) {
        one_line_text("this name");
        names.emplace_back(text_.substr(begin + 1, at_ - begin - 2));
      } else {
        skip(letters_of_bare_words);
        names.emplace_back(text_.substr(begin, at_ - begin));
      }
      if (at_ == begin) stop(begin, in_backticks(rest_of_line()) + ": " + std::string{otherwise});
      const std::size_t end = at_;
      skip(" \t");
      if (!rest().starts_with('.')) {
        at_ = end;
        return names;
      }
      ++at_;
    }
  }

  void value(const Names& names, bool inside, int depth) {
    if (depth > depth_max) stop(at_, "lists and tables stand in each other more than 256 deep");
    const char letter = rest().empty() ? '\n' : rest().front();
    if (rest().starts_with("\"\"\"") || rest().starts_with("'''")) return text_of_many_lines();
    if (letter == '"' || letter == '\'') return one_line_text(word_of(names));
    if (letter == '[') return list(names, depth);
    if (letter == '{') return table(names, depth);
    plain(names, inside);
  }

  // A number, a date, true or false.
  void plain(const Names& names, bool inside) {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(",]}# \t\r\n", at_), text_.size());
    // A date and its time may have a blank between them.
    const std::size_t date_and_time = std::min(text_.find_first_of(",]}#\r\n", at_), text_.size());
    const std::string_view longer = trimmed(text_.substr(begin, date_and_time - begin));
    std::string_view written = text_.substr(begin, at_ - begin);
    if (longer.size() > written.size() && is_toml_value(longer)) {
      at_ = begin + longer.size();
      return;
    }
    if (is_toml_value(written) && (inside || !goes_on(written))) return;
    written = inside ? longer : line_from(begin);
    if (written.empty() || begin == at_) {
      stop(begin, in_backticks(line_from(begin)) + " stands where the value of " +
                      in_quotes(word_of(names)) + " belongs");
    }
    stop(begin, word_of(names) + " = " + std::string{written} + ": " + why_no_value(written));
  }

  // Whether a value like "24" is followed by letters or digits: "24 hours", "10,000".
  bool goes_on(std::string_view written) const {
    const std::string_view line = line_from(at_ - written.size());
    std::string_view more = trimmed(line.substr(std::min(written.size(), line.size())));
    if (more.starts_with(',')) more.remove_prefix(1);
    return !more.empty() && letters_of_bare_words.find(more.front()) != std::string_view::npos &&
           more.front() != '-' && more.find('=') == more.npos;
  }

  void one_line_text(std::string_view name) {
    const std::size_t begin = at_;
    const char quote = text_[at_++];
    for (; !at_end() && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return;
      }
      if (text_[at_] == '\\' && quote == '"') escape();
    }
    stop(begin, std::string{name} + " = " + std::string{trimmed(text_.substr(begin, at_ - begin))} +
                    ": this text is not closed; it lacks the " + quote + " at its end");
  }

  void text_of_many_lines() {
    const std::size_t begin = at_;
    const std::string_view mark = text_.substr(at_, 3);
    at_ += 3;
    while (!at_end() && !rest().starts_with(mark)) {
      if (text_[at_] == '\\' && mark[0] == '"') escape(true);
      ++at_;
    }
    if (at_end()) {
      stop(begin, "the text that begins here is not closed; it lacks the " + std::string{mark} +
                      " at its end");
    }
    at_ += 3;
    for (int more = 0; more < 2 && rest().starts_with(mark[0]); ++more) ++at_;
  }

  // At a backslash; goes to the last letter of what belongs to it.
  void escape(bool may_end_line = false) {
    const std::size_t begin = at_;
    const char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\n';
    if (may_end_line && is_blank(letter)) return;
    if (letter == 'u' || letter == 'U') {
      const std::size_t count = letter == 'u' ? 4 : 8;
      const std::string_view digits = text_.substr(at_ + 2, count);
      if (!is_letter_number(digits, count)) {
        stop(begin, std::string{"behind \\"} + letter + " stand " + std::to_string(count) +
                        " hexadecimal digits of a letter of Unicode");
      }
      at_ += 1 + count;
      return;
    }
    if (std::string_view{"btnfr\"\\"}.find(letter) == std::string_view::npos) {
      stop(begin, std::string{"\\"} + (is_blank(letter) ? ' ' : letter) +
                      " means nothing in a text; a backslash itself is written \\\\, or the text "
                      "stands in '…', where it is nothing special");
    }
    ++at_;
  }

  static bool is_letter_number(std::string_view digits, std::size_t count) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    return digits.size() == count && read.ptr == digits.data() + count && number <= 0x10ffff &&
           (number < 0xd800 || number > 0xdfff);
  }

  // In brackets, at the beginning of a line: what belongs in none.
  bool at_new_statement() const {
    std::string_view line = rest_of_line();
    if (line.starts_with("[[") || line.starts_with("[")) {
      return line.ends_with(']') && line.find_first_of("\"'{,=") == line.npos &&
             line.find_first_of(letters_of_bare_words) != line.npos && !is_toml_value_list(line);
    }
    const std::size_t word = std::min(line.find_first_not_of(letters_of_bare_words), line.size());
    line.remove_prefix(word);
    return word > 0 && trimmed(line).starts_with('=');
  }

  // "[1]" in a list of lists is no heading.
  static bool is_toml_value_list(std::string_view line) {
    const std::size_t begin = std::min(line.find_first_not_of('['), line.size());
    return is_toml_value(line.substr(begin, line.find(']') - begin));
  }

  void list(const Names& names, int depth) {
    const std::size_t begin = at_++;
    const std::string opening =
        "the list of " + in_quotes(word_of(names)) + " is not closed; it lacks its ]";
    const auto go_on = [&] {
      const std::size_t before = at_;
      skip_to_next();
      if (at_end()) stop(begin, opening);
      const bool new_line = text_.substr(before, at_ - before).find('\n') != text_.npos;
      if (new_line && at_new_statement()) stop(begin, opening + " before " + line_number(at_));
    };
    for (go_on(); !rest().starts_with(']'); go_on()) {
      if (rest().starts_with(',')) {
        stop(at_,
             "in the list of " + in_quotes(word_of(names)) + " a value is missing before a comma");
      }
      value(names, true, depth + 1);
      go_on();
      if (rest().starts_with(',')) {
        ++at_;
      } else if (!rest().starts_with(']')) {
        if (rest().starts_with('}')) stop(begin, opening + " before a }");
        stop(at_, "in the list of " + in_quotes(word_of(names)) + " a comma is missing before " +
                      in_backticks(rest_of_line()));
      }
    }
    ++at_;
  }

  void table(const Names& names, int depth) {
    const std::size_t begin = at_++;
    const std::string what = "the table of " + in_quotes(word_of(names));
    const auto go_on = [&] {
      skip(" \t");
      if (at_end()) stop(begin, what + " is not closed; it lacks its }");
      if (at_line_end()) {
        stop(begin, what + " does not end on its line; what stands in braces is one line");
      }
    };
    const auto scope = names_.inside(begin);
    go_on();
    while (!rest().starts_with('}')) {
      const std::size_t word = at_;
      if (rest().starts_with(',')) stop(at_, "in " + what + " a word is missing before a comma");
      const Names inner = dotted_name("in braces stands word = value, word = value");
      after_name(inner, word);
      if (const auto twice = names_.add(inner, line_at(word))) stop(word, *twice);
      value(inner, true, depth + 1);
      go_on();
      if (rest().starts_with(',')) {
        ++at_;
        go_on();
        if (rest().starts_with('}'))
          stop(at_, "in " + what + " a comma stands before the }; leave it out");
      } else if (!rest().starts_with('}')) {
        if (rest().starts_with(']'))
          stop(begin, what + " is not closed; it lacks its } before a ]");
        stop(at_, "in " + what + " a comma is missing before " + in_backticks(rest_of_line()));
      }
    }
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  NamesSoFar names_;
  std::size_t counted_ = 0;  // so far, and
  int line_ = 1;             // the line there
};

}  // namespace

TomlMistake toml_mistake(std::string_view text, int line, int column) {
  Look look{text};
  try {
    look.at_all();
  } catch (const Stop& stop) {
    return {look.line_at(stop.at), look.column_at(stop.at), stop.what};
  }
  std::string_view rest = text;
  for (int i = 1; i < line && !rest.empty(); ++i) {
    rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1);
  }
  return {line, column,
          in_backticks(trimmed(rest.substr(0, rest.find('\n')))) +
              ": this is no TOML; a line is word = value, a heading like [[traffic]], or a comment "
              "that begins with #"};
}

}  // namespace outlive::harness
