// All databases of one server, and what their doors share: the ledger, the journal, chance, the
// moment, and whoever wants to be told.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/random.hpp"
#include "data/lent_texts.hpp"
#include "keyspace/database.hpp"
#include "keyspace/events.hpp"
#include "keyspace/journal.hpp"
#include "keyspace/moment.hpp"
#include "keyspace/settings.hpp"
#include "memory/ledger.hpp"

namespace outlive {

// Told of what happens at the doors. The engine implements it: WATCH, tracking, keyspace events.
class KeyspaceListener {
 public:
  virtual ~KeyspaceListener() = default;
  // The value, the expiry or the existence of a key changed.
  virtual void key_changed(Database& database, std::string_view key) = 0;
  // The same of a key that nobody deleted: it expired or was evicted.
  virtual void key_left(Database& database, std::string_view key) { key_changed(database, key); }
  virtual void key_event(Event event, std::string_view key, int database) = 0;
};

struct KeyspaceStats {
  std::uint64_t hits = 0;
  std::uint64_t misses = 0;
  std::uint64_t expired = 0;
  std::uint64_t expired_actively = 0;
  std::uint64_t evicted = 0;
  std::uint64_t expire_time_cap_reached = 0;
  double expired_stale_percent = 0;
  std::uint64_t expired_fields = 0;  // of hashes
  double fields_stale_percent = 0;   // of hashes with fields that expire, those with expired ones
  std::uint64_t lazyfreed_objects = 0;
};

class Keyspace {
 public:
  // `random` is forked for hashing, LFU and commands. At least one database.
  Keyspace(std::size_t databases, const Random& random, Ledger& ledger,
           const KeyspaceSettings& settings, KeyspaceListener& listener);

  Key key(std::string_view text) const {
    const bool known = text.data() == expected_.text.data() &&
                       text.size() == expected_.text.size() && !text.empty();
    return known ? expected_ : Key{text, hash(text)};
  }
  // The key, these very bytes, that will be asked for next and has been hashed already; {} once they
  // may change.
  void expect(const Key& next) { expected_ = next; }
  std::uint64_t hash(std::string_view text) const { return hash_bytes(text, hash_seed_); }

  std::size_t databases() const { return databases_.size(); }
  // Those with a larger index have never had a key.
  std::size_t databases_in_use() const { return databases_in_use_; }
  void use(int index) {
    databases_in_use_ = std::max(databases_in_use_, static_cast<std::size_t>(index) + 1);
  }
  Database& database(std::size_t index) { return *databases_[index]; }
  const Database& database(std::size_t index) const { return *databases_[index]; }
  // Forks all streams anew and empties the tables, for where a key is kept is chance too.
  void reseed(const Random& random);

  std::size_t total_keys() const;
  // SWAPDB: the two change their numbers.
  void swap(std::size_t one, std::size_t other);

  // The value types' tables are seeded apart, so that a hash's order says nothing of the keys'.
  std::uint64_t value_seed() const { return value_seed_; }

  // Whether a table may grow by this much now (server.c, hashtableResizeAllowed); the engine asks
  // maxmemory.
  std::function<bool(std::size_t)> may_resize = [](std::size_t) { return true; };

  // Expired keys are hidden, but none goes: a pause, or import mode.
  bool expiry_held() const { return moment.expiry_paused || settings.importing; }

  // A digest of all keys, values and expiries, however they are kept.
  std::uint64_t digest() const;

  Ledger& ledger;
  const KeyspaceSettings& settings;
  KeyspaceListener& listener;
  LentTexts lent;
  Journal journal;
  KeyspaceStats stats;
  Moment moment;
  Random lfu_random;
  Random command_random;   // RANDOMKEY, HRANDFIELD, SPOP …
  std::uint64_t changes = 0;   // rdb_changes_since_last_save ("dirty")

 private:
  std::uint64_t hash_seed_;
  std::uint64_t value_seed_;
  Key expected_{};
  std::size_t databases_in_use_ = 0;
  std::vector<std::unique_ptr<Database>> databases_;
};

inline std::uint64_t EntryPolicy::hash(std::string_view key) const { return keyspace->hash(key); }

}  // namespace outlive
