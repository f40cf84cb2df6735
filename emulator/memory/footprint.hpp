// What strings and objects weigh in Valkey 8.1 (sds.c, object.c), in bytes of used_memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "memory/allocation.hpp"

namespace outlive::footprint {

// sizeof(robj): type, encoding, access time, reference count and a pointer.
inline constexpr std::size_t object_head = 16;
// A dictionary, and an entry of it with a value (dict.c; it is the same in 8.0 and 8.1).
inline constexpr std::size_t dict_head = 56;
inline constexpr std::size_t dict_entry = 24;
// A list, and a node of it (adlist.h).
inline constexpr std::size_t list_head = 48;
inline constexpr std::size_t list_node = 24;
// What a kvstore adds to the head of each of its tables (kvstore.c).
inline constexpr std::size_t kvstore_metadata = 16;
// A value of up to this many bytes may share an allocation with its object and key: object_head,
// key, expiry and value together within 64 bytes (object.c, createStringObjectWithKeyAndExpire).
inline constexpr std::size_t embedded_total_max = 64;
// The same in 9.0 and later, where such a value takes the place of its pointer.
inline constexpr std::size_t embedded_total_max_over_pointer = 128;
// Arguments up to this length become one-allocation strings (OBJ_ENCODING_EMBSTR_SIZE_LIMIT; 9.0:
// object.c, shouldEmbedStringObject).
constexpr std::size_t embedded_argument_max(const Allocation& allocation) {
  return allocation.short_texts() == ShortTexts::over_pointer ? 116 : 44;
}
// A key of this length or more gets room for an expiry at once (object.c).
inline constexpr std::size_t key_reserves_expiry_min = 128;

// The header that a length-counted string of n bytes needs: 1, 3, 5, 9 or 17 bytes (sds.c of 8.1,
// sdsReqType: text, header and final zero together must be countable).
constexpr std::size_t header(std::size_t n) {
  if (n < 32) return 1;
  if (n + 3 + 1 <= 1u << 8) return 3;
  if (n + 5 + 1 <= 1u << 16) return 5;
  return n + 9 + 1 <= std::size_t{1} << 32 ? 9 : 17;
}

// The most text a header of that size can describe.
constexpr std::size_t header_reach(std::size_t header_size) {
  switch (header_size) {
    case 1:
      return 31;
    case 3:
      return 255;
    case 5:
      return 65535;
    case 9:
      return 0xffffffff;
    default:
      return SIZE_MAX;
  }
}

// The buckets of a hash table of so many items, filled evenly (data/hashtable.hpp).
constexpr std::size_t bucket_bytes(std::size_t items) {
  constexpr std::size_t bucket = 64;
  constexpr std::size_t slots = 7;
  std::size_t buckets = 1;
  while (items > buckets * slots) buckets *= 2;
  return buckets * bucket;
}

struct TextBlock {
  std::size_t bytes = 0;  // the allocation
  std::size_t room = 0;   // text it can hold without growing
};

// The block of a string made with `capacity` bytes of room. `growable` strings never use the
// one-byte header, which cannot remember free room. A block whose slack passes what the header can
// describe gets the next header, within the same block (sds.c, adjustTypeIfNeeded).
constexpr TextBlock text_block(const Allocation& allocation, std::size_t capacity,
                               bool growable = false) {
  std::size_t head = header(capacity);
  if (head == 1 && (growable || capacity == 0)) head = 3;
  const std::size_t bytes = allocation.size(head + capacity + 1);
  std::size_t room = bytes - head - 1;
  if (head == 1) return {bytes, capacity};
  if (room > header_reach(head)) {
    head = header(room);
    room = bytes - head - 1;
  }
  return {bytes, room};
}

// A key inside an object: a byte that tells the header's size, the header, the text, a zero.
constexpr std::size_t embedded_key(std::size_t key_size) {
  return 1 + header(key_size) + key_size + 1;
}

// An argument of this length or more keeps the buffer that it was read into, line end included
// (networking.c, processMultibulkBuffer; PROTO_MBULK_BIG_ARG).
inline constexpr std::size_t big_argument_min = 32 * 1024;

// The block of such an argument once it is a value: room of more than a tenth is given back, but
// the header stays as long as it was (object.c, trimStringObjectIfNeeded; sds.c, sdsResize).
constexpr TextBlock kept_argument(const Allocation& allocation, std::size_t n) {
  const TextBlock read = text_block(allocation, n + 2);
  if (read.room - n <= n / 10) return read;
  const std::size_t head = read.bytes - read.room - 1;
  const std::size_t bytes = allocation.size(head + n + 1);
  return {bytes, bytes - head - 1};
}

// One argument of a request: an object with the text inside, or beside it.
constexpr std::size_t argument(const Allocation& allocation, std::size_t n) {
  if (n >= big_argument_min) return object_head + text_block(allocation, n + 2).bytes;
  if (n <= embedded_argument_max(allocation)) {
    if (allocation.short_texts() == ShortTexts::beside_pointer) {
      return allocation.size(object_head + 3 + n + 1);
    }
    return allocation.size(object_head - sizeof(void*) + std::max(3 + n + 1, sizeof(void*)));
  }
  return object_head + text_block(allocation, n).bytes;
}

}  // namespace outlive::footprint
