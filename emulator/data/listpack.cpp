#include "data/listpack.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

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

std::optional<std::int64_t> as_integer(std::string_view text) {
  // Longer text can't be a 64-bit integer.
  constexpr std::size_t integer_text_max = 20;
  return text.size() <= integer_text_max ? parse_integer(text) : std::nullopt;
}

// The heads of integers wider than 13 bits by their bytes: 0xf1 to 0xf4.
struct WideInteger {
  unsigned char head;
  std::size_t bytes;
};
constexpr WideInteger wide_integers[] = {{0xf1, 2}, {0xf2, 3}, {0xf3, 4}, {0xf4, 8}};
constexpr unsigned char end_byte = 0xff;

void put(std::string& out, std::size_t byte) {
  out.push_back(static_cast<char>(byte & 0xff));
}

void put_little_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) put(out, value >> (8 * i));
}

void put_integer(std::string& out, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  const std::size_t bytes = integer_bytes(value);
  if (bytes == 1) return put(out, bits);
  if (bytes == 2) {
    put(out, 0xc0 | (bits >> 8 & 0x1f));
    return put(out, bits);
  }
  for (const WideInteger& wide : wide_integers) {
    if (wide.bytes + 1 != bytes) continue;
    put(out, wide.head);
    put_little_endian(out, bits, wide.bytes);
  }
}

void put_string(std::string& out, std::string_view text) {
  if (text.size() < 64) {
    put(out, 0x80 | text.size());
  } else if (text.size() < 4096) {
    put(out, 0xe0 | text.size() >> 8);
    put(out, text.size());
  } else {
    put(out, 0xf0);
    put_little_endian(out, text.size(), 4);
  }
  out.append(text);
}

// Seven bits to a byte, the first without its top bit: it is read backwards.
void put_back_length(std::string& out, std::size_t element) {
  const std::size_t bytes = back_length_bytes(element);
  for (std::size_t i = bytes; i-- > 0;) {
    const std::size_t continued = i + 1 < bytes ? 0x80 : 0;
    put(out, (element >> (7 * i) & 0x7f) | continued);
  }
}

// Reads elements from the front; nothing is believed of the bytes.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.size() == 1 && byte(0) == end_byte; }
  std::optional<std::string> next() {
    if (bytes_.empty()) return std::nullopt;
    const std::size_t before = bytes_.size();
    auto element = read_element();
    if (!element) return std::nullopt;
    std::string back_length;
    put_back_length(back_length, before - bytes_.size());
    if (!bytes_.starts_with(back_length)) return std::nullopt;
    bytes_.remove_prefix(back_length.size());
    return element;
  }

 private:
  std::size_t byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }

  std::optional<std::string> read_element() {
    const std::size_t head = byte(0);
    if (head < 0x80) return number(1, static_cast<std::int64_t>(head));
    if (head < 0xc0) return text(1, head & 0x3f);
    if (head < 0xe0) {
      if (bytes_.size() < 2) return std::nullopt;
      const auto bits = static_cast<std::int64_t>((head & 0x1f) << 8 | byte(1));
      return number(2, bits < 4096 ? bits : bits - 8192);
    }
    if (head < 0xf0) {
      if (bytes_.size() < 2) return std::nullopt;
      return text(2, (head & 0x0f) << 8 | byte(1));
    }
    if (head == 0xf0) {
      if (bytes_.size() < 5) return std::nullopt;
      return text(5, little_endian(4));
    }
    for (const WideInteger& wide : wide_integers) {
      if (wide.head != head) continue;
      if (bytes_.size() < wide.bytes + 1) return std::nullopt;
      const std::size_t unused = 64 - 8 * wide.bytes;
      // Shifted up and down again, the sign comes along.
      return number(wide.bytes + 1,
                    std::bit_cast<std::int64_t>(little_endian(wide.bytes) << unused) >> unused);
    }
    return std::nullopt;
  }
  std::uint64_t little_endian(std::size_t count) const {
    std::uint64_t value = 0;
    for (std::size_t i = count; i > 0; --i) value = value << 8 | byte(i);
    return value;
  }
  std::optional<std::string> number(std::size_t taken, std::int64_t value) {
    bytes_.remove_prefix(taken);
    return std::to_string(value);
  }
  std::optional<std::string> text(std::size_t head, std::size_t size) {
    if (bytes_.size() - head < size) return std::nullopt;
    std::string text(bytes_.substr(head, size));
    bytes_.remove_prefix(head + size);
    return text;
  }

  std::string_view bytes_;
};

}  // namespace

std::size_t element_bytes(std::string_view text) {
  const auto value = as_integer(text);
  const std::size_t bytes = value ? integer_bytes(*value) : string_bytes(text.size());
  return bytes + back_length_bytes(bytes);
}

Writer::Writer() : bytes_(frame_bytes - 1, '\0') {}

void Writer::append(std::string_view text) {
  const std::size_t start = bytes_.size();
  if (const auto value = as_integer(text)) {
    put_integer(bytes_, *value);
  } else {
    put_string(bytes_, text);
  }
  put_back_length(bytes_, bytes_.size() - start);
  ++elements_;
}

// The head: all bytes in four, the elements in two, where 65,535 says that one must count.
std::string Writer::finish() && {
  put(bytes_, end_byte);
  std::string head;
  put_little_endian(head, bytes_.size(), 4);
  put_little_endian(head, std::min<std::size_t>(elements_, 65535), 2);
  bytes_.replace(0, head.size(), head);
  return std::move(bytes_);
}

std::optional<std::vector<std::string>> read(std::string_view bytes) {
  if (bytes.size() < frame_bytes) return std::nullopt;
  std::string announced;
  put_little_endian(announced, bytes.size(), 4);
  if (!bytes.starts_with(announced)) return std::nullopt;
  const std::size_t elements = static_cast<unsigned char>(bytes[4]) |
                               static_cast<std::size_t>(static_cast<unsigned char>(bytes[5])) << 8;
  Reader reader(bytes.substr(frame_bytes - 1));
  std::vector<std::string> texts;
  while (!reader.at_end()) {
    auto text = reader.next();
    if (!text) return std::nullopt;
    texts.push_back(*std::move(text));
  }
  if (elements != 65535 && elements != texts.size()) return std::nullopt;
  return texts;
}

}  // namespace outlive::listpack
