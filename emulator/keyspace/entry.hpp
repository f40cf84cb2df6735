// One key with its value, expiry and access bits, in one allocation with the key's text.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/prefetch.hpp"
#include "data/value.hpp"
#include "memory/ledger.hpp"

namespace outlive {

// A key as commands hand it to the doors: its text and the hash that finds it, made once by
// Keyspace::key().
struct Key {
  std::string_view text;
  std::uint64_t hash = 0;
};

struct Entry {
  // First what eviction ranks by: one piece of memory tells it.
  std::uint64_t hash = 0;          // of the key, as its keyspace hashes
  std::int64_t expiry_ms = -1;     // Unix milliseconds; -1: never
  std::uint32_t block = 0;         // bytes of used_memory but for what the value has of its own
  std::uint32_t access : 24 = 0;   // see access.hpp
  std::uint32_t expiry_room : 1 = 0;  // Valkey's object has a field for the expiry already
  std::uint32_t shared : 1 = 0;       // the object is one of those that all small integers share
  std::uint32_t fields_expire : 1 = 0;  // its database lists it among hashes with such fields
  Value value;
  std::uint32_t key_size = 0;
  char key_text[4] = {};  // where it begins: it goes on behind

  std::string_view key() const { return {&key_text[0], key_size}; }

  template <class T>
  bool is() const {
    return std::holds_alternative<T>(value);
  }
  template <class T>
  T& as() {
    return *std::get_if<T>(&value);
  }
  template <class T>
  const T& as() const {
    return *std::get_if<T>(&value);
  }

  // What leaves used_memory when the entry goes (the tables that name it apart).
  std::size_t weight() const { return block + heap_bytes(value); }

  // Fetch it into the cache, with a key of the usual length; then, once it is there, its value.
  void prefetch() const {
    constexpr std::size_t usual = 192;
    outlive::prefetch(this, usual);
  }
  void prefetch_value() const {
    if (const String* string = std::get_if<String>(&value)) {
      string->prefetch();
    } else {
      outlive::prefetch(std::get_if<HashPointer>(&value)->get());
    }
  }
  // And once that is there, what it holds.
  void prefetch_parts() const {
    if (const HashPointer* fields = std::get_if<HashPointer>(&value)) (*fields)->prefetch();
  }

  struct Deleter {
    void operator()(Entry* entry) const;
  };
};

using EntryPointer = std::unique_ptr<Entry, Entry::Deleter>;

EntryPointer make_entry(const Key& key, Value&& value);

// Works out what key and object weigh with this value, by the ledger's profile.
//
// 8.1 (object.c): a short string shares the allocation with its key when all fit in 64 bytes, else
// it moves out; an expiry has its field if there is one, if the key is long, or if the size class
// leaves room for it. Sets block and expiry_room, and the encoding of a short string.
//
// 9.0 (object.c): the same within 128 bytes, and a short value lies where the pointer to it would.
//
// 8.0 (dict.c, object.c): the key is inside the table's entry, the object beside it. `may_share`:
// integers from 0 to 9999 are objects that all keys share, unless maxmemory ranks keys by their
// use.
void lay_out(Entry& entry, const Ledger& ledger, bool may_share);

// The same as `lay_out` after an expiry was set: Valkey reallocates the object only if it has no
// field for it yet.
void make_room_for_expiry(Entry& entry, const Ledger& ledger);

// What MEMORY USAGE tells of key and object, the value's own blocks apart: bug for bug, 8.1 knows of
// the key only when it is with a one-allocation string; 8.0 counts an object that is shared.
std::size_t told_block(const Entry& entry, const Ledger& ledger);

// Free bytes behind an embedded string in its entry's block: Valkey counts what the size class
// leaves over as the string's own.
std::size_t embedded_room_left(const Entry& entry, const Profile& profile);

}  // namespace outlive
