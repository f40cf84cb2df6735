#include "data/listpack.hpp"

#include <cstdint>

#include "base/number.hpp"

namespace outlive::listpack {
namespace {

// The encodings of integers by the range they hold, smallest first: 7, 13, 16, 24, 32, 64 bits.
struct IntegerEncoding {
  std::int64_t min, max;
  std::size_t bytes;
};
constexpr IntegerEncoding integer_encodings[] = {
    {0, 127, 1},
    {-4096, 4095, 2},
    {-32768, 32767, 3},
    {-8388608, 8388607, 4},
    {-2147483648LL, 2147483647LL, 5},
};

std::size_t integer_bytes(std::int64_t value) {
  for (const IntegerEncoding& encoding : integer_encodings) {
    if (value >= encoding.min && value <= encoding.max) return encoding.bytes;
  }
  return 9;
}

// Strings have a head of 6, 12 or 32 bits of length.
std::size_t string_bytes(std::size_t size) {
  return size + (size < 64 ? 1 : size < 4096 ? 2 : 5);
}

// The back-length has seven bits to a byte (listpack.c, lpEncodeBacklen).
std::size_t back_length_bytes(std::size_t element) {
  if (element <= 127) return 1;
  if (element < 16383) return 2;
  if (element < 2097151) return 3;
  return element < 268435455 ? 4 : 5;
}

}  // namespace

std::size_t element_bytes(std::string_view text) {
  // Longer text can't be a 64-bit integer.
  constexpr std::size_t integer_text_max = 20;
  const auto value = text.size() <= integer_text_max ? parse_integer(text) : std::nullopt;
  const std::size_t bytes = value ? integer_bytes(*value) : string_bytes(text.size());
  return bytes + back_length_bytes(bytes);
}

}  // namespace outlive::listpack
