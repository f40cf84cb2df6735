#include "resp/request_parser.hpp"

#include <cstring>

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive {
namespace {

// Before AUTH: at most 10 words of at most 16 KiB (networking.c, parseMultibulk).
constexpr std::int64_t unauthenticated_words_max = 10;
constexpr std::int64_t unauthenticated_bulk_max = 16384;

// The digits of a "*3\r\n" or "$5\r\n" line, fast for what clients send.
bool parse_length(std::string_view digits, std::int64_t& value) {
  if (digits.empty() || digits.size() > 9) {
    const auto parsed = parse_integer(digits);
    if (parsed) value = *parsed;
    return parsed.has_value();
  }
  std::int64_t sum = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') {
      const auto parsed = parse_integer(digits);
      if (parsed) value = *parsed;
      return parsed.has_value();
    }
    sum = sum * 10 + (digit - '0');
  }
  if (digits.size() > 1 && digits[0] == '0') return false;
  value = sum;
  return true;
}

// Reads the type, a number of few digits as clients write it, and the line's end. False: it is
// anything else, or not all there; `at` is somewhere then.
bool read_head(char type, const char*& at, const char* end, std::size_t& value) {
  constexpr std::size_t most = 99'999;
  constexpr std::ptrdiff_t shortest = 4;
  if (end - at < shortest || *at != type) return false;
  value = static_cast<unsigned char>(at[1] - '0');
  if (value > 9) return false;
  for (at += 2; at != end && *at >= '0' && *at <= '9'; ++at) {
    if (value == 0 || value > most) return false;
    value = value * 10 + static_cast<std::size_t>(*at - '0');
  }
  if (end - at < 2 || *at != '\r') return false;
  at += 2;
  return true;
}

}  // namespace

bool RequestParser::whole(std::string_view input, const RequestLimits& limits, Request& request) {
  const char* at = input.data() + start_;
  const char* const end = input.data() + input.size();
  std::size_t count = 0;
  if (!limits.authenticated || !read_head('*', at, end, count) || count == 0) return false;
  if (static_cast<std::int64_t>(count) > limits.words_max) return false;
  const std::size_t first = words_.size();
  for (std::size_t size = 0; count > 0; --count) {
    const bool read = read_head('$', at, end, size);
    if (!read || static_cast<std::int64_t>(size) > limits.bulk_max ||
        static_cast<std::size_t>(end - at) < size + 2) {
      words_.resize(first);
      return false;
    }
    words_.emplace_back(at, size);
    at += size + 2;
  }
  start_ = scan_ = static_cast<std::size_t>(at - input.data());
  request = {first, words_.size() - first, start_};
  return true;
}

RequestParser::Outcome RequestParser::next(std::string_view input, const RequestLimits& limits,
                                           Request& request) {
  for (;;) {
    if (!in_the_middle()) {
      if (scan_ >= input.size()) return Outcome::need_more;
      if (input[start_] != '*') {
        const Outcome outcome = inline_request(input, limits, request);
        if (outcome == Outcome::request && request.count == 0) continue;
        return outcome;
      }
      if (scan_ == start_ && whole(input, limits, request)) return Outcome::request;
      bool empty = false;
      const Outcome outcome = header(input, limits, empty);
      if (outcome != Outcome::request) return outcome;
      if (empty) continue;
    }
    const Outcome outcome = bulks(input, limits);
    if (outcome != Outcome::request) return outcome;
    start_ = scan_;
    request = {words_.size(), partial_.size(), start_};
    for (const Span& span : partial_) words_.push_back(input.substr(span.offset, span.size));
    partial_.clear();
    return Outcome::request;
  }
}

RequestParser::Outcome RequestParser::inline_request(std::string_view input,
                                                     const RequestLimits& limits,
                                                     Request& request) {
  const std::size_t end = input.find('\n', scan_);
  if (end == std::string_view::npos) {
    if (input.size() - start_ > limits.inline_max) return fail("too big inline request");
    scan_ = input.size();
    return Outcome::need_more;
  }
  std::string_view line = input.substr(start_, end - start_);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  start_ = scan_ = end + 1;
  auto split = split_words(line);
  if (!split) return fail("unbalanced quotes in request");
  request = {words_.size(), split->size(), start_};
  for (std::string& word : *split) {
    inline_words_.push_back(std::move(word));
    words_.push_back(inline_words_.back());
  }
  return Outcome::request;
}

RequestParser::Outcome RequestParser::header(std::string_view input, const RequestLimits& limits,
                                             bool& empty) {
  const std::size_t end = input.find('\r', scan_);
  if (end == std::string_view::npos || end + 1 >= input.size()) {
    if (end == std::string_view::npos && input.size() - start_ > limits.inline_max) {
      return fail("too big mbulk count string");
    }
    scan_ = end == std::string_view::npos ? input.size() : end;
    return Outcome::need_more;
  }
  std::int64_t count = 0;
  if (!parse_length(input.substr(start_ + 1, end - start_ - 1), count) ||
      count > limits.words_max) {
    return fail("invalid multibulk length");
  }
  if (!limits.authenticated && count > unauthenticated_words_max) {
    return fail("unauthenticated multibulk length");
  }
  scan_ = end + 2;
  if (count <= 0) {
    start_ = scan_;
    empty = true;
    return Outcome::request;
  }
  left_ = count;
  return Outcome::request;
}

RequestParser::Outcome RequestParser::bulks(std::string_view input, const RequestLimits& limits) {
  while (left_ > 0) {
    if (bulk_length_ < 0) {
      if (scan_ >= input.size()) return Outcome::need_more;
      const auto* found =
          static_cast<const char*>(std::memchr(input.data() + scan_, '\r', input.size() - scan_));
      const std::size_t end = found ? static_cast<std::size_t>(found - input.data()) : input.size();
      if (!found || end + 1 >= input.size()) {
        if (!found && input.size() - scan_ > limits.inline_max) {
          return fail("too big bulk count string");
        }
        return Outcome::need_more;
      }
      if (input[scan_] != '$') {
        return fail(std::string("expected '$', got '") + input[scan_] + "'");
      }
      std::int64_t length = 0;
      if (!parse_length(input.substr(scan_ + 1, end - scan_ - 1), length) || length < 0 ||
          length > limits.bulk_max) {
        return fail("invalid bulk length");
      }
      if (!limits.authenticated && length > unauthenticated_bulk_max) {
        return fail("unauthenticated bulk length");
      }
      bulk_length_ = length;
      scan_ = end + 2;
    }
    const auto length = static_cast<std::size_t>(bulk_length_);
    if (input.size() < scan_ + length + 2) return Outcome::need_more;
    partial_.push_back({scan_, length});
    scan_ += length + 2;
    bulk_length_ = -1;
    --left_;
  }
  return Outcome::request;
}

}  // namespace outlive
