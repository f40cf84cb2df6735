// Replies as bytes, in RESP2 or RESP3, appended to one flat buffer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace outlive {

enum class Protocol : std::uint8_t { resp2 = 2, resp3 = 3 };

// Writes into a string it does not own. A handler writes exactly one reply; containers are followed
// by their elements. What RESP2 lacks is told in its nearest shape, as Valkey does.
class ReplyWriter {
 public:
  ReplyWriter(std::string& out, Protocol protocol) : out_(&out), protocol_(protocol) {}

  // Doubles with seventeen digits, however few would do, and the sign of what is no number (Redis
  // 7.0: networking.c, addReplyDouble).
  void tell_all_digits() { all_digits_ = true; }

  Protocol protocol() const { return protocol_; }
  bool resp3() const { return protocol_ == Protocol::resp3; }

  void ok() { out_->append("+OK\r\n", 5); }
  void simple(std::string_view text) { line('+', text); }
  // The whole message with its code: "ERR syntax error". Line ends in it become blanks.
  void error(std::string_view text);
  // The same with its line ends, which break the protocol.
  void error_as_is(std::string_view text);
  void integer(std::int64_t value) {
    if (value >= 0 && value < 10) {
      const char bytes[] = {':', static_cast<char>('0' + value), '\r', '\n'};
      out_->append(bytes, sizeof bytes);
    } else {
      head(':', value);
    }
  }
  void bulk(std::string_view text) {
    if (text.size() > shape_.longest) shape_.longest = text.size();
    write_bulk(text);
  }
  void bulk_integer(std::int64_t value);
  // The same as bulk() of a text that Valkey 9 would only refer to until it is sent.
  void bulk_referred(std::string_view text) {
    constexpr std::size_t reference = 36;  // networking.c, payloadHeader and bulkStrRef
    const std::size_t before = out_->size();
    write_bulk(text);
    shape_.referred += out_->size() - before - reference;
  }
  // RESP2: a nil bulk; RESP3: null.
  void null() { out_->append(resp3() ? "_\r\n" : "$-1\r\n"); }
  // RESP2: a nil array.
  void null_array() { out_->append(resp3() ? "_\r\n" : "*-1\r\n"); }
  void array(std::size_t elements) { head('*', static_cast<std::int64_t>(elements)); }
  void empty_array() { array(0); }
  // `pairs` keys with their values. RESP2: an array twice as long.
  void map(std::size_t pairs);
  void set(std::size_t elements) { container('~', elements); }
  void push(std::size_t elements) { container('>', elements); }
  // RESP2: a bulk with the number's text.
  void number(double value);
  // RESP2: 1 or 0.
  void boolean(bool value);
  // A bulk in RESP2; `format` is three letters, "txt" or "mkd".
  void verbatim(std::string_view format, std::string_view text);
  void big_number(std::string_view text);
  void raw(std::string_view bytes) { out_->append(bytes); }

  // A container whose length is known only afterwards:
  //   const auto start = reply.defer();  …elements…  reply.close_array(start, n);
  std::size_t defer() {
    shape_.deferred = true;
    return out_->size();
  }
  void close_array(std::size_t start, std::size_t elements) { close('*', start, elements); }
  void close_map(std::size_t start, std::size_t pairs);
  void close_set(std::size_t start, std::size_t elements) { close(resp3() ? '~' : '*', start, elements); }

  // The first error written that was not asked for yet, or null: whoever asks counts it. A script's
  // reply may have several.
  const std::string* take_error() { return taken_ < errors_.size() ? &errors_[taken_++] : nullptr; }
  std::string& out() { return *out_; }
  // What Valkey's blocks of a long reply depend on: its longest text, and whether a length was to be
  // filled in later.
  struct Shape {
    std::size_t longest = 0;
    bool deferred = false;
    std::size_t referred = 0;  // of its bytes, those that are only referred to
  };
  const Shape& shape() const { return shape_; }

 private:
  void line(char type, std::string_view text) {
    out_->push_back(type);
    out_->append(text);
    out_->append("\r\n", 2);
  }
  void head(char type, std::int64_t value);
  void write_bulk(std::string_view text);
  void container(char type, std::size_t elements) {
    head(resp3() ? type : '*', static_cast<std::int64_t>(elements));
  }
  void close(char type, std::size_t start, std::size_t elements);

  std::string* out_;
  Protocol protocol_;
  bool all_digits_ = false;
  Shape shape_;
  std::vector<std::string> errors_;
  std::size_t taken_ = 0;
};

}  // namespace outlive
