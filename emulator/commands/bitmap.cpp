// Bits of strings, one by one and by the byte (bitops.c of 8.1).
#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "commands/bit_offset.hpp"
#include "commands/families.hpp"
#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {
namespace {

void setbit(Call& call) {
  const auto name = call.args.next();
  const auto offset = bit_offset(call, call.args.next());
  if (!offset) return;
  constexpr std::string_view bad_bit = "ERR bit is not an integer or out of range";
  const auto on = call.args.next_integer_in(0, 1, bad_bit);
  if (!call.args.done(call.reply)) return;
  Entry* entry = call.db.find_for_write(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  BitString bits(call, name, entry, *offset);
  const auto byte = static_cast<unsigned char>(bits.text()[*offset / 8]);
  const auto mask = static_cast<unsigned char>(0x80u >> (*offset % 8));
  const bool was = byte & mask;
  if (was != (on == 1)) bits.text()[*offset / 8] = static_cast<char>(byte ^ mask);
  if (bits.grew() || was != (on == 1)) call.changed(name, bits_changed);
  call.reply.integer(was ? 1 : 0);
}

void getbit(Call& call) {
  const auto name = call.args.next();
  const auto offset = bit_offset(call, call.args.next());
  if (!offset) return;
  const Entry* entry = call.db.find(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  char scratch[24];
  const std::string_view text = entry ? entry->as<String>().text(scratch) : std::string_view{};
  const std::uint64_t byte = *offset / 8;
  const bool on =
      byte < text.size() && (static_cast<unsigned char>(text[byte]) & (0x80u >> (*offset % 8)));
  call.reply.integer(on ? 1 : 0);
}

// ---- ranges

// What BITCOUNT and BITPOS were asked to look at, as they name it: bytes, or bits with BIT.
struct AskedRange {
  std::int64_t start = 0;
  std::optional<std::int64_t> end;
  bool by_bit = false;
};

bool takes_unit(Args& args, AskedRange& asked) {
  asked.by_bit = args.take("bit");
  return asked.by_bit || args.take("byte");
}

// [start [end [BYTE|BIT]]]; false with an error reply.
bool read_range(Call& call, AskedRange& asked) {
  Args& args = call.args;
  if (args.left() > 3) args.fail(errors::syntax);
  if (!args.empty()) asked.start = args.next_integer();
  if (!args.failed() && !args.empty()) {
    // The unit is checked before the end is.
    asked.end = parse_integer(args.next());
    if (!args.empty() && !takes_unit(args, asked)) args.fail(errors::syntax);
    if (!asked.end) args.fail(errors::not_integer);
  }
  return args.done(call.reply);
}

bool backwards(const AskedRange& asked) {
  return asked.start < 0 && asked.end && *asked.end < 0 && asked.start > *asked.end;
}

// [start end [BYTE|BIT]] word by word, as BITCOUNT read them in Redis 7.0, where a range that runs
// backwards is answered whatever its unit; false with a reply.
bool read_range_in_turn(Call& call, AskedRange& asked) {
  Args& args = call.args;
  if (args.empty()) return true;
  if (args.left() == 1 || args.left() > 3) args.fail(errors::syntax);
  asked.start = args.next_integer();
  asked.end = args.next_integer();
  if (!args.failed() && backwards(asked)) {
    call.reply.integer(0);
    return false;
  }
  if (!args.empty() && !takes_unit(args, asked)) args.fail(errors::syntax);
  return args.done(call.reply);
}

// The same in bits, from the first to the last; first > last: nothing.
struct BitRange {
  std::int64_t first, last;
  bool empty() const { return first > last; }
};

BitRange resolve(const AskedRange& asked, std::size_t bytes) {
  const std::int64_t total = static_cast<std::int64_t>(bytes) * (asked.by_bit ? 8 : 1);
  const auto from_end = [&](std::int64_t at) {
    return std::max<std::int64_t>(0, at < 0 ? at + total : at);
  };
  const std::int64_t start = from_end(asked.start);
  const std::int64_t end = std::min(from_end(asked.end.value_or(total - 1)), total - 1);
  if (start > end) return {1, 0};
  return asked.by_bit ? BitRange{start, end} : BitRange{start * 8, end * 8 + 7};
}

// The byte at `index` with the bits outside the range read as `outside`.
unsigned byte_within(std::string_view text, std::int64_t index, BitRange range, bool outside) {
  auto byte =
      static_cast<unsigned>(static_cast<unsigned char>(text[static_cast<std::size_t>(index)]));
  const auto put = [&](unsigned mask) { byte = outside ? byte | mask : byte & ~mask; };
  if (index == range.first / 8) put(0xffu & ~(0xffu >> (range.first % 8)));
  if (index == range.last / 8) put((0x80u >> (range.last % 8)) - 1);
  return byte;
}

std::int64_t count_bits(std::string_view text, BitRange range) {
  const std::int64_t first = range.first / 8;
  const std::int64_t last = range.last / 8;
  std::int64_t count = std::popcount(byte_within(text, first, range, false));
  if (last > first) count += std::popcount(byte_within(text, last, range, false));
  std::int64_t at = first + 1;
  for (; at + 8 <= last; at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    count += std::popcount(word);
  }
  for (; at < last; ++at) {
    count += std::popcount(static_cast<unsigned char>(text[static_cast<std::size_t>(at)]));
  }
  return count;
}

// The first bit that is `wanted`, or -1.
std::int64_t find_bit(std::string_view text, BitRange range, bool wanted) {
  const char other = wanted ? '\0' : '\xff';
  const std::int64_t last = range.last / 8;
  for (std::int64_t at = range.first / 8; at <= last; ++at) {
    if (at != range.first / 8 && at != last && text[static_cast<std::size_t>(at)] == other)
      continue;
    const unsigned byte = byte_within(text, at, range, !wanted);
    const auto candidates = static_cast<std::uint8_t>(wanted ? byte : ~byte);
    if (candidates) return at * 8 + std::countl_zero(candidates);
  }
  return -1;
}

void bitcount(Call& call) {
  const auto name = call.args.next();
  // Redis 7.0 read no range where there is no string (bitops.c, bitcountCommand).
  const bool key_first = call.keyspace.ledger.profile().is_redis();
  const Entry* entry = key_first ? call.db.find(key_of(call, name)) : nullptr;
  if (key_first) {
    if (wrong_type<String>(call, entry)) return;
    if (!entry) return call.reply.integer(0);
  }
  AskedRange asked;
  if (!(key_first ? read_range_in_turn : read_range)(call, asked)) return;
  if (!key_first) entry = call.db.find(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  if (!entry || backwards(asked)) return call.reply.integer(0);
  char scratch[24];
  const std::string_view text = entry->as<String>().text(scratch);
  const BitRange range = resolve(asked, text.size());
  call.reply.integer(range.empty() ? 0 : count_bits(text, range));
}

void bitpos(Call& call) {
  const auto name = call.args.next();
  const auto wanted = call.args.next_integer();
  if (wanted != 0 && wanted != 1) call.args.fail("ERR The bit argument must be 1 or 0.");
  if (!call.args.done(call.reply)) return;
  AskedRange asked;
  const bool key_first = call.keyspace.ledger.profile().is_redis();
  const Entry* entry = key_first ? call.db.find(key_of(call, name)) : nullptr;
  if (wrong_type<String>(call, entry)) return;
  if ((!key_first || entry) && !read_range(call, asked)) return;
  if (!key_first) entry = call.db.find(key_of(call, name));
  if (wrong_type<String>(call, entry)) return;
  // No key is an endless row of clear bits.
  if (!entry) return call.reply.integer(wanted ? -1 : 0);
  char scratch[24];
  const std::string_view text = entry->as<String>().text(scratch);
  const BitRange range = resolve(asked, text.size());
  if (range.empty()) return call.reply.integer(-1);
  std::int64_t at = find_bit(text, range, wanted == 1);
  // Without an end, clear bits follow the string.
  if (at < 0 && wanted == 0 && !asked.end) at = range.last + 1;
  call.reply.integer(at);
}

// ---- BITOP

using Combine = char (*)(char, char);
struct BitOperation {
  std::string_view word;
  Combine combine;  // null: NOT
};
constexpr BitOperation operations[] = {
    {"and", [](char a, char b) { return static_cast<char>(a & b); }},
    {"or", [](char a, char b) { return static_cast<char>(a | b); }},
    {"xor", [](char a, char b) { return static_cast<char>(a ^ b); }},
    {"not", nullptr}};

// A missing key, and what is beyond the end of a shorter string, counts as zeros.
std::string combined(const std::vector<std::string>& sources, Combine combine) {
  std::size_t longest = 0;
  for (const std::string& source : sources) longest = std::max(longest, source.size());
  std::string result = sources.front();
  result.resize(longest);
  if (!combine) {
    for (char& byte : result) byte = static_cast<char>(~byte);
    return result;
  }
  for (std::size_t i = 1; i < sources.size(); ++i) {
    const std::string& source = sources[i];
    for (std::size_t at = 0; at < longest; ++at) {
      result[at] = combine(result[at], at < source.size() ? source[at] : '\0');
    }
  }
  return result;
}

void bitop(Call& call) {
  const auto word = call.args.next();
  const auto target = call.args.next();
  const auto* operation =
      std::find_if(std::begin(operations), std::end(operations),
                   [&](const auto& row) { return equal_ignoring_case(row.word, word); });
  if (operation == std::end(operations)) return call.reply.error(errors::syntax);
  if (!operation->combine && call.args.left() != 1) {
    return call.reply.error("ERR BITOP NOT must be called with a single source key.");
  }
  std::vector<std::string> sources;
  for (const std::string_view name : call.args.rest()) {
    const Entry* entry = call.db.find(key_of(call, name));
    if (wrong_type<String>(call, entry)) return;
    sources.push_back(entry ? entry->as<String>().text() : std::string());
  }
  const std::string result = combined(sources, operation->combine);
  const Key key = key_of(call, target);
  if (!result.empty()) {
    String value = String::raw(result.size(), allocation_of(call));
    value.make_raw(allocation_of(call)).replace(0, result.size(), result);
    call.db.put(key, std::move(value));
    ++call.keyspace.changes;
    call.notify(target, {EventClass::string, "set"});
  } else if (Entry* old = call.db.find_for_write(key)) {
    call.db.remove(*old, {.reason = Departure::Reason::deleted});
    call.changed(target, {EventClass::generic, "del"});
  }
  call.reply.integer(static_cast<std::int64_t>(result.size()));
}

constexpr Command rows[] = {
    {.name = "bitcount",
     .arity = -2,
     .flags = flag::readonly,
     .categories = category::bitmap,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = bitcount,
     .docs = {.summary = "Counts the number of set bits (population counting) in a string.",
              .since = "2.6.0",
              .group = "bitmap",
              .complexity = "O(N)"}},
    {.name = "bitop",
     .arity = -4,
     .flags = flag::write | flag::denyoom,
     .categories = category::bitmap,
     .keys = {KeySpec::range(keyflag::ow | keyflag::update, 2, 0, 1),
              KeySpec::range(keyflag::ro | keyflag::access, 3, -1, 1)},
     .run = bitop,
     .docs = {.summary = "Performs bitwise operations on multiple strings, and stores the result.",
              .since = "2.6.0",
              .group = "bitmap",
              .complexity = "O(N)"}},
    {.name = "bitpos",
     .arity = -3,
     .flags = flag::readonly,
     .categories = category::bitmap,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = bitpos,
     .docs = {.summary = "Finds the first set (1) or clear (0) bit in a string.",
              .since = "2.8.7",
              .group = "bitmap",
              .complexity = "O(N)"}},
    {.name = "getbit",
     .arity = 3,
     .flags = flag::readonly | flag::fast,
     .categories = category::bitmap,
     .keys = {KeySpec::range(keyflag::ro | keyflag::access, 1, 0, 1)},
     .run = getbit,
     .docs = {.summary = "Returns a bit value by offset.",
              .since = "2.2.0",
              .group = "bitmap",
              .complexity = "O(1)"}},
    {.name = "setbit",
     .arity = 4,
     .flags = flag::write | flag::denyoom,
     .categories = category::bitmap,
     .keys = {KeySpec::range(keyflag::rw | keyflag::access | keyflag::update, 1, 0, 1)},
     .run = setbit,
     .docs = {.summary = "Sets or clears the bit at offset of the string value. Creates the key if "
                         "it doesn't exist.",
              .since = "2.2.0",
              .group = "bitmap",
              .complexity = "O(1)"}},
};

}  // namespace

CommandRows bitmap_commands() {
  return rows;
}

}  // namespace outlive
