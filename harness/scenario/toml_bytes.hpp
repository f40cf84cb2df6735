// What makes a file no text at all.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace outlive::harness {

struct ByteMistake {
  std::size_t at;
  std::string what;
};

// The first byte that a text in UTF-8 does not have there, or a letter that nobody sees and TOML
// does not know; nothing where all is well.
std::optional<ByteMistake> mistake_in_bytes(std::string_view text);

}  // namespace outlive::harness
