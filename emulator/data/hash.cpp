#include "data/hash.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "data/expiring_fields.hpp"
#include "data/listpack.hpp"
#include "data/table.hpp"
#include "memory/footprint.hpp"

namespace outlive {
namespace {

// Field and value share an allocation up to this size (t_hash.c, EMBED_VALUE_MAX_ALLOC_SIZE).
constexpr std::size_t embedded_pair_max = 128;
constexpr std::size_t expiry_bytes = 8;

std::size_t field_block(std::size_t size, std::size_t header) {
  return header + size + 1;
}

bool expired(std::int64_t expiry_ms, std::int64_t now_ms) {
  return expiry_ms != never_expires && now_ms > expiry_ms;
}

}  // namespace

// A field of a table. 8.1: one allocation with the value inside while the two are short; before:
// the dictionary's entry, the field and the value, each its own.
struct FieldEntry {
  std::string value;
  std::uint32_t block = 0;        // bytes of the entry's own allocation
  std::uint32_t value_block = 0;  // bytes of the value's, 0 while it is inside
  std::uint32_t field_size = 0;
  std::int64_t expiry_ms = never_expires;
  std::uint64_t arrival = 0;  // among the fields that expire
  std::uint32_t makings = 0;  // how often it was allocated

  std::string_view field() const { return {reinterpret_cast<const char*>(this + 1), field_size}; }
  std::size_t bytes() const { return block + value_block; }

  static FieldEntry* make(std::string_view field) {
    void* memory = std::malloc(sizeof(FieldEntry) + field.size());
    if (!memory) throw std::bad_alloc();
    auto* entry = new (memory) FieldEntry;
    entry->field_size = static_cast<std::uint32_t>(field.size());
    if (!field.empty()) std::memcpy(static_cast<void*>(entry + 1), field.data(), field.size());
    return entry;
  }
  static void destroy(FieldEntry* entry) {
    entry->~FieldEntry();
    std::free(entry);
  }

  void assign(std::string_view text, bool is_new, const Ledger& ledger) {
    if (ledger.profile().tables == TableKind::chains)
      return assign_apart(text, ledger.allocation());
    assign_together(text, is_new, expiry_ms, ledger.allocation());
  }
  // The same with another expiry, 9.0's way (entry.c, entryUpdate).
  void assign(std::string_view text, bool is_new, std::int64_t until_ms, const Ledger& ledger) {
    if (until_ms == expiry_ms || is_new) {
      expiry_ms = until_ms;
      return assign(text, is_new, ledger);
    }
    assign_together(text, is_new, until_ms, ledger.allocation());
  }
  // Its value stays: it is made anew if it gets or loses the room for a time.
  void expire_at(std::int64_t until_ms, const Allocation& allocation) {
    const bool moves = (until_ms == never_expires) != (expiry_ms == never_expires);
    expiry_ms = until_ms;
    if (moves) lay_out(value.size(), value_block, allocation);
  }

 private:
  void assign_apart(std::string_view text, const Allocation& allocation) {
    value.assign(text);
    block = static_cast<std::uint32_t>(allocation.size(footprint::dict_entry) +
                                       footprint::text_block(allocation, field_size).bytes);
    value_block = static_cast<std::uint32_t>(footprint::text_block(allocation, text.size()).bytes);
  }
  // As t_hash.c creates an entry, and as it replaces the value of an old one: in place when the new
  // value fits and leaves at most a quarter unused.
  // A field that expires has a header that can say so.
  std::size_t field_bytes() const {
    const std::size_t header = footprint::header(field_size);
    if (expiry_ms == never_expires) return field_block(field_size, header);
    return expiry_bytes + field_block(field_size, std::max<std::size_t>(3, header));
  }
  std::size_t pair_bytes(std::size_t value_size) const {
    return field_bytes() + field_block(value_size, 3);
  }
  void assign_together(std::string_view text, bool is_new, std::int64_t until_ms,
                       const Allocation& allocation) {
    const bool moves = (until_ms == never_expires) != (expiry_ms == never_expires);
    expiry_ms = until_ms;
    const std::size_t pair = pair_bytes(text.size());
    value.assign(text);
    const bool fits = pair <= embedded_pair_max;
    const bool in_place = fits && value_block == 0 && pair <= block && pair >= block * 3 / 4;
    const bool beside = !fits && value_block != 0;
    const auto apart =
        static_cast<std::uint32_t>(footprint::text_block(allocation, text.size()).bytes);
    if (is_new || moves || !(in_place || beside)) return lay_out(text.size(), apart, allocation);
    if (beside) value_block = apart;
  }
  // `apart`: the value's own block, should it not fit beside the field.
  void lay_out(std::size_t value_size, std::uint32_t apart, const Allocation& allocation) {
    ++makings;
    const std::size_t pair = pair_bytes(value_size);
    if (pair <= embedded_pair_max) {
      block = static_cast<std::uint32_t>(allocation.size(pair));
      value_block = 0;
      return;
    }
    const std::size_t header = std::max<std::size_t>(3, footprint::header(field_size));
    const std::size_t time = expiry_ms == never_expires ? 0 : expiry_bytes;
    block = static_cast<std::uint32_t>(
        allocation.size(time + sizeof(void*) + field_block(field_size, header)));
    value_block =
        apart != 0
            ? apart
            : static_cast<std::uint32_t>(footprint::text_block(allocation, value_size).bytes);
  }
};

struct FieldPolicy {
  using Item = FieldEntry*;
  std::uint64_t seed;
  std::string_view key(const FieldEntry* entry) const { return entry->field(); }
  std::uint64_t hash(std::string_view field) const { return hash_bytes(field, seed); }
  bool may_resize(std::size_t) const { return true; }
  static constexpr std::size_t rehash_note = 0;
  static constexpr bool shrinks_at_once = true;  // t_hash.c, hashTypeDelete
  static constexpr std::size_t entry_bytes = 0;  // FieldEntry's own bytes tell it
};

struct Hash::Table {
  outlive::Table<FieldPolicy> fields;
  std::size_t entry_bytes = 0;
  ExpiringFields<FieldEntry> expiring;

  Table(Ledger& ledger, std::uint64_t seed)
      : fields(FieldPolicy{seed}, ledger), expiring(ledger) {}
  ~Table() { fields.clear(FieldEntry::destroy); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  FieldSet set(std::string_view field, std::string_view value, const SetField& how,
               const Ledger& ledger) {
    const std::uint64_t hash = fields.hash(field);
    FieldEntry** place = fields.find(field, hash);
    FieldEntry* entry = place ? *place : FieldEntry::make(field);
    const bool renewed = place && expired(entry->expiry_ms, how.now_ms);
    const std::int64_t until_ms =
        place && !renewed && how.keep_expiry ? entry->expiry_ms : how.expiry_ms;
    change(entry, [&] { entry->assign(value, place == nullptr, until_ms, ledger); });
    if (!place) fields.insert_after_find(entry, hash);
    return renewed ? FieldSet::renewed : place ? FieldSet::replaced : FieldSet::created;
  }

  FieldEntry* find(std::string_view field, std::int64_t now_ms) {
    FieldEntry** place = fields.find(field);
    return place && !expired((*place)->expiry_ms, now_ms) ? *place : nullptr;
  }

  void expire_at(FieldEntry* entry, std::int64_t until_ms, const Allocation& allocation) {
    change(entry, [&] { entry->expire_at(until_ms, allocation); });
  }

  void erase(FieldEntry* entry) {
    fields.erase_item(entry, fields.hash(entry->field()));
    if (entry->expiry_ms != never_expires) expiring.erase(entry, entry->expiry_ms);
    entry_bytes -= entry->bytes();
    FieldEntry::destroy(entry);
  }

 private:
  template <class Change>
  void change(FieldEntry* entry, Change&& how) {
    const std::int64_t before_ms = entry->expiry_ms;
    const std::uint32_t makings = entry->makings;
    entry_bytes -= entry->bytes();
    how();
    entry_bytes += entry->bytes();
    expiring.update(entry, before_ms, entry->makings != makings);
  }
};

Hash::Hash(Ledger& ledger, std::uint64_t table_seed)
    : listpack_bytes_(listpack::frame_bytes), ledger_(&ledger), table_seed_(table_seed) {}

Hash::~Hash() = default;

std::size_t Hash::size() const {
  return table_ ? table_->fields.size() : pairs_.size();
}

std::size_t Hash::size_seen(std::int64_t now_ms) const {
  if (!has_expiring_fields()) return size();
  std::size_t seen = 0;
  for_each([&](std::string_view, std::string_view) { ++seen; }, now_ms);
  return seen;
}

bool Hash::is_listpack() const {
  return table_ == nullptr;
}

std::size_t Hash::head_bytes() const {
  return outlive::Table<FieldPolicy>::head_bytes(ledger_->profile()) +
         ledger_->profile().hash_metadata;
}

std::size_t Hash::heap_bytes() const {
  if (!table_) return ledger_->allocation().size(listpack_bytes_);
  const Allocation& allocation = ledger_->allocation();
  return allocation.size(head_bytes()) + table_->entry_bytes + table_->expiring.bytes();
}

std::size_t Hash::total_bytes() const {
  if (!table_) return heap_bytes();
  return heap_bytes() + table_->fields.table_bytes() + table_->expiring.table_bytes();
}

std::size_t Hash::sampled_bytes(std::size_t samples) const {
  if (!table_) return heap_bytes();
  std::size_t seen = 0;
  std::size_t sum = 0;
  // Of a dictionary's entry Valkey counts what it asked for, not what it got (dictEntryMemUsage).
  const bool apart = ledger_->profile().tables == TableKind::chains;
  const std::size_t untold =
      apart ? ledger_->allocation().size(footprint::dict_entry) - footprint::dict_entry : 0;
  table_->fields.for_each([&](const FieldEntry* entry) {
    if (samples != 0 && seen == samples) return;
    sum += entry->bytes() - untold;
    ++seen;
  });
  const std::size_t tables = head_bytes() + table_->fields.table_bytes();
  if (seen == 0) return tables;
  // object.c adds a double to a size_t and cuts the fraction off.
  const double average = static_cast<double>(sum) / static_cast<double>(seen);
  return static_cast<std::size_t>(static_cast<double>(tables) +
                                  average * static_cast<double>(size())) +
         table_->expiring.told_bytes();
}

std::optional<std::string_view> Hash::find(std::string_view field, std::int64_t now_ms) const {
  if (!table_) return pairs_.find(field);
  const FieldEntry* entry = table_->find(field, now_ms);
  return entry ? std::optional<std::string_view>(entry->value) : std::nullopt;
}

std::optional<std::int64_t> Hash::expiry_of(std::string_view field, std::int64_t now_ms) const {
  if (!table_) return pairs_.find(field) ? std::optional(never_expires) : std::nullopt;
  const FieldEntry* entry = table_->find(field, now_ms);
  return entry ? std::optional(entry->expiry_ms) : std::nullopt;
}

void Hash::set_expiry(std::string_view field, std::int64_t expiry_ms) {
  if (!table_ && expiry_ms == never_expires) return;
  if (!table_) convert();
  table_->expire_at(table_->find(field, sees_all), expiry_ms, ledger_->allocation());
}

bool Hash::has_expiring_fields() const {
  return table_ && !table_->expiring.empty();
}

std::size_t Hash::erase_expired(std::int64_t now_ms, std::size_t most) {
  std::size_t erased = 0;
  for (; erased < most && has_expiring_fields(); ++erased) {
    const auto [expiry_ms, entry] = table_->expiring.first();
    if (expiry_ms > now_ms) break;
    table_->erase(entry);
  }
  return erased;
}

void Hash::hold_shrinking(bool hold) {
  if (table_ && ledger_->profile().buckets == BucketHabits::hurried) {
    table_->fields.hold_shrinking(hold);
  }
}

void Hash::convert() {
  auto table = std::make_unique<Table>(*ledger_, table_seed_);
  if (!pairs_.empty()) table->fields.expand(pairs_.size());
  pairs_.for_each([&](std::string_view field, std::string_view value) {
    table->set(field, value, {}, *ledger_);
  });
  table_ = std::move(table);
  pairs_ = {};
}

void Hash::prepare(std::size_t fields_more, std::size_t longest, const HashLimits& limits) {
  if (table_) return;
  const bool counts = ledger_->profile().chains != ChainHabits::calm;  // Redis 7.0 sees as it goes
  if (counts && fields_more > limits.entries_max) {
    convert();
    table_->fields.expand(fields_more);
  } else if (longest > limits.value_max) {
    convert();
  }
}

bool Hash::set(std::string_view field, std::string_view value, const HashLimits& limits) {
  return set(field, value, limits, {}) == FieldSet::created;
}

FieldSet Hash::set(std::string_view field, std::string_view value, const HashLimits& limits,
                   const SetField& how) {
  const bool is_long = std::max(field.size(), value.size()) > limits.value_max;
  if (!table_ && (is_long || how.expiry_ms != never_expires)) convert();
  if (table_) return table_->set(field, value, how, *ledger_);
  const std::size_t value_bytes = listpack::element_bytes(value);
  const auto held = pairs_.find(field);
  if (held) {
    listpack_bytes_ += value_bytes - listpack::element_bytes(*held);
    pairs_.replace(*held, value);
  } else {
    pairs_.append(field, value);
    listpack_bytes_ += listpack::element_bytes(field) + value_bytes;
  }
  // The limit may have been lowered since (t_hash.c, hashTypeSet).
  if (size() > limits.entries_max) convert();
  return held ? FieldSet::replaced : FieldSet::created;
}

bool Hash::erase(std::string_view field, std::int64_t now_ms) {
  if (table_ && has_expiring_fields()) {
    FieldEntry* entry = table_->find(field, now_ms);
    if (entry) table_->erase(entry);
    return entry != nullptr;
  }
  if (table_) {
    FieldEntry* entry = table_->fields.erase(field, table_->fields.hash(field));
    if (!entry) return false;
    table_->entry_bytes -= entry->bytes();
    FieldEntry::destroy(entry);
    return true;
  }
  const auto held = pairs_.find(field);
  if (!held) return false;
  listpack_bytes_ -= listpack::element_bytes(field) + listpack::element_bytes(*held);
  return pairs_.erase(field);
}

void Hash::for_each(const std::function<void(std::string_view, std::string_view)>& visit,
                    std::int64_t now_ms) const {
  if (!table_) return pairs_.for_each(visit);
  table_->fields.for_each([&](const FieldEntry* entry) {
    if (!expired(entry->expiry_ms, now_ms)) visit(entry->field(), entry->value);
  });
}

void Hash::for_each_with_expiry(
    const std::function<void(std::string_view, std::string_view, std::int64_t)>& visit) const {
  if (!table_) {
    return pairs_.for_each([&](std::string_view field, std::string_view value) {
      visit(field, value, never_expires);
    });
  }
  table_->fields.for_each(
      [&](const FieldEntry* entry) { visit(entry->field(), entry->value, entry->expiry_ms); });
}

std::size_t Hash::scan(std::size_t cursor,
                       const std::function<void(std::string_view, std::string_view)>& visit,
                       std::int64_t now_ms) {
  if (!table_) {
    pairs_.for_each(visit);
    return 0;
  }
  return table_->fields.scan(cursor, [&](const FieldEntry* entry) {
    if (!expired(entry->expiry_ms, now_ms)) visit(entry->field(), entry->value);
  });
}

std::optional<std::pair<std::string_view, std::string_view>> Hash::random_field(
    Random& random, std::int64_t now_ms) {
  if (!table_) {
    const PackedPairs::Pair pair = pairs_.at(random.below(pairs_.size()));
    return {{pair.field, pair.value}};
  }
  constexpr int draws_max = 100;  // t_hash.c, hashTypeRandomElement
  for (int draw = 0; draw < draws_max; ++draw) {
    const FieldEntry* entry = table_->fields.fair_random_item(random);
    if (!expired(entry->expiry_ms, now_ms)) return {{entry->field(), entry->value}};
  }
  return std::nullopt;
}

std::string Hash::listpack_image() const {
  listpack::Writer writer;
  pairs_.for_each([&](std::string_view field, std::string_view value) {
    writer.append(field);
    writer.append(value);
  });
  return std::move(writer).finish();
}

std::vector<TableShape> Hash::table_shapes() const {
  if (!table_) return {};
  std::vector<TableShape> shapes{table_->fields.shape(0)};
  if (table_->fields.rehashing()) shapes.push_back(table_->fields.shape(1));
  return shapes;
}

std::unique_ptr<Hash> Hash::clone() const {
  auto copy = std::make_unique<Hash>(*ledger_, table_seed_);
  if (!table_) {
    copy->pairs_ = pairs_;
    copy->listpack_bytes_ = listpack_bytes_;
    return copy;
  }
  copy->convert();
  copy->table_->fields.expand(size());
  for_each_with_expiry([&](std::string_view field, std::string_view value, std::int64_t expiry_ms) {
    copy->table_->set(field, value, {.expiry_ms = expiry_ms}, *ledger_);
  });
  return copy;
}

}  // namespace outlive
