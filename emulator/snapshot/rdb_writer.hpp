// Values as the bytes of an RDB file (rdb.c of 8.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/value.hpp"
#include "memory/profile.hpp"

namespace outlive {

// The versions that Valkey up to 8.1 and from 9.0 on writes. From 12 to 79 they are Redis's.
constexpr unsigned rdb_version(const Profile& profile) {
  return profile.has("9.0.0") ? 80 : profile.is_redis() ? 10 : 11;
}
inline constexpr unsigned rdb_version_foreign_min = 12;
inline constexpr unsigned rdb_version_foreign_max = 79;

// What a value's first byte says; `name` is the type that TYPE would answer.
enum class RdbType : std::uint8_t {
  string = 0,
  hash = 4,            // fields and values, one after the other
  hash_listpack = 16,  // a listpack as one string
  hash_expiring = 22,  // fields, values and when they expire
};

class RdbWriter {
 public:
  // `compress`: long texts by LZF where that is shorter (rdbcompression).
  explicit RdbWriter(bool compress) : compress_(compress) {}

  // The type, then the value.
  void value(const Value& value);
  void byte(std::size_t byte) { bytes_.push_back(static_cast<char>(byte & 0xff)); }
  void length(std::uint64_t length);
  void text(std::string_view text);
  void integer(std::int64_t value);
  std::string take() && { return std::move(bytes_); }

 private:
  void content(const String& string);
  void content(const HashPointer& hash);
  bool small_integer(std::int64_t value);
  bool compressed(std::string_view text);
  void little_endian(std::uint64_t value, std::size_t bytes);
  void big_endian(std::uint64_t value, std::size_t bytes);

  std::string bytes_;
  bool compress_;
};

// What DUMP answers: the value, the version in two bytes, a CRC-64 of all that.
std::string dump_payload(const Value& value, bool compress, const Profile& profile);

}  // namespace outlive
