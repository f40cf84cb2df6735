#include "snapshot/rdb_reader.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/digest.hpp"
#include "base/lzf.hpp"
#include "data/listpack.hpp"
#include "snapshot/rdb_writer.hpp"

namespace outlive {
namespace {

constexpr std::size_t footer_bytes = 10;
constexpr std::size_t checksum_bytes = 8;

// Types that 8.1 reads and outlive lacks (rdb.h).
struct ForeignType {
  std::size_t type;
  std::string_view name;
};
constexpr ForeignType foreign_types[] = {{1, "list"},    {2, "set"},
                                         {3, "zset"},    {5, "zset"},
                                         {7, "module"},  {9, "hash in a zipmap"},
                                         {10, "list"},   {11, "set"},
                                         {12, "zset"},   {13, "hash in a ziplist"},
                                         {14, "list"},   {15, "stream"},
                                         {17, "zset"},   {18, "list"},
                                         {19, "stream"}, {20, "set"},
                                         {21, "stream"}};

std::size_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

bool sound_payload(std::string_view payload, bool any_version, const Profile& profile) {
  if (payload.size() < footer_bytes) return false;
  const std::size_t footer = payload.size() - footer_bytes;
  const std::size_t version = byte_at(payload, footer) | byte_at(payload, footer + 1) << 8;
  if (version >= rdb_version_foreign_min && version <= rdb_version_foreign_max) return false;
  if (version > rdb_version(profile) && !any_version) return false;
  const std::size_t covered = payload.size() - checksum_bytes;
  std::uint64_t told = 0;
  for (std::size_t i = checksum_bytes; i > 0; --i)
    told = told << 8 | byte_at(payload, covered + i - 1);
  return told == crc64(0, payload.substr(0, covered));
}

std::optional<std::string_view> RdbReader::take(std::uint64_t size) {
  if (size > bytes_.size()) return std::nullopt;
  const std::string_view taken = bytes_.substr(0, static_cast<std::size_t>(size));
  bytes_.remove_prefix(taken.size());
  return taken;
}

std::optional<std::size_t> RdbReader::byte() {
  const auto taken = take(1);
  if (!taken) return std::nullopt;
  return byte_at(*taken, 0);
}

std::optional<std::uint64_t> RdbReader::big_endian(std::size_t size) {
  const auto taken = take(size);
  if (!taken) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | byte_at(*taken, i);
  return value;
}

std::optional<RdbReader::Length> RdbReader::length() {
  const auto first = byte();
  if (!first) return std::nullopt;
  const auto wide = [this](std::size_t bytes) -> std::optional<Length> {
    const auto value = big_endian(bytes);
    if (!value) return std::nullopt;
    return Length{*value, false};
  };
  const std::size_t low = *first & 0x3f;
  switch (*first >> 6) {
    case 0:
      return Length{low, false};
    case 1: {
      const auto second = byte();
      if (!second) return std::nullopt;
      return Length{low << 8 | *second, false};
    }
    case 2:
      if (*first == 0x80) return wide(4);
      if (*first == 0x81) return wide(8);
      return std::nullopt;
    default:
      return Length{low, true};
  }
}

std::optional<std::uint64_t> RdbReader::plain_length() {
  const auto read = length();
  if (!read || read->encoded) return std::nullopt;
  return read->value;
}

std::optional<std::string> RdbReader::integer_text(std::size_t size) {
  const auto taken = take(size);
  if (!taken) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) value = value << 8 | byte_at(*taken, i - 1);
  const std::size_t unused = 64 - 8 * size;
  return std::to_string(std::bit_cast<std::int64_t>(value << unused) >> unused);
}

std::optional<std::string> RdbReader::packed_text() {
  const auto packed_size = plain_length();
  const auto size = plain_length();
  if (!packed_size || !size) return std::nullopt;
  const auto packed = take(*packed_size);
  if (!packed) return std::nullopt;
  return lzf_decompress(*packed, static_cast<std::size_t>(*size));
}

std::optional<std::string> RdbReader::text() {
  const auto read = length();
  if (!read) return std::nullopt;
  if (!read->encoded) {
    const auto taken = take(read->value);
    if (!taken) return std::nullopt;
    return std::string(*taken);
  }
  switch (read->value) {
    case 0:
      return integer_text(1);
    case 1:
      return integer_text(2);
    case 2:
      return integer_text(4);
    case 3:
      return packed_text();
    default:
      return std::nullopt;
  }
}

std::optional<Value> RdbReader::value() {
  const auto type = byte();
  if (!type) return std::nullopt;
  switch (static_cast<RdbType>(*type)) {
    case RdbType::string: {
      const auto held = text();
      if (!held) return std::nullopt;
      return String::encoded(*held, maker_.ledger.allocation());
    }
    case RdbType::hash:
      return hash(false);
    case RdbType::hash_expiring:
      if (!maker_.ledger.profile().has("9.0.0")) break;
      return hash(true);
    case RdbType::hash_listpack:
      return hash_from_listpack();
  }
  for (const ForeignType& foreign : foreign_types) {
    if (foreign.type == *type) unsupported_ = foreign.name;
  }
  return std::nullopt;
}

// A field that is there already makes the whole malformed.
bool RdbReader::add(Hash& hash, std::string_view field, std::string_view held,
                    std::int64_t expiry_ms) const {
  return hash.set(field, held, maker_.hash_limits, {.expiry_ms = expiry_ms}) == FieldSet::created;
}

std::optional<std::uint64_t> RdbReader::little_endian(std::size_t size) {
  const auto taken = take(size);
  if (!taken) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = size; i > 0; --i) value = value << 8 | byte_at(*taken, i - 1);
  return value;
}

std::optional<Value> RdbReader::hash(bool expiring) {
  const auto fields = plain_length();
  // Each pair takes two bytes at least: an absurd number reserves nothing.
  if (!fields || *fields == 0 || *fields > bytes_.size() / 2) return std::nullopt;
  auto made = std::make_unique<Hash>(maker_.ledger, maker_.table_seed);
  made->prepare(static_cast<std::size_t>(*fields), 0, maker_.hash_limits);
  for (std::uint64_t i = 0; i < *fields; ++i) {
    const auto field = text();
    const auto held = text();
    if (!field || !held) return std::nullopt;
    const auto expiry = expiring ? little_endian(sizeof(std::int64_t)) : std::nullopt;
    if (expiring && !expiry) return std::nullopt;
    const std::int64_t expiry_ms = expiry ? std::bit_cast<std::int64_t>(*expiry) : never_expires;
    if (expiry_ms < never_expires || !add(*made, *field, *held, expiry_ms)) return std::nullopt;
  }
  return Value(std::move(made));
}

std::optional<Value> RdbReader::hash_from_listpack() {
  const auto image = text();
  if (!image) return std::nullopt;
  const auto texts = listpack::read(*image);
  if (!texts || texts->empty() || texts->size() % 2 != 0) return std::nullopt;
  auto made = std::make_unique<Hash>(maker_.ledger, maker_.table_seed);
  // Only too many fields make a table of it; long ones stay as they came (rdbLoadObject).
  HashLimits limits = maker_.hash_limits;
  limits.value_max = image->size();
  for (std::size_t i = 0; i < texts->size(); i += 2) {
    if (!made->set((*texts)[i], (*texts)[i + 1], limits)) return std::nullopt;
  }
  return Value(std::move(made));
}

}  // namespace outlive
