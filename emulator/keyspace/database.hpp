// One database: two tables over the same entries, and the doors through which keys come, change and
// go. Memory is charged, the journal written and watchers told here and nowhere else.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "data/table.hpp"
#include "keyspace/entry.hpp"
#include "keyspace/horizon.hpp"
#include "outlive/departure.hpp"

namespace outlive {

class Keyspace;

// How the tables of a database see entries.
struct EntryPolicy {
  using Item = Entry*;
  const Keyspace* keyspace;
  std::string_view key(const Entry* entry) const { return entry->key(); }
  std::uint64_t hash(std::string_view key) const;
  std::uint64_t hash_of(const Entry* entry) const { return entry->hash; }
  bool may_resize(std::size_t bytes) const;
  // A listNode: the kvstore lists the tables that are being rehashed (kvstore.c).
  static constexpr std::size_t rehash_note = 24;
  static constexpr bool shrinks_at_once = false;  // by Redis 7.0: the cron does it
  std::size_t entry_bytes = 0;  // in a chained table; a key's own entry is in its weight
};

// What a look-up does besides finding (db.c, LOOKUP_*).
struct Lookup {
  bool touch = true;     // the access time or counter moves
  bool count = true;     // hits and misses are counted, a miss is an event
  bool notify = true;    // a miss fires the keymiss event
  bool insists = false;  // TOUCH: moves the access time in spite of CLIENT NO-TOUCH
  bool forced = false;   // an expired key goes even in import mode, for a write needs its place
};
inline constexpr Lookup reading{};
inline constexpr Lookup reading_untouched{.touch = false};
inline constexpr Lookup writing{.count = false, .notify = false, .forced = true};
inline constexpr Lookup peeking{.touch = false, .count = false, .notify = false};

// How FLUSHDB empties: in place, which keeps the tables' heads, or by new tables while the old ones
// are freed in the background (db.c, emptyDbStructure).
enum class Flush : std::uint8_t { at_once, lazily };

// Why an entry goes, told to remove().
struct Farewell {
  Departure::Reason reason = Departure::Reason::deleted;
  bool lazily = false;      // freed in the background (UNLINK, lazyfree-*)
  std::uint64_t score = 0;  // evicted: see Departure
  bool stale_score = false;
  const std::vector<Departure::Candidate>* lost_to_it = nullptr;
};

class Database {
 public:
  using Table = outlive::Table<EntryPolicy>;

  Database(Keyspace& keyspace, int index);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  int index() const { return index_; }
  void renumber(int index) { index_ = index; }
  std::size_t size() const { return keys_.size(); }
  std::size_t expires_size() const { return expires_.size(); }

  // The entry of a key, or null. An expired one leaves on the way (lazy expiry).
  Entry* find(const Key& key, Lookup lookup = reading);
  Entry* find_for_write(const Key& key) { return find(key, writing); }
  // The same as it is: even if it has expired it stays, and nobody is told.
  Entry* find_as_it_is(std::string_view key) {
    Entry** const place = keys_.find(key);
    return place ? *place : nullptr;
  }

  // A key that is known to be absent. Fires the `new` event.
  Entry& add(const Key& key, Value&& value);
  // SET's way: a new key, or a new value for an old one, which then loses its expiry unless it is
  // to keep it.
  Entry& put(const Key& key, Value&& value, bool keep_expiry = false);
  // The same when the caller has just looked: `old` is what find() gave.
  Entry& put(const Key& key, Entry* old, Value&& value, bool keep_expiry = false);
  // A new value for an entry, its expiry and access bits kept, nothing told (dbReplaceValue).
  void replace(Entry& entry, Value&& value);

  // Changes of a value in place: the ledger is put right when the edit goes out of scope.
  class Edit {
   public:
    Edit(Database& database, Entry& entry);
    ~Edit();
    Edit(const Edit&) = delete;
    Edit& operator=(const Edit&) = delete;

   private:
    Database& database_;
    Entry& entry_;
    std::size_t before_;
  };
  Edit edit(Entry& entry) { return Edit(*this, entry); }
  // The same for a string that is about to be changed byte by byte: made raw first, out of the
  // object it may have shared (db.c, dbUnshareStringValue).
  Edit edit_raw(Entry& entry);

  // A string that is an integer becomes another.
  void set_integer(Entry& entry, std::int64_t value);

  // It is there, if databases are made when they are first selected.
  bool is_open() const { return open_; }
  void open();

  // Its tables were made, by the first key, and by the first expiry.
  bool has_had_keys() const { return keys_head_; }
  bool has_had_expiry() const { return expires_head_; }
  bool has_had_expiring_fields() const { return fields_head_; }
  void set_expiry(Entry& entry, std::int64_t unix_ms);
  // True if there was one.
  bool clear_expiry(Entry& entry);
  bool expired(const Entry& entry) const;

  // Fields of a hash came, went, or were given a time: whether it is listed among those that have
  // fields which expire.
  void note_fields(Entry& entry);
  // Erases up to `most` of a hash's fields that have expired, and the key once it is empty; how
  // many.
  std::size_t reclaim_fields(Entry& entry, std::size_t most);

  void remove(Entry& entry, const Farewell& farewell);
  // The same, keeping the value for another name or database.
  Value take(Entry& entry, const Farewell& farewell);
  // Deletes what is logically expired and tells everybody; `actively` is the cron's way.
  void expire(Entry& entry, bool actively);
  // FLUSHDB's way: everything goes, nobody is told but the journal.
  void clear(Flush how = Flush::at_once);

  // For whoever walks or samples; entries only go through the doors above.
  Table& keys() { return keys_; }
  Table& expires() { return expires_; }
  const Table& keys() const { return keys_; }
  const Table& expires() const { return expires_; }
  Table& with_expiring_fields() { return fields_; }
  const Table& with_expiring_fields() const { return fields_; }

  std::size_t expiry_cursor = 0;    // where active expiry goes on
  std::size_t fields_cursor = 0;    // and that of fields
  std::int64_t average_ttl_ms = 0;  // INFO's avg_ttl
  ExpiryHorizon horizon;            // which buckets of expires() it must read
  // How long the keys with a TTL have left on average; there must be one.
  std::int64_t mean_ttl_ms(std::int64_t now_ms) const;

 private:
  // A table with the kvstore's metadata, allocated with a database's first key or first expiry and
  // kept for good (kvstore.c, KVSTORE_ALLOCATE_…_ON_DEMAND).
  std::int64_t head_charge() const;
  void charge_head(bool& charged);
  void drop_head(bool& charged);
  void settle(Entry& entry);
  void look_before_expiry_goes(std::uint64_t hash);
  // Out of the table of keys with a TTL.
  void drop_expiry(Entry& entry);
  void resettle(Entry& entry);  // and puts the ledger right
  void touch(Entry& entry);
  void remove_quietly(Entry& entry);
  void unlist_fields(Entry& entry);
  void describe(const Entry& entry, const Farewell& farewell);

  Keyspace& keyspace_;
  int index_;
  Table keys_;
  Table expires_;
  Table fields_;  // hashes with fields that expire
  bool open_;
  bool keys_head_ = false;
  bool expires_head_ = false;
  bool fields_head_ = false;
  std::uint64_t expiry_sum_ = 0;  // of all expiry_ms, modulo 2^64
};

}  // namespace outlive
