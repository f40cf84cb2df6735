// Bytes to words: RESP requests and inline commands, wherever the bytes are cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace outlive {

// What a client may send (networking.c).
struct RequestLimits {
  std::size_t inline_max = 64 * 1024;            // PROTO_INLINE_MAX_SIZE
  std::int64_t words_max = 1024 * 1024 * 1024;   // INT_MAX / 2 in 8.1
  std::int64_t bulk_max = 512LL * 1024 * 1024;   // proto-max-bulk-len
  bool authenticated = true;                     // else 10 words of at most 16 KiB
};

// Words of one request, as a run within RequestParser::words().
struct Request {
  std::size_t first = 0;
  std::size_t count = 0;
  std::size_t end = 0;    // offset of the byte after it in the input
};

// Remembers how far it got in a request that has not arrived whole, so that no byte is looked at
// twice however it is cut.
class RequestParser {
 public:
  enum class Outcome : std::uint8_t { request, need_more, error };

  // Forgets words of earlier requests; they pointed into a buffer that is about to change.
  void start_batch() {
    words_.clear();
    inline_words_.clear();
  }

  // Reads the next request from `input` beginning at `position()`. With `need_more` everything up to
  // the end was looked at. With `error` the connection is past saving; error() has Valkey's words.
  Outcome next(std::string_view input, const RequestLimits& limits, Request& request);

  // How many bytes whole requests have taken; reset by rebase() once the caller dropped them.
  std::size_t position() const { return start_; }
  void rebase() {
    scan_ -= start_;
    for (Span& span : partial_) span.offset -= start_;
    start_ = 0;
  }
  // Bytes of the request that is under way.
  bool in_the_middle() const { return left_ > 0 || bulk_length_ >= 0; }

  // How far a request has come that has not arrived whole.
  struct Progress {
    std::size_t words = 0;        // that have arrived
    std::size_t announced = 0;    // words it will have; 0 before that is known
    std::size_t position = 0;     // in the input: what follows belongs to no whole word
    std::int64_t argument = -1;   // announced length of the word under way
  };
  Progress progress() const {
    if (!in_the_middle()) return {.position = start_};
    return {partial_.size(), partial_.size() + static_cast<std::size_t>(left_), scan_, bulk_length_};
  }
  // Calls visit(size) for each word of that request that has arrived.
  template <class Visit>
  void for_each_partial(Visit&& visit) const {
    for (const Span& span : partial_) visit(span.size);
  }

  const std::vector<std::string_view>& words() const { return words_; }
  const std::string& error() const { return error_; }

 private:
  struct Span {
    std::size_t offset;
    std::size_t size;
  };

  // The usual case at once: a request that is all there, its lengths small. False where anything is
  // out of the ordinary, and nothing has changed; next() then reads it line by line.
  bool whole(std::string_view input, const RequestLimits& limits, Request& request);
  Outcome inline_request(std::string_view input, const RequestLimits& limits, Request& request);
  Outcome header(std::string_view input, const RequestLimits& limits, bool& empty);
  Outcome bulks(std::string_view input, const RequestLimits& limits);
  Outcome fail(std::string message) {
    error_ = std::move(message);
    return Outcome::error;
  }

  std::vector<std::string_view> words_;
  std::vector<Span> partial_;       // words of the request under way, as offsets into the input
  std::deque<std::string> inline_words_;  // words of inline requests, unquoted
  std::string error_;
  std::size_t start_ = 0;           // where the request under way begins
  std::size_t scan_ = 0;            // how far it was read
  std::int64_t left_ = 0;           // bulks still to come
  std::int64_t bulk_length_ = -1;   // of the bulk whose header was read
};

}  // namespace outlive
