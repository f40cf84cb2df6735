// Reading a request's words from left to right, keeping the first mistake.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/number.hpp"
#include "base/text.hpp"
#include "engine/errors.hpp"
#include "resp/reply_writer.hpp"

namespace outlive {

//   const auto key = call.args.next();
//   const auto by = call.args.next_integer();
//   if (!call.args.done(call.reply)) return;
class Args {
 public:
  explicit Args(std::span<const std::string_view> words) : words_(words) {}

  std::size_t left() const { return words_.size() - at_; }
  bool empty() const { return left() == 0; }
  // The word that comes next, not taken; "" at the end.
  std::string_view peek() const { return empty() ? std::string_view{} : words_[at_]; }
  // Takes a word; at the end, the mistake is a syntax error.
  std::string_view next() {
    if (empty()) {
      fail(errors::syntax);
      return {};
    }
    return words_[at_++];
  }
  std::int64_t next_integer(std::string_view error = errors::not_integer) {
    const auto value = parse_integer(next());
    if (!value) fail(error);
    return value.value_or(0);
  }
  std::int64_t next_integer_in(std::int64_t min, std::int64_t max, std::string_view error) {
    const std::int64_t value = next_integer(error);
    if (value < min || value > max) fail(error);
    return value;
  }
  double next_float(std::string_view error = errors::not_float) {
    const auto value = parse_double(next());
    if (!value) fail(error);
    return value.value_or(0);
  }
  // Takes the next word if it is this one, whatever its case.
  bool take(std::string_view word) {
    if (empty() || !equal_ignoring_case(words_[at_], word)) return false;
    ++at_;
    return true;
  }
  std::span<const std::string_view> rest() {
    const auto words = words_.subspan(at_);
    at_ = words_.size();
    return words;
  }

  // The first mistake counts. The text must outlive the command (use errors::* or literals).
  void fail(std::string_view error) {
    if (error_.empty()) error_ = error;
  }
  bool failed() const { return !error_.empty(); }
  // Answers the mistake, if there is one; true if the handler may go on. Words left over are none
  // of its business: arity and options see to them.
  bool done(ReplyWriter& reply) const {
    if (failed()) reply.error(error_);
    return !failed();
  }

 private:
  std::span<const std::string_view> words_;
  std::size_t at_ = 0;
  std::string_view error_;
};

}  // namespace outlive
