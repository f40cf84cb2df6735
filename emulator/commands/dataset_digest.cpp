#include "commands/dataset_digest.hpp"

#include <array>
#include <string_view>

#include "base/digest.hpp"

namespace outlive {

namespace {

// A number's four bytes as they travel on a network.
std::array<char, 4> big_endian(std::size_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
          static_cast<char>(value >> 8), static_cast<char>(value)};
}

class Mixture {
 public:
  // What comes in any order.
  void add(std::string_view bytes) {
    const Sha1Digest more = sha1(bytes);
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] ^= more[i];
  }
  void add(const Mixture& other) { add(other.bytes()); }
  // What comes in this order.
  void follow(std::string_view bytes) {
    add(bytes);
    sum_ = sha1(this->bytes());
  }
  void follow(std::size_t number) {
    const auto bytes = big_endian(number);
    follow(std::string_view(bytes.data(), bytes.size()));
  }

  std::string hex() const { return hex_of(sum_); }

 private:
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(sum_.data()), sum_.size()};
  }

  Sha1Digest sum_{};
};

// A type's number and its content (server.h, OBJ_STRING and OBJ_HASH).
struct MixValue {
  Mixture& mixture;

  void operator()(const String& string) const {
    char scratch[24];
    mixture.follow(0);
    mixture.follow(string.text(scratch));
  }
  void operator()(const HashPointer& hash) const {
    mixture.follow(4);
    hash->for_each([&](std::string_view field, std::string_view value) {
      Mixture pair;
      pair.follow(field);
      pair.follow(value);
      mixture.add(pair);
    });
  }
};

void mix_entry(Mixture& mixture, const Entry& entry) {
  std::visit(MixValue{mixture}, entry.value);
  if (entry.expiry_ms != -1) mixture.add("!!expire!!");
}

}  // namespace

std::string dataset_digest(const Keyspace& keyspace) {
  Mixture all;
  for (std::size_t i = 0; i < keyspace.databases(); ++i) {
    const Database& database = keyspace.database(i);
    if (database.size() == 0) continue;
    all.follow(i);
    database.keys().for_each([&](const Entry* entry) {
      Mixture one;
      one.follow(entry->key());
      mix_entry(one, *entry);
      all.add(one);
    });
  }
  return all.hex();
}

std::string value_digest(const Entry* entry) {
  Mixture one;
  if (entry) mix_entry(one, *entry);
  return one.hex();
}

}  // namespace outlive
