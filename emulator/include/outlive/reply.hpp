// One RESP reply as a value: what Emulator::run() returns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outlive {

// The kinds of reply that RESP2 and RESP3 know. RESP2's nil bulk and nil array are `null`.
enum class ReplyKind : std::uint8_t {
  null, simple, error, integer, bulk, array,               // RESP2
  map, set, push, boolean, number, big_number, verbatim,   // RESP3 alone
};

// A reply and all that hangs below it. Owns its text.
//
//   Reply reply = emulator.run({"HGETALL", "h"});
//   for (const Reply& item : reply.elements) use(item.text);
struct Reply {
  ReplyKind kind = ReplyKind::null;
  std::int64_t integer = 0;       // integer; boolean (0 or 1)
  double number = 0;              // number (RESP3 double)
  std::string text;               // simple, error (without '-'), bulk, big_number, verbatim
  std::vector<Reply> elements;    // array, set, push; map: key, value, key, value …

  bool is_null() const { return kind == ReplyKind::null; }
  bool is_error() const { return kind == ReplyKind::error; }
  bool is_ok() const { return kind == ReplyKind::simple && text == "OK"; }

  friend bool operator==(const Reply&, const Reply&) = default;
};

// How a person would read it, in valkey-cli's manner: (nil), (integer) 1, "text", (error) ERR …
std::string to_string(const Reply& reply);

}  // namespace outlive
