#include "snapshot/rdb_writer.hpp"

#include "base/digest.hpp"
#include "base/lzf.hpp"
#include "base/number.hpp"

namespace outlive {
namespace {

// The two top bits of a length's first byte say how it is written; 3: no length but an encoding.
constexpr std::size_t length_14_bits = 0x40;
constexpr std::size_t length_32_bits = 0x80;
constexpr std::size_t length_64_bits = 0x81;
constexpr std::size_t encoded = 0xc0;
constexpr std::size_t encoding_lzf = 3;

// Integers of one, two and four bytes are encodings 0, 1, 2.
struct IntegerWidth {
  std::int64_t max;
  std::size_t bytes;
};
constexpr IntegerWidth integer_widths[] = {{127, 1}, {32767, 2}, {2147483647, 4}};

}  // namespace

void RdbWriter::little_endian(std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) byte(value >> (8 * i));
}

void RdbWriter::big_endian(std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) byte(value >> (8 * i));
}

void RdbWriter::length(std::uint64_t length) {
  if (length < 1u << 6) {
    byte(length);
  } else if (length < 1u << 14) {
    byte(length_14_bits | length >> 8);
    byte(length);
  } else if (length <= 0xffffffffu) {
    byte(length_32_bits);
    big_endian(length, 4);
  } else {
    byte(length_64_bits);
    big_endian(length, 8);
  }
}

bool RdbWriter::small_integer(std::int64_t value) {
  for (std::size_t i = 0; i < std::size(integer_widths); ++i) {
    const IntegerWidth& width = integer_widths[i];
    if (value > width.max || value < -width.max - 1) continue;
    byte(encoded | i);
    little_endian(static_cast<std::uint64_t>(value), width.bytes);
    return true;
  }
  return false;
}

void RdbWriter::integer(std::int64_t value) {
  if (small_integer(value)) return;
  const std::string digits = std::to_string(value);
  length(digits.size());
  bytes_ += digits;
}

bool RdbWriter::compressed(std::string_view text) {
  const auto packed = compress_ ? lzf_if_worthwhile(text) : std::nullopt;
  if (!packed) return false;
  byte(encoded | encoding_lzf);
  length(packed->size());
  length(text.size());
  bytes_ += *packed;
  return true;
}

void RdbWriter::text(std::string_view text) {
  constexpr std::size_t integer_text_max = 11;
  if (text.size() <= integer_text_max) {
    if (const auto value = parse_integer(text); value && small_integer(*value)) return;
  }
  if (compressed(text)) return;
  length(text.size());
  bytes_ += text;
}

void RdbWriter::value(const Value& value) {
  std::visit([this](const auto& held) { content(held); }, value);
}

void RdbWriter::content(const String& string) {
  byte(static_cast<std::size_t>(RdbType::string));
  if (string.is_integer()) return integer(string.as_integer());
  char scratch[24];
  text(string.text(scratch));
}

void RdbWriter::content(const HashPointer& hash) {
  if (hash->is_listpack()) {
    byte(static_cast<std::size_t>(RdbType::hash_listpack));
    return text(hash->listpack_image());
  }
  if (hash->has_expiring_fields()) {
    byte(static_cast<std::size_t>(RdbType::hash_expiring));
    length(hash->size());
    hash->for_each_with_expiry(
        [this](std::string_view field, std::string_view held, std::int64_t expiry_ms) {
          text(field);
          text(held);
          little_endian(static_cast<std::uint64_t>(expiry_ms), sizeof expiry_ms);
        });
    return;
  }
  byte(static_cast<std::size_t>(RdbType::hash));
  length(hash->size());
  hash->for_each([this](std::string_view field, std::string_view held) {
    text(field);
    text(held);
  });
}

std::string dump_payload(const Value& value, bool compress, const Profile& profile) {
  RdbWriter writer(compress);
  writer.value(value);
  writer.byte(rdb_version(profile));
  writer.byte(rdb_version(profile) >> 8);
  std::string payload = std::move(writer).take();
  const std::uint64_t crc = crc64(0, payload);
  for (int shift = 0; shift < 64; shift += 8) payload.push_back(static_cast<char>(crc >> shift));
  return payload;
}

}  // namespace outlive
