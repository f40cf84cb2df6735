// Values from the bytes of an RDB file or of DUMP, which may be anybody's (rdb.c of 8.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/value.hpp"

namespace outlive {

// What a value needs to come to life.
struct ValueMaker {
  Ledger& ledger;
  std::uint64_t table_seed;
  const HashLimits& hash_limits;
};

class RdbReader {
 public:
  RdbReader(std::string_view bytes, const ValueMaker& maker) : bytes_(bytes), maker_(maker) {}

  // The type and the value. None if malformed, or of a type that unsupported_type() then names.
  std::optional<Value> value();
  std::string_view unsupported_type() const { return unsupported_; }

 private:
  // A length, or the number of an encoding.
  struct Length {
    std::uint64_t value = 0;
    bool encoded = false;
  };

  std::optional<std::size_t> byte();
  std::optional<std::uint64_t> big_endian(std::size_t bytes);
  std::optional<std::uint64_t> little_endian(std::size_t bytes);
  std::optional<std::string_view> take(std::uint64_t size);
  std::optional<Length> length();
  std::optional<std::uint64_t> plain_length();
  std::optional<std::string> text();
  std::optional<std::string> integer_text(std::size_t bytes);
  std::optional<std::string> packed_text();
  std::optional<Value> hash(bool expiring);
  std::optional<Value> hash_from_listpack();
  bool add(Hash& hash, std::string_view field, std::string_view held, std::int64_t expiry_ms) const;

  std::string_view bytes_;  // what is left
  ValueMaker maker_;
  std::string_view unsupported_;
};

// Whether version and checksum at the end of DUMP's payload are right. `any_version`: newer ones
// are, too (rdb-version-check relaxed); Redis's never.
bool sound_payload(std::string_view payload, bool any_version, const Profile& profile);

}  // namespace outlive
