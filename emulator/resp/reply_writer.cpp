#include "resp/reply_writer.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "base/number.hpp"

namespace outlive {
namespace {

std::string format_in_full(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

constexpr std::size_t integer_max = 20;  // letters
constexpr std::size_t head_max = 1 + integer_max + 2;
constexpr std::size_t bulk_at_once = 40;

// "$5\r\n" at that place; where it ends.
char* write_head(char* at, char type, std::int64_t value) {
  *at++ = type;
  if (value >= 0 && value < 10) {
    *at++ = static_cast<char>('0' + value);
  } else {
    at = std::to_chars(at, at + integer_max, value).ptr;
  }
  *at++ = '\r';
  *at++ = '\n';
  return at;
}

}  // namespace

void ReplyWriter::error(std::string_view text) {
  // Line ends at its end go, others become blanks (networking.c, addReplyErrorFormat).
  std::string& error = errors_.emplace_back(text.substr(0, text.find_last_not_of("\r\n") + 1));
  for (char& letter : error) {
    if (letter == '\r' || letter == '\n') letter = ' ';
  }
  line('-', error);
}

void ReplyWriter::error_as_is(std::string_view text) {
  line('-', errors_.emplace_back(text));
}

void ReplyWriter::head(char type, std::int64_t value) {
  char bytes[head_max];
  const char* end = write_head(bytes, type, value);
  out_->append(bytes, static_cast<std::size_t>(end - bytes));
}

void ReplyWriter::write_bulk(std::string_view text) {
  const auto length = static_cast<std::int64_t>(text.size());
  if (text.size() > bulk_at_once) {
    head('$', length);
    out_->append(text);
    out_->append("\r\n", 2);
    return;
  }
  // Most are short: three calls cost more than the bytes.
  char bytes[head_max + bulk_at_once + 2];
  char* end = std::ranges::copy(text, write_head(bytes, '$', length)).out;
  *end++ = '\r';
  *end++ = '\n';
  out_->append(bytes, static_cast<std::size_t>(end - bytes));
}

void ReplyWriter::bulk_integer(std::int64_t value) {
  char digits[24];
  const char* end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  bulk({digits, static_cast<std::size_t>(end - digits)});
}

void ReplyWriter::map(std::size_t pairs) {
  if (resp3()) {
    head('%', static_cast<std::int64_t>(pairs));
  } else {
    array(2 * pairs);
  }
}

void ReplyWriter::number(double value) {
  const std::string text = all_digits_ ? format_in_full(value) : format_double(value);
  if (resp3()) {
    line(',', text);
  } else {
    bulk(text);
  }
}

void ReplyWriter::boolean(bool value) {
  if (resp3()) {
    out_->append(value ? "#t\r\n" : "#f\r\n");
  } else {
    integer(value ? 1 : 0);
  }
}

void ReplyWriter::verbatim(std::string_view format, std::string_view text) {
  if (!resp3()) return bulk(text);
  head('=', static_cast<std::int64_t>(text.size() + 4));
  out_->append(format);
  out_->push_back(':');
  out_->append(text);
  out_->append("\r\n", 2);
}

void ReplyWriter::big_number(std::string_view text) {
  if (resp3()) {
    line('(', text);
  } else {
    bulk(text);
  }
}

void ReplyWriter::close(char type, std::size_t start, std::size_t elements) {
  char bytes[head_max];
  const char* end = write_head(bytes, type, static_cast<std::int64_t>(elements));
  out_->insert(start, bytes, static_cast<std::size_t>(end - bytes));
}

void ReplyWriter::close_map(std::size_t start, std::size_t pairs) {
  if (resp3()) {
    close('%', start, pairs);
  } else {
    close('*', start, 2 * pairs);
  }
}

}  // namespace outlive
