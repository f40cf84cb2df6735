// Replies from untrusted bytes: what a longer text begins with is read the same.
#include "resp/reply_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/ensure.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using outlive::ensure;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  bool malformed = false;
  const auto parsed = outlive::parse_reply(bytes, &malformed);
  if (!parsed) return 0;
  ensure(!malformed && parsed->size <= size, "a reply lies within what has arrived");
  const auto again = outlive::parse_reply(bytes + "+more\r\n");
  ensure(again && again->size == parsed->size, "what follows changes nothing");
  ensure(!outlive::parse_reply(bytes.substr(0, parsed->size - 1)), "a part of it is no reply");
  return 0;
}
