#include "resp/reply_writer.hpp"

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
  char bytes[24];
  bytes[0] = type;
  char* end = std::to_chars(bytes + 1, bytes + sizeof bytes - 2, value).ptr;
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
  char bytes[24];
  bytes[0] = type;
  char* end = std::to_chars(bytes + 1, bytes + sizeof bytes - 2, elements).ptr;
  *end++ = '\r';
  *end++ = '\n';
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
