// What C makes of a text.
#pragma once

#include <string_view>

namespace outlive {

// As far as a zero byte: Valkey prints words with %s into its errors.
constexpr std::string_view c_text(std::string_view text) {
  return text.substr(0, text.find('\0'));
}

}  // namespace outlive
