// The hash type: a listpack while small, a hash table beyond (t_hash.c of 8.1).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "data/packed_pairs.hpp"
#include "data/table_shape.hpp"
#include "memory/ledger.hpp"

namespace outlive {

// The thresholds hash-max-listpack-entries and hash-max-listpack-value, and where tables charge.
struct HashLimits {
  std::size_t entries_max = 512;
  std::size_t value_max = 64;
};

// An instant before which every field is seen, expired or not.
inline constexpr std::int64_t sees_all = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t never_expires = -1;

// What became of a field that was to be set.
enum class FieldSet : std::uint8_t {
  created,
  replaced,
  renewed,  // created in the place of one that had expired
};

// How a field is set.
struct SetField {
  std::int64_t expiry_ms = never_expires;
  bool keep_expiry = false;  // of the field as it was
  std::int64_t now_ms = sees_all;
};

// Fields may expire since 9.0: such a hash is a table. `now_ms`, where it is asked for: fields that
// expired before it (Unix milliseconds) are not seen, though they are still there and counted.
class Hash {
 public:
  // `table_seed` seeds the table's hash function; the ledger is charged by the table alone, the
  // rest is told by heap_bytes().
  Hash(Ledger& ledger, std::uint64_t table_seed);
  ~Hash();
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;

  std::size_t size() const;
  // Without those that have expired.
  std::size_t size_seen(std::int64_t now_ms) const;
  bool is_listpack() const;
  // Bytes of used_memory besides the object's head that the ledger has NOT been charged by the
  // table itself: the listpack's block, or the table's head and its entries. O(1).
  std::size_t heap_bytes() const;
  // The same plus the tables' own bytes.
  std::size_t total_bytes() const;
  // MEMORY USAGE's estimate from the first `samples` entries (0: all), without the object's head.
  std::size_t sampled_bytes(std::size_t samples) const;

  std::optional<std::string_view> find(std::string_view field,
                                       std::int64_t now_ms = sees_all) const;
  // Sets a field; true if it is new. Converts first when a threshold is passed.
  bool set(std::string_view field, std::string_view value, const HashLimits& limits);
  // The same with an expiry (Unix milliseconds). A time makes the hash a table.
  FieldSet set(std::string_view field, std::string_view value, const HashLimits& limits,
               const SetField& how);
  bool erase(std::string_view field, std::int64_t now_ms = sees_all);

  // A field's expiry, or never_expires; none if there is no such field.
  std::optional<std::int64_t> expiry_of(std::string_view field, std::int64_t now_ms) const;
  // The field must be there.
  void set_expiry(std::string_view field, std::int64_t expiry_ms);
  bool has_expiring_fields() const;
  // Erases fields that expired before this instant, the earliest first; how many.
  std::size_t erase_expired(std::int64_t now_ms, std::size_t most);
  // While several fields are erased the table does not shrink (HDEL of 9.0); at the end it may.
  void hold_shrinking(bool hold);
  // Before several sets: converts at once if a text is too long or `more` fields would not fit.
  void prepare(std::size_t fields_more, std::size_t longest, const HashLimits& limits);

  // Its table, and while that is being rehashed the one it moves to; empty for a listpack.
  std::vector<TableShape> table_shapes() const;

  // Every field in table order.
  void for_each(const std::function<void(std::string_view, std::string_view)>& visit,
                std::int64_t now_ms = sees_all) const;
  // The same with each field's expiry.
  void for_each_with_expiry(
      const std::function<void(std::string_view, std::string_view, std::int64_t)>& visit) const;
  // HSCAN's step: a listpack is visited whole and answers 0.
  std::size_t scan(std::size_t cursor,
                   const std::function<void(std::string_view, std::string_view)>& visit,
                   std::int64_t now_ms = sees_all);
  // One random field (HRANDFIELD without a count draws fairly); none if a hundred draws met only
  // expired ones.
  std::optional<std::pair<std::string_view, std::string_view>> random_field(
      Random& random, std::int64_t now_ms = sees_all);

  // The bytes of its listpack; it must be one.
  std::string listpack_image() const;

  std::unique_ptr<Hash> clone() const;

  void prefetch() const {
    if (!table_) pairs_.prefetch();
  }

 private:
  void convert();
  std::size_t head_bytes() const;

  struct Table;
  PackedPairs pairs_;           // while it is a listpack
  std::size_t listpack_bytes_;  // what that would weigh, without the allocator's rounding
  std::unique_ptr<Table> table_;
  Ledger* ledger_;
  std::uint64_t table_seed_;
};

}  // namespace outlive
