#include "commands/bit_offset.hpp"

#include "commands/value_access.hpp"
#include "engine/engine.hpp"

namespace outlive {

std::optional<std::uint64_t> bit_offset(Call& call, std::string_view word, int width) {
  const bool by_field = width > 0 && word.starts_with('#');
  const auto number = parse_integer(by_field ? word.substr(1) : word);
  std::int64_t offset = -1;
  const bool fits = number && !__builtin_mul_overflow(*number, by_field ? width : 1, &offset);
  if (!fits || offset < 0 || offset / 8 >= call.engine.options.proto_max_bulk_len) {
    call.reply.error("ERR bit offset is not an integer or out of range");
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(offset);
}

BitString::BitString(Call& call, std::string_view name, Entry* entry, std::uint64_t last_bit)
    : entry_(entry ? *entry
                   : call.db.add(key_of(call, name),
                                 String::raw(last_bit / 8 + 1, allocation_of(call)))),
      edit_(call.db.edit_raw(entry_)),
      grew_(entry == nullptr) {
  String& string = entry_.as<String>();
  const std::size_t size = last_bit / 8 + 1;
  if (size > string.size()) {
    string.reserve_for_growth(size, allocation_of(call), true);
    string.make_raw(allocation_of(call)).resize(size);
    grew_ = true;
  }
  text_ = &string.make_raw(allocation_of(call));
}

}  // namespace outlive
