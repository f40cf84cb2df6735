// A reply's RESP bytes, taken apart from the front. They are the emulator's own: nothing is checked
// that it would not write.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace outlive::harness {

class RawReply {
 public:
  RawReply() = default;
  explicit RawReply(std::string_view bytes) : rest_{bytes} {}

  bool is_empty() const { return rest_.empty(); }
  // What kind of reply begins here: '+', '-', ':', '$', '*'.
  char kind() const { return rest_.empty() ? '\0' : rest_.front(); }

  // The line that begins here, behind its kind.
  std::string_view line() {
    if (is_empty()) return {};
    const std::string_view line = rest_.substr(1, line_end() - 1);
    pass(line.size() + 1 + line_ends.size());
    return line;
  }
  // The same of a line that says a number: a length, mostly of few digits.
  std::int64_t number() {
    std::size_t at = 1;
    const bool negative = at < rest_.size() && rest_[at] == '-';
    at += negative;
    std::int64_t value = 0;
    for (; at < rest_.size() && rest_[at] != '\r'; ++at) value = value * 10 + (rest_[at] - '0');
    pass(at + line_ends.size());
    return negative ? -value : value;
  }
  // A bulk string; false: it is null.
  bool bulk(std::string_view& text) {
    const std::int64_t length = number();
    if (length < 0) return false;
    text = rest_.substr(0, static_cast<std::size_t>(length));
    pass(text.size() + line_ends.size());
    return true;
  }

 private:
  static constexpr std::string_view line_ends = "\r\n";

  std::size_t line_end() const { return std::min(rest_.find('\r'), rest_.size()); }
  void pass(std::size_t bytes) { rest_.remove_prefix(std::min(bytes, rest_.size())); }

  std::string_view rest_;
};

}  // namespace outlive::harness
