#include "keyspace/database.hpp"

#include <algorithm>
#include <utility>

#include "keyspace/access.hpp"
#include "keyspace/keyspace.hpp"
#include "memory/footprint.hpp"

namespace outlive {
namespace {

// UNLINK frees in the background what has more allocations than this (LAZYFREE_THRESHOLD).
constexpr std::size_t lazyfree_threshold = 64;

}  // namespace

bool EntryPolicy::may_resize(std::size_t bytes) const {
  return keyspace->may_resize(bytes);
}

Database::Database(Keyspace& keyspace, int index)
    : keyspace_(keyspace),
      index_(index),
      keys_(EntryPolicy{&keyspace}, keyspace.ledger),
      expires_(EntryPolicy{&keyspace, footprint::dict_entry}, keyspace.ledger),
      fields_(EntryPolicy{&keyspace}, keyspace.ledger),
      open_(index == 0 || !keyspace.ledger.profile().lazy_databases) {}

Database::~Database() {
  fields_.clear([](Entry*) {});
  expires_.clear([](Entry*) {});
  keys_.clear([](Entry* entry) { Entry::Deleter{}(entry); });
}

std::int64_t Database::head_charge() const {
  const Profile& profile = keyspace_.ledger.profile();
  if (profile.kvstore_head == 0) return 0;  // it is there from the start
  return keyspace_.ledger.block(Table::head_bytes(profile) + footprint::kvstore_metadata);
}

void Database::open() {
  if (open_) return;
  open_ = true;
  // server.c, createDatabase; kvstore.c, kvstoreCreate; dict.c.
  constexpr std::size_t database_struct = 96, stores = 3, dicts = 4;
  constexpr std::size_t tables_pointer = 8;
  const Profile& profile = keyspace_.ledger.profile();
  const auto block = [this](std::size_t bytes) { return keyspace_.ledger.block(bytes); };
  const std::int64_t store = block(profile.kvstore_head) + block(tables_pointer) +
                             block(profile.table_head) + block(footprint::list_head);
  keyspace_.use(index_);
  keyspace_.ledger.add(block(database_struct) + stores * store +
                       dicts * block(footprint::dict_head));
}

void Database::charge_head(bool& charged) {
  if (charged) return;
  open();
  charged = true;
  keyspace_.use(index_);
  keyspace_.ledger.add(head_charge());
}

void Database::drop_head(bool& charged) {
  if (!charged) return;
  charged = false;
  keyspace_.ledger.add(-head_charge());
}

bool Database::expired(const Entry& entry) const {
  return entry.expiry_ms != -1 && keyspace_.moment.now_ms > entry.expiry_ms &&
         !keyspace_.moment.sees_expired;
}

void Database::touch(Entry& entry) {
  // Ranked by its use, a key needs an object of its own (db.c of 8.0, lookupKey).
  if (entry.shared && !keyspace_.settings.shares_integers) [[unlikely]]
    resettle(entry);
  entry.access =
      access::touched(entry.access, keyspace_.settings, keyspace_.moment, keyspace_.lfu_random) &
      0xffffff;
}

Entry* Database::find(const Key& key, Lookup lookup) {
  Entry** place = keys_.find(key.text, key.hash);
  Entry* entry = place ? *place : nullptr;
  if (entry) expires_.nudge_chained(key.hash);  // db.c, getExpire, up to 8.0
  if (entry && entry->expiry_ms != -1 && expired(*entry)) [[unlikely]] {
    const bool held = lookup.forced ? keyspace_.moment.expiry_paused : keyspace_.expiry_held();
    if (!held) expire(*entry, false);
    entry = nullptr;
  }
  if (entry) {
    if (lookup.touch && (lookup.insists || !keyspace_.moment.no_touch)) touch(*entry);
    if (lookup.count) ++keyspace_.stats.hits;
    return entry;
  }
  if (lookup.notify) {
    keyspace_.listener.key_event({EventClass::key_miss, "keymiss"}, key.text, index_);
  }
  if (lookup.count) ++keyspace_.stats.misses;
  return nullptr;
}

Entry& Database::add(const Key& key, Value&& value) {
  charge_head(keys_head_);
  EntryPointer made = make_entry(key, std::move(value));
  settle(*made);
  made->access = access::fresh(keyspace_.settings, keyspace_.moment) & 0xffffff;
  keyspace_.ledger.add(static_cast<std::int64_t>(made->weight()));
  Entry* entry = made.release();
  keys_.insert(entry, key.hash);
  if (entry->is<HashPointer>()) note_fields(*entry);
  keyspace_.listener.key_event({EventClass::key_new, "new"}, key.text, index_);
  return *entry;
}

Entry& Database::put(const Key& key, Value&& value, bool keep_expiry) {
  return put(key, find(key, writing), std::move(value), keep_expiry);
}

Entry& Database::put(const Key& key, Entry* old, Value&& value, bool keep_expiry) {
  if (!old) {
    Entry& entry = add(key, std::move(value));
    if (!keep_expiry) {
      look_before_expiry_goes(key.hash);
      expires_.nudge(key.hash);
    }
    keyspace_.listener.key_changed(*this, key.text);
    return entry;
  }
  if (keyspace_.journal.active()) describe(*old, {.reason = Departure::Reason::overwritten});
  replace(*old, std::move(value));
  if (!keep_expiry && !clear_expiry(*old)) expires_.nudge(key.hash);
  keyspace_.listener.key_changed(*this, key.text);
  return *old;
}

// Looked up once more, as Valkey does (db.c, dbSetValue).
void Database::replace(Entry& entry, Value&& value) {
  keys_.nudge(entry.hash);
  const auto before = static_cast<std::int64_t>(entry.weight());
  // Valkey keeps the old object and swaps the pointers in, unless either is a one-allocation string
  // (db.c, dbSetValue).
  const bool new_object = is_embedded(entry.value) || is_embedded(value);
  if (new_object && entry.expiry_ms != -1) expires_.nudge(entry.hash);
  unlist_fields(entry);
  entry.value = std::move(value);
  if (entry.is<HashPointer>()) note_fields(entry);
  if (new_object || !keyspace_.ledger.profile().keeps_key_in_object()) settle(entry);
  keyspace_.ledger.add(static_cast<std::int64_t>(entry.weight()) - before);
}

void Database::settle(Entry& entry) {
  lay_out(entry, keyspace_.ledger, keyspace_.settings.shares_integers);
}

void Database::resettle(Entry& entry) {
  const auto before = static_cast<std::int64_t>(entry.weight());
  settle(entry);
  keyspace_.ledger.add(static_cast<std::int64_t>(entry.weight()) - before);
}

void Database::set_integer(Entry& entry, std::int64_t value) {
  entry.as<String>().set_integer(value);
  if (!keyspace_.ledger.profile().keeps_key_in_object()) resettle(entry);
}

Database::Edit Database::edit_raw(Entry& entry) {
  String& string = entry.as<String>();
  const bool shared_object = string.encoding() == StringEncoding::embedded;
  const auto before = static_cast<std::int64_t>(entry.weight());
  string.make_raw(keyspace_.ledger.allocation());
  if (shared_object || entry.shared) settle(entry);
  keyspace_.ledger.add(static_cast<std::int64_t>(entry.weight()) - before);
  return Edit(*this, entry);
}

Database::Edit::Edit(Database& database, Entry& entry)
    : database_(database), entry_(entry), before_(entry.weight()) {}

Database::Edit::~Edit() {
  if (entry_.is<HashPointer>()) database_.note_fields(entry_);
  database_.keyspace_.ledger.add(static_cast<std::int64_t>(entry_.weight()) -
                                 static_cast<std::int64_t>(before_));
}

void Database::set_expiry(Entry& entry, std::int64_t unix_ms) {
  keys_.nudge(entry.hash);  // db.c, setExpire
  const auto before = static_cast<std::int64_t>(entry.weight());
  const bool had = entry.expiry_ms != -1;
  expiry_sum_ +=
      static_cast<std::uint64_t>(unix_ms) - (had ? static_cast<std::uint64_t>(entry.expiry_ms) : 0);
  horizon.note(entry.hash, unix_ms);
  entry.expiry_ms = unix_ms;
  if (had) return;
  charge_head(expires_head_);
  make_room_for_expiry(entry, keyspace_.ledger);
  keyspace_.ledger.add(static_cast<std::int64_t>(entry.weight()) - before);
  expires_.insert(&entry, entry.hash);
  horizon.added(entry.hash);
}

// Redis 7.0 makes sure that the key is there (db.c, removeExpire).
void Database::look_before_expiry_goes(std::uint64_t hash) {
  if (keyspace_.ledger.profile().chains == ChainHabits::calm) keys_.nudge(hash);
}

bool Database::clear_expiry(Entry& entry) {
  look_before_expiry_goes(entry.hash);
  if (entry.expiry_ms == -1) return false;
  drop_expiry(entry);
  entry.expiry_ms = -1;
  return true;
}

void Database::drop_expiry(Entry& entry) {
  expires_.erase_item(&entry, entry.hash);
  horizon.removed(entry.hash);
  expiry_sum_ -= static_cast<std::uint64_t>(entry.expiry_ms);
}

std::int64_t Database::mean_ttl_ms(std::int64_t now_ms) const {
  const auto keys = static_cast<std::int64_t>(expires_.size());
  const std::uint64_t left = expiry_sum_ - static_cast<std::uint64_t>(now_ms * keys);
  return static_cast<std::int64_t>(left) / keys;
}

void Database::note_fields(Entry& entry) {
  const bool has = entry.as<HashPointer>()->has_expiring_fields();
  if (has == static_cast<bool>(entry.fields_expire)) return;
  if (!has) return unlist_fields(entry);
  charge_head(fields_head_);
  fields_.insert(&entry, entry.hash);
  entry.fields_expire = true;
}

void Database::unlist_fields(Entry& entry) {
  if (!entry.fields_expire) return;
  fields_.erase_item(&entry, entry.hash);
  entry.fields_expire = false;
}

std::size_t Database::reclaim_fields(Entry& entry, std::size_t most) {
  std::size_t erased = 0;
  {
    const Edit editing = edit(entry);
    erased = entry.as<HashPointer>()->erase_expired(keyspace_.moment.now_ms, most);
  }
  if (erased == 0) return 0;
  keyspace_.stats.expired_fields += erased;
  note_fields(entry);
  const std::string key(entry.key());
  const bool emptied = entry.as<HashPointer>()->size() == 0;
  keyspace_.listener.key_event({EventClass::expired, "hexpired"}, key, index_);
  if (emptied) {
    remove(entry, {.reason = Departure::Reason::expired_actively,
                   .lazily = keyspace_.settings.lazy_expire});
    keyspace_.listener.key_event({EventClass::generic, "del"}, key, index_);
  }
  keyspace_.listener.key_left(*this, key);
  return erased;
}

void Database::remove(Entry& entry, const Farewell& farewell) {
  if (keyspace_.journal.active()) describe(entry, farewell);
  if (farewell.lazily && free_effort(entry.value) > lazyfree_threshold) {
    ++keyspace_.stats.lazyfreed_objects;
  }
  remove_quietly(entry);
}

void Database::remove_quietly(Entry& entry) {
  unlist_fields(entry);
  keys_.erase_item(&entry, entry.hash);
  if (entry.expiry_ms != -1) drop_expiry(entry);
  keyspace_.ledger.add(-static_cast<std::int64_t>(entry.weight()));
  EntryPointer gone(&entry);
}

Value Database::take(Entry& entry, const Farewell& farewell) {
  if (keyspace_.journal.active()) describe(entry, farewell);
  unlist_fields(entry);
  const auto before = static_cast<std::int64_t>(entry.weight());
  Value value = std::move(entry.value);
  entry.value = String::integer(0);
  keyspace_.ledger.add(static_cast<std::int64_t>(entry.weight()) - before);
  remove_quietly(entry);
  return value;
}

void Database::expire(Entry& entry, bool actively) {
  const std::string key(entry.key());
  remove(entry, {.reason = actively ? Departure::Reason::expired_actively
                                    : Departure::Reason::expired_lazily,
                 .lazily = keyspace_.settings.lazy_expire});
  ++keyspace_.stats.expired;
  if (actively) ++keyspace_.stats.expired_actively;
  keyspace_.listener.key_event({EventClass::expired, "expired"}, key, index_);
  keyspace_.listener.key_left(*this, key);
}

void Database::describe(const Entry& entry, const Farewell& farewell) {
  const Moment& moment = keyspace_.moment;
  Departure& departure = keyspace_.journal.blank();
  departure.when = Time{moment.now.time_since_epoch()};
  departure.reason = farewell.reason;
  departure.database = index_;
  departure.key = entry.key();
  departure.type = type_name(entry.value);
  departure.cause = moment.cause;
  departure.client = moment.client;
  if (entry.expiry_ms != -1) {
    departure.ttl_ms = std::max<std::int64_t>(0, entry.expiry_ms - moment.now_ms);
  }
  if (keyspace_.settings.lfu) {
    departure.idle_ms = -1;
    departure.frequency =
        static_cast<int>(access::frequency(entry.access, keyspace_.settings, moment));
  } else {
    departure.idle_ms = static_cast<std::int64_t>(access::idle_ms(entry.access, moment));
  }
  departure.size = entry.weight();
  departure.score = farewell.score;
  departure.stale_score = farewell.stale_score;
  if (farewell.lost_to_it) departure.lost_to_it = *farewell.lost_to_it;
  keyspace_.journal.record(departure);
}

void Database::clear(Flush how) {
  if (keyspace_.journal.active()) {
    keys_.for_each(
        [this](const Entry* entry) { describe(*entry, {.reason = Departure::Reason::flushed}); });
  }
  const std::size_t keys_gone = size();
  fields_.clear([](Entry*) {});
  expires_.clear([](Entry*) {});
  keys_.clear([this](Entry* entry) {
    keyspace_.ledger.add(-static_cast<std::int64_t>(entry->weight()));
    Entry::Deleter{}(entry);
  });
  if (how == Flush::lazily) {
    keyspace_.stats.lazyfreed_objects += keys_gone;
    drop_head(keys_head_);
    drop_head(expires_head_);
    drop_head(fields_head_);
  }
  expiry_sum_ = 0;
  horizon.clear();
  expiry_cursor = 0;
  fields_cursor = 0;
  average_ttl_ms = 0;
}

}  // namespace outlive
