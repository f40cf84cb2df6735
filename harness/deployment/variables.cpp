#include "deployment/variables.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

bool begins_name(char letter) {
  const char low = to_lower(letter);
  return letter == '_' || (low >= 'a' && low <= 'z');
}

std::string_view name_at(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && (begins_name(text[end]) || (end > 0 && is_digit(text[end])))) ++end;
  return text.substr(0, end);
}

class Interpolation {
 public:
  explicit Interpolation(const Variables& variables) : variables_{variables} {}

  Interpolated of(std::string_view text, int depth = 0) {
    Interpolated result;
    if (depth > depth_max) {
      result.mistake = "defaults stand within defaults without end";
      return result;
    }
    while (!text.empty()) {
      const std::size_t dollar = std::min(text.find('$'), text.size());
      result.text += text.substr(0, dollar);
      text.remove_prefix(dollar);
      if (!text.empty()) take_variable(text, result, depth);
      if (!result.mistake.empty()) return result;
    }
    return result;
  }

 private:
  static constexpr int depth_max = 32;

  // What is wrong is told without the text around it, which may be a password.
  void take_variable(std::string_view& text, Interpolated& result, int depth) {
    if (text.starts_with("$$")) {
      result.text += '$';
      text.remove_prefix(2);
    } else if (text.starts_with("${")) {
      const std::size_t end = closing_brace(text);
      if (end == text.npos) {
        result.mistake = "a \"${\" lacks its '}'; a dollar that is meant is written $$";
        return;
      }
      expression(text.substr(2, end - 2), result, depth);
      text.remove_prefix(end + 1);
    } else if (const std::string_view name = name_at(text.substr(1)); !name.empty()) {
      put(name, result);
      text.remove_prefix(1 + name.size());
    } else {
      result.mistake = "a dollar begins no variable; one that is meant is written $$";
    }
  }

  // Of the brace that opens at 1.
  static std::size_t closing_brace(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (text[i] == '{') ++depth;
      if (text[i] == '}' && --depth == 0) return i;
    }
    return text.npos;
  }

  // What stands in the braces: NAME, or NAME, an operator and what it works on.
  void expression(std::string_view inside, Interpolated& result, int depth) {
    const std::string_view name = name_at(inside);
    std::string_view rest = inside.substr(name.size());
    const bool empty_counts = rest.starts_with(':');  // as unset
    if (empty_counts) rest.remove_prefix(1);
    const char operation = rest.empty() ? '\0' : rest.front();
    const std::string_view word = rest.substr(std::min<std::size_t>(rest.size(), 1));
    const bool known = operation == '-' || operation == '?' || operation == '+';
    if (name.empty() || (!rest.empty() && !known) || (rest.empty() && empty_counts)) {
      result.mistake = in_quotes("${" + std::string{inside} + "}") +
                       " is no variable; write ${NAME} or ${NAME:-default}";
      return;
    }
    const auto found = variables_.find(name);
    const bool set = found != variables_.end() && !(empty_counts && found->second.value.empty());
    if (operation == '+') return set ? append(word, result, depth) : void();
    if (operation == '-' && !set) return append(word, result, depth);
    put(name, result);
  }

  void append(std::string_view word, Interpolated& result, int depth) {
    Interpolated inner = of(word, depth + 1);
    result.text += inner.text;
    result.mistake = inner.mistake;
    result.unset.insert(result.unset.end(), inner.unset.begin(), inner.unset.end());
  }

  void put(std::string_view name, Interpolated& result) const {
    const auto found = variables_.find(name);
    if (found != variables_.end()) {
      result.text += found->second.value;
      return;
    }
    result.unset.emplace_back(name);
    result.text.append("${").append(name).append("}");
  }

  const Variables& variables_;
};

class EnvFile {
 public:
  EnvFile(std::string_view text, const std::string& file, Variables& into,
          ReadingMistakes& mistakes)
      : rest_{text}, file_{file}, into_{into}, mistakes_{mistakes} {}

  void read() {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);  // a byte order mark
    while (!rest_.empty()) {
      const int line = line_;
      read_line(line);
    }
  }

 private:
  std::string_view take_line() {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(rest_.size(), end + 1));
    ++line_;
    return line;
  }

  void read_line(int line) {
    std::string_view whole = rest_.substr(0, rest_.find('\n'));
    const std::string_view seen = trimmed(whole);
    if (seen.empty() || seen.front() == '#') return static_cast<void>(take_line());
    std::string_view head = seen;
    if (head.starts_with("export ")) head = trimmed(head.substr(7));
    const std::string_view name = name_at(head);
    const std::string_view behind = trimmed(head.substr(name.size()));
    if (name.empty() || !behind.starts_with('=')) {
      take_line();
      // The rest of the line may be a password.
      const std::string_view word = seen.substr(0, seen.find_first_of(" \t:"));
      return mistakes_.add({file_, line, {}}, "the line of " + in_quotes(word) +
                                                  " sets no variable; write NAME=value");
    }
    // From the value on, which may go on over lines where it is in quotes.
    const std::size_t value_at = static_cast<std::size_t>(behind.data() - rest_.data()) + 1;
    rest_.remove_prefix(value_at);
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
    read_value(std::string{name}, line);
  }

  void read_value(const std::string& name, int line) {
    const char quote = rest_.empty() ? '\0' : rest_.front();
    if (quote != '"' && quote != '\'') return set(name, line, without_comment(take_line()), true);
    rest_.remove_prefix(1);
    std::string value;
    while (!rest_.empty() && rest_.front() != quote) {
      if (quote == '"' && rest_.front() == '\\' && rest_.size() > 1) {
        value += unescaped(rest_[1]);
        rest_.remove_prefix(2);
        continue;
      }
      if (rest_.front() == '\n') ++line_;
      value += rest_.front();
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) {
      return mistakes_.add({file_, line, {}},
                           "the value of " + name + " lacks its closing " + std::string(1, quote));
    }
    rest_.remove_prefix(1);
    const std::string_view behind = trimmed(take_line());
    if (!behind.empty() && behind.front() != '#') {
      return mistakes_.add({file_, line, {}},
                           "something stands behind the closing quote of " + name);
    }
    set(name, line, value, quote == '"');
  }

  static std::string unescaped(char letter) {
    if (letter == 'n') return "\n";
    if (letter == 'r') return "\r";
    if (letter == 't') return "\t";
    if (letter == '$') return "$$";  // for interpolate() to read
    if (letter == '"' || letter == '\\' || letter == '\'') return std::string(1, letter);
    return {'\\', letter};
  }

  static std::string without_comment(std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (value[i] == '#' && (i == 0 || is_blank(value[i - 1]))) value = value.substr(0, i);
    }
    return std::string{trimmed(value)};
  }

  void set(const std::string& name, int line, const std::string& value, bool interpolated) {
    Interpolated read{value, {}, {}};
    if (interpolated) read = interpolate(value, into_);
    const Origin origin{file_, line, name};
    if (!read.mistake.empty()) return mistakes_.add(origin, name + ": " + read.mistake);
    into_.insert_or_assign(name, Said<std::string>{read.text, origin});
  }

  std::string_view rest_;
  const std::string& file_;
  Variables& into_;
  ReadingMistakes& mistakes_;
  int line_ = 1;
};

}  // namespace

Interpolated interpolate(std::string_view text, const Variables& variables) {
  return Interpolation{variables}.of(text);
}

bool has_unset_variable(std::string_view text) {
  return text.find("${") != text.npos;
}

void read_env_file(std::string_view text, const std::string& file, Variables& into,
                   ReadingMistakes& mistakes) {
  EnvFile{text, file, into, mistakes}.read();
}

}  // namespace outlive::harness
