// What elements weigh in a listpack (listpack.c of 8.1): a six-byte head, the elements, an end byte.
#pragma once

#include <cstddef>
#include <string_view>

namespace outlive::listpack {

inline constexpr std::size_t frame_bytes = 7;  // head and end

// Bytes of one element with its back-length. Text that is the canonical form of a 64-bit integer is
// kept as one.
std::size_t element_bytes(std::string_view text);

}  // namespace outlive::listpack
