// The listpack (listpack.c of 8.1): a six-byte head, the elements, an end byte. What it weighs, and
// its bytes for DUMP.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outlive::listpack {

inline constexpr std::size_t frame_bytes = 7;  // head and end

// Bytes of one element with its back-length. Text that is the canonical form of a 64-bit integer is
// kept as one.
std::size_t element_bytes(std::string_view text);

// Writes a listpack: elements in order, then finish().
class Writer {
 public:
  Writer();
  void append(std::string_view text);
  std::string finish() &&;

 private:
  std::string bytes_;
  std::size_t elements_ = 0;
};

// The elements of a listpack as text; none if it is malformed.
std::optional<std::vector<std::string>> read(std::string_view bytes);

}  // namespace outlive::listpack
