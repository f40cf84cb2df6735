// Where bit commands point to, and the string that they write to (bitops.c of 8.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

inline constexpr Event bits_changed{EventClass::string, "setbit"};

// A bit's offset: not negative, its byte within proto-max-bulk-len. "#N" is the Nth field of
// `width` bits, where a width is given. None, with an error reply, for anything else.
std::optional<std::uint64_t> bit_offset(Call& call, std::string_view word, int width = 0);

// A string about to be changed by the bit: made if there is none, raw, long enough for the last
// bit. Must be gone before the next look at used_memory.
class BitString {
 public:
  BitString(Call& call, std::string_view name, Entry* entry, std::uint64_t last_bit);

  std::string& text() { return *text_; }
  bool grew() const { return grew_; }

 private:
  Entry& entry_;
  Database::Edit edit_;
  std::string* text_ = nullptr;
  bool grew_ = false;
};

}  // namespace outlive
