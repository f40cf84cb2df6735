#include "keyspace/keyspace.hpp"

#include <utility>

#include "base/hash.hpp"

namespace outlive {
namespace {

// Order within a hash is its table's, so fields are folded in by addition.
struct ValueDigest {
  std::uint64_t operator()(const String& string) const {
    char scratch[24];
    return hash_bytes(string.text(scratch), 1);
  }
  std::uint64_t operator()(const HashPointer& hash) const {
    std::uint64_t sum = 2;
    hash->for_each_with_expiry(
        [&](std::string_view field, std::string_view value, std::int64_t expiry_ms) {
          std::uint64_t one = hash_bytes(value, hash_bytes(field, 3));
          if (expiry_ms != never_expires) one += static_cast<std::uint64_t>(expiry_ms);
          sum += one;
        });
    return sum;
  }
};

}  // namespace

Keyspace::Keyspace(std::size_t databases, const Random& random, Ledger& the_ledger,
                   const KeyspaceSettings& the_settings, KeyspaceListener& the_listener)
    : ledger(the_ledger),
      settings(the_settings),
      listener(the_listener),
      lfu_random(random.fork("lfu")),
      command_random(random.fork("commands")),
      hash_seed_(random.fork("hash keys").next()),
      value_seed_(random.fork("hash values").next()) {
  for (std::size_t i = 0; i < databases; ++i) {
    databases_.push_back(std::make_unique<Database>(*this, static_cast<int>(i)));
  }
}

void Keyspace::reseed(const Random& random) {
  for (const auto& database : databases_) database->clear();
  expected_ = {};
  lfu_random = random.fork("lfu");
  command_random = random.fork("commands");
  hash_seed_ = random.fork("hash keys").next();
  value_seed_ = random.fork("hash values").next();
}

std::size_t Keyspace::total_keys() const {
  std::size_t total = 0;
  for (const auto& database : databases_) total += database->size();
  return total;
}

void Keyspace::swap(std::size_t one, std::size_t other) {
  std::swap(databases_[one], databases_[other]);
  databases_[one]->renumber(static_cast<int>(one));
  databases_[other]->renumber(static_cast<int>(other));
  use(static_cast<int>(std::max(one, other)));
}

std::uint64_t Keyspace::digest() const {
  std::uint64_t sum = 0;
  for (const auto& database : databases_) {
    database->keys().for_each([&](const Entry* entry) {
      std::uint64_t one = hash_bytes(entry->key(), static_cast<std::uint64_t>(database->index()));
      one = one * 0x9e3779b97f4a7c15u + std::visit(ValueDigest{}, entry->value);
      one = one * 0x9e3779b97f4a7c15u + static_cast<std::uint64_t>(entry->expiry_ms);
      sum += one ^ (one >> 29);
    });
  }
  return sum;
}

}  // namespace outlive
