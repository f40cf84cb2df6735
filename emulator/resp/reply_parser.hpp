// Bytes to a reply: what a client does with an answer in RESP2 or RESP3.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "outlive/reply.hpp"

namespace outlive {

// One whole reply at the beginning of `bytes`, and how many bytes it took. None if it has not
// arrived whole, or is no RESP (`malformed`).
struct ParsedReply {
  Reply reply;
  std::size_t size = 0;
};
std::optional<ParsedReply> parse_reply(std::string_view bytes, bool* malformed = nullptr);

}  // namespace outlive
