#include "keyspace/entry.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "memory/footprint.hpp"

namespace outlive {
namespace {

constexpr std::size_t expiry_field = 8;

// A value inside the object: always with the two-length header (object.c, SDS_TYPE_8).
std::size_t embedded_text(std::size_t text_size) {
  constexpr std::size_t text_header = 3;
  return text_header + text_size + 1;
}

// What an embedded value takes over of the object's head: from 9.1 on the pointer's place.
std::size_t pointer_place(const Profile& profile) {
  return profile.keys == KeyLayout::in_object ? 0 : sizeof(void*);
}

// What is in front of an embedded value.
std::size_t head_and_key(const Entry& entry, const Profile& profile) {
  return footprint::object_head - pointer_place(profile) + footprint::embedded_key(entry.key_size);
}

// The object with the key inside it and a value of `text_size` bytes, but no expiry.
std::size_t embedded_bytes(const Entry& entry, std::size_t text_size, const Profile& profile) {
  // The pointer must find room again should the value move out.
  const std::size_t text = std::max(embedded_text(text_size), pointer_place(profile));
  return head_and_key(entry, profile) + text;
}

// Claims the field if the size class has room for it (object.c: "even if we don't need it now").
void settle(Entry& entry, std::size_t bytes, bool has_field, const Allocation& allocation) {
  const std::size_t block = allocation.size(bytes);
  entry.expiry_room = has_field || block >= bytes + expiry_field;
  entry.block = static_cast<std::uint32_t>(block);
}

// The dictionary's entry of 8.0: value, next, the size of the key's header, and the key with the
// header that it had as an argument (dict.c, createEmbeddedEntry; sds.c, sdscopytobuffer).
std::size_t entry_with_key_bytes(std::size_t key_size, const Allocation& allocation) {
  constexpr std::size_t fixed = 17;
  std::size_t header = 3;
  if (key_size > footprint::embedded_argument_max(allocation)) {
    const auto argument = footprint::text_block(allocation, key_size);
    header = argument.bytes - argument.room - 1;
  }
  return allocation.size(fixed + header + key_size + 1);
}

// server.h, OBJ_SHARED_INTEGERS.
bool may_be_shared(const Value& value) {
  const auto* string = std::get_if<String>(&value);
  return string && string->is_integer() && !string->unshared() && string->as_integer() >= 0 &&
         string->as_integer() < 10'000;
}

std::size_t object_apart_bytes(const Value& value, const Allocation& allocation) {
  if (!is_embedded(value)) return allocation.size(footprint::object_head);
  return footprint::argument(allocation, std::get_if<String>(&value)->size());
}

// That of Redis 7.0: key, value, next, with a copy of the key beside it (db.c, dbAdd).
std::size_t entry_beside_key_bytes(std::size_t key_size, const Allocation& allocation) {
  return allocation.size(footprint::dict_entry) + footprint::text_block(allocation, key_size).bytes;
}

void lay_out_apart(Entry& entry, const Ledger& ledger, bool may_share) {
  const Allocation& allocation = ledger.allocation();
  entry.expiry_room = true;  // the table of expiries keeps it
  entry.shared = may_share && may_be_shared(entry.value);
  std::size_t bytes = ledger.profile().keys == KeyLayout::in_entry
                          ? entry_with_key_bytes(entry.key_size, allocation)
                          : entry_beside_key_bytes(entry.key_size, allocation);
  if (!entry.shared) bytes += object_apart_bytes(entry.value, allocation);
  entry.block = static_cast<std::uint32_t>(bytes);
}

bool fits_beside_key(const Entry& entry, std::size_t text_size, const Profile& profile) {
  const std::size_t expiry = entry.expiry_ms != -1 ? expiry_field : 0;
  if (profile.keys == KeyLayout::in_object_over_pointer) {
    return footprint::object_head - sizeof(void*) + footprint::embedded_key(entry.key_size) +
               expiry + 4 + text_size <=
           footprint::embedded_total_max_over_pointer;
  }
  return footprint::object_head + entry.key_size + 3 + expiry + 4 + text_size <=
         footprint::embedded_total_max;
}

}  // namespace

void Entry::Deleter::operator()(Entry* entry) const {
  entry->~Entry();
  std::free(entry);
}

EntryPointer make_entry(const Key& key, Value&& value) {
  const std::size_t behind = key.text.size() - std::min(key.text.size(), sizeof Entry::key_text);
  void* memory = std::malloc(sizeof(Entry) + behind);
  if (!memory) throw std::bad_alloc();
  EntryPointer entry(new (memory) Entry{.value = std::move(value)});
  entry->hash = key.hash;
  entry->key_size = static_cast<std::uint32_t>(key.text.size());
  if (!key.text.empty()) {
    std::memcpy(&entry->key_text[0], key.text.data(), key.text.size());
  }
  return entry;
}

void lay_out(Entry& entry, const Ledger& ledger, bool may_share) {
  const Allocation& allocation = ledger.allocation();
  const Profile& profile = ledger.profile();
  if (!profile.keeps_key_in_object()) {
    return lay_out_apart(entry, ledger, may_share);
  }
  const std::size_t fixed = footprint::object_head + footprint::embedded_key(entry.key_size);
  bool has_field = entry.expiry_ms != -1;
  if (is_embedded(entry.value)) {
    auto* string = std::get_if<String>(&entry.value);
    const std::size_t text_size = string->size();
    if (fits_beside_key(entry, text_size, profile)) {
      settle(entry, embedded_bytes(entry, text_size, profile) + (has_field ? expiry_field : 0),
             has_field, allocation);
      return;
    }
    string->move_out(allocation);
  }
  has_field = has_field || entry.key_size >= footprint::key_reserves_expiry_min;
  settle(entry, fixed + (has_field ? expiry_field : 0), has_field, allocation);
}

void make_room_for_expiry(Entry& entry, const Ledger& ledger) {
  if (!entry.expiry_room) lay_out(entry, ledger, false);
}

std::size_t told_block(const Entry& entry, const Ledger& ledger) {
  const KeyLayout keys = ledger.profile().keys;
  if (keys == KeyLayout::in_object_over_pointer) return entry.block;
  if (keys != KeyLayout::in_object) {
    const std::size_t told = entry.block + (entry.shared ? footprint::object_head : 0);
    if (keys == KeyLayout::in_entry) return told;
    return told - ledger.allocation().size(footprint::dict_entry) + footprint::dict_entry;
  }
  return is_embedded(entry.value) ? entry.block : footprint::object_head;
}

std::size_t embedded_room_left(const Entry& entry, const Profile& profile) {
  const std::size_t text = embedded_text(entry.as<String>().size());
  return entry.block - head_and_key(entry, profile) - text - (entry.expiry_room ? expiry_field : 0);
}

}  // namespace outlive
