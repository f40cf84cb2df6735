// Integers of any width within strings: BITFIELD (bitops.c of 8.1).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/bit_offset.hpp"
#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

enum class Overflow : std::uint8_t { wrap, saturate, fail };

struct FieldType {
  bool is_signed = false;
  int bits = 0;  // 1 to 64, unsigned to 63

  std::int64_t max() const {
    const int magnitude = is_signed ? bits - 1 : bits;
    return magnitude == 63 ? INT64_MAX : (std::int64_t{1} << magnitude) - 1;
  }
  std::int64_t min() const { return is_signed ? -max() - 1 : 0; }
  // The low bits of a number, read as this type reads them.
  std::int64_t narrowed(std::uint64_t value) const {
    const int spare = 64 - bits;
    if (is_signed) return static_cast<std::int64_t>(value << spare) >> spare;
    return static_cast<std::int64_t>(value << spare >> spare);
  }
};

struct FieldOperation {
  enum class Kind : std::uint8_t { get, set, increment } kind = Kind::get;
  FieldType type;
  Overflow overflow = Overflow::wrap;
  std::uint64_t offset = 0;
  std::int64_t number = 0;

  std::uint64_t last_bit() const { return offset + static_cast<std::uint64_t>(type.bits) - 1; }
};

std::uint64_t read_bits(std::string_view text, std::uint64_t offset, int bits) {
  std::uint64_t value = 0;
  for (int i = 0; i < bits; ++i, ++offset) {
    const std::uint64_t byte = offset / 8;
    const unsigned octet = byte < text.size() ? static_cast<unsigned char>(text[byte]) : 0u;
    value = value << 1 | (octet >> (7 - offset % 8) & 1u);
  }
  return value;
}

void write_bits(std::string& text, std::uint64_t offset, int bits, std::uint64_t value) {
  for (int i = bits - 1; i >= 0; --i, ++offset) {
    const auto mask = static_cast<unsigned char>(0x80u >> (offset % 8));
    auto octet = static_cast<unsigned char>(text[offset / 8]);
    octet = static_cast<unsigned char>(value >> i & 1u ? octet | mask : octet & ~mask);
    text[offset / 8] = static_cast<char>(octet);
  }
}

// "i16", "u8"; none, with an error reply, for anything else.
std::optional<FieldType> field_type(Call& call, std::string_view word) {
  FieldType type{.is_signed = word.starts_with('i')};
  if (type.is_signed || word.starts_with('u')) {
    const auto bits = parse_integer(word.substr(1));
    if (bits && *bits >= 1 && *bits <= (type.is_signed ? 64 : 63)) {
      type.bits = static_cast<int>(*bits);
      return type;
    }
  }
  call.reply.error(
      "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but "
      "i64 is.");
  return std::nullopt;
}

struct FieldVerb {
  std::string_view word;
  FieldOperation::Kind kind;
  std::size_t arguments;
};
constexpr FieldVerb verbs[] = {{"get", FieldOperation::Kind::get, 2},
                               {"set", FieldOperation::Kind::set, 3},
                               {"incrby", FieldOperation::Kind::increment, 3}};

struct OverflowWord {
  std::string_view word;
  Overflow overflow;
};
constexpr OverflowWord overflow_words[] = {
    {"wrap", Overflow::wrap}, {"sat", Overflow::saturate}, {"fail", Overflow::fail}};

template <class Row, std::size_t N>
const Row* row_of(const Row (&table)[N], std::string_view word) {
  for (const Row& row : table) {
    if (equal_ignoring_case(row.word, word)) return &row;
  }
  return nullptr;
}

// Everything after the key; none, with an error reply, where it makes no sense.
std::optional<std::vector<FieldOperation>> read_operations(Call& call) {
  Args& args = call.args;
  std::vector<FieldOperation> operations;
  Overflow overflow = Overflow::wrap;
  const auto refuse = [&](std::string_view error) {
    call.reply.error(error);
    return std::nullopt;
  };
  while (!args.empty()) {
    const auto word = args.next();
    if (equal_ignoring_case(word, "overflow") && !args.empty()) {
      const OverflowWord* row = row_of(overflow_words, args.next());
      if (!row) return refuse("ERR Invalid OVERFLOW type specified");
      overflow = row->overflow;
      continue;
    }
    const FieldVerb* verb = row_of(verbs, word);
    if (!verb || args.left() < verb->arguments) return refuse(errors::syntax);
    const auto type = field_type(call, args.next());
    if (!type) return std::nullopt;
    const auto offset = bit_offset(call, args.next(), type->bits);
    if (!offset) return std::nullopt;
    FieldOperation operation{verb->kind, *type, overflow, *offset, 0};
    if (verb->kind != FieldOperation::Kind::get) {
      operation.number = args.next_integer();
      if (!args.done(call.reply)) return std::nullopt;
    }
    operations.push_back(operation);
  }
  return operations;
}

// What SET takes for too large, though it is too small: for an unsigned field, which reads its
// number as unsigned, a negative one; for a signed one what is so far below that the room up to the
// largest has no place in 64 bits (bitops.c, checkSignedBitfieldOverflow).
bool too_large_by_wrapping(const FieldType& type, std::int64_t number) {
  if (!type.is_signed) return number < 0;
  return type.bits < 64 && number < type.max() - INT64_MAX;
}

// What is to be stored, or none where OVERFLOW FAIL forbids it.
std::optional<std::int64_t> outcome(const FieldOperation& operation, std::int64_t old) {
  const FieldType& type = operation.type;
  const bool adds = operation.kind == FieldOperation::Kind::increment;
  const std::int64_t start = adds ? old : 0;
  std::int64_t sum = 0;
  const bool overflows = __builtin_add_overflow(start, operation.number, &sum);
  const bool above = overflows ? operation.number > 0
                               : sum > type.max() || (!adds && too_large_by_wrapping(type, sum));
  const bool below = !above && (overflows || sum < type.min());
  if (!above && !below) return sum;
  switch (operation.overflow) {
    case Overflow::fail:
      return std::nullopt;
    case Overflow::saturate:
      return above ? type.max() : type.min();
    default:
      return type.narrowed(static_cast<std::uint64_t>(start) +
                           static_cast<std::uint64_t>(operation.number));
  }
}

void get_field(Call& call, const FieldOperation& operation, std::string_view text) {
  const std::uint64_t bits = read_bits(text, operation.offset, operation.type.bits);
  call.reply.integer(operation.type.narrowed(bits));
}

// Whether something changed; none if OVERFLOW FAIL had it left alone.
std::optional<bool> change_field(Call& call, const FieldOperation& operation, std::string& text) {
  const FieldType& type = operation.type;
  const std::int64_t old = type.narrowed(read_bits(text, operation.offset, type.bits));
  const auto stored = outcome(operation, old);
  if (!stored) {
    call.reply.null();
    return std::nullopt;
  }
  call.reply.integer(operation.kind == FieldOperation::Kind::set ? old : *stored);
  write_bits(text, operation.offset, type.bits, static_cast<std::uint64_t>(*stored));
  return *stored != old;
}

void read_fields(Call& call, std::string_view name, const std::vector<FieldOperation>& operations) {
  const Entry* entry = call.db.find(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  char scratch[24];
  const std::string_view text = entry ? entry->as<String>().text(scratch) : std::string_view{};
  call.reply.array(operations.size());
  for (const FieldOperation& operation : operations) get_field(call, operation, text);
}

void change_fields(Call& call, std::string_view name, const std::vector<FieldOperation>& operations,
                   std::uint64_t last_bit) {
  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  std::int64_t changes = 0;
  {
    BitString bits(call, name, entry, last_bit);
    call.reply.array(operations.size());
    for (const FieldOperation& operation : operations) {
      if (operation.kind == FieldOperation::Kind::get) {
        get_field(call, operation, bits.text());
      } else if (const auto changed = change_field(call, operation, bits.text())) {
        changes += *changed || bits.grew() ? 1 : 0;
      }
    }
  }
  if (changes == 0) return;
  call.changed(name, bits_changed);
  call.keyspace.changes += static_cast<std::uint64_t>(changes - 1);
}

void run(Call& call, bool may_write) {
  const auto name = call.args.next();
  const auto operations = read_operations(call);
  if (!operations) return;
  std::optional<std::uint64_t> last_bit;
  for (const FieldOperation& operation : *operations) {
    if (operation.kind == FieldOperation::Kind::get) continue;
    last_bit = std::max(last_bit.value_or(0), operation.last_bit());
  }
  if (!last_bit) return read_fields(call, name, *operations);
  if (!may_write) return call.reply.error("ERR BITFIELD_RO only supports the GET subcommand");
  change_fields(call, name, *operations, *last_bit);
}

void bitfield(Call& call) {
  run(call, true);
}
void bitfield_ro(Call& call) {
  run(call, false);
}

constexpr Command rows[] = {
    {.name = "bitfield",
     .arity = -2,
     .flags = flag::write | flag::denyoom,
     .categories = category::bitmap,
     .keys = {KeySpec::range(
                  keyflag::rw | keyflag::update | keyflag::access | keyflag::variable_flags, 1, 0,
                  1)
                  .noted("This command allows both access and modification of the key")},
     .run = bitfield,
     .docs = {.summary = "Performs arbitrary bitfield integer operations on strings.",
              .since = "3.2.0",
              .group = "bitmap",
              .complexity = "O(1) for each subcommand specified"}},
    {.name = "bitfield_ro",
     .arity = -2,
     .flags = flag::readonly | flag::fast,
     .categories = category::bitmap,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = bitfield_ro,
     .docs = {.summary = "Performs arbitrary read-only bitfield integer operations on strings.",
              .since = "6.0.0",
              .group = "bitmap",
              .complexity = "O(1) for each subcommand specified"}},
};

}  // namespace

CommandRows bitfield_commands() {
  return rows;
}

}  // namespace outlive
