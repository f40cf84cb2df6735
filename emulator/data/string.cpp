#include "data/string.hpp"

#include <algorithm>
#include <charconv>

#include "base/number.hpp"
#include "memory/footprint.hpp"
#include "memory/growing_text.hpp"

namespace outlive {

String String::encoded(std::string_view text, const Allocation& allocation) {
  if (text.size() <= 20) {
    if (const auto value = parse_integer(text)) return integer(*value);
  }
  return plain(text, allocation);
}

String String::received(std::string_view text, const Allocation& allocation) {
  String string = encoded(text, allocation);
  if (text.size() >= footprint::big_argument_min) {
    const auto block = footprint::kept_argument(allocation, text.size());
    string.block_ = static_cast<std::uint32_t>(block.bytes);
    string.room_ = static_cast<std::uint32_t>(block.room);
  }
  return string;
}

String String::integer(std::int64_t value) {
  String string;
  string.encoding_ = StringEncoding::integer;
  string.integer_ = value;
  return string;
}

String String::plain(std::string_view text, const Allocation& allocation) {
  String string;
  string.text_.assign(text);
  if (text.size() > footprint::embedded_argument_max(allocation)) string.move_out(allocation);
  return string;
}

String String::raw(std::size_t size, const Allocation& allocation) {
  String string;
  string.text_.assign(size, '\0');
  string.move_out(allocation);
  return string;
}

std::string_view String::text(char (&scratch)[24]) const {
  if (!is_integer()) return text_;
  const auto end = std::to_chars(scratch, scratch + sizeof scratch, integer_).ptr;
  return {scratch, static_cast<std::size_t>(end - scratch)};
}

std::string String::text() const {
  char scratch[24];
  return std::string(text(scratch));
}

std::size_t String::size() const {
  char scratch[24];
  return text(scratch).size();
}

std::string& String::make_raw(const Allocation& allocation) {
  if (is_integer()) {
    char scratch[24];
    text_.assign(text(scratch));
  }
  if (encoding_ != StringEncoding::raw) move_out(allocation);
  return text_;
}

void String::reserve_for_growth(std::size_t needed, const Allocation& allocation, bool greedy) {
  if (needed <= room_) return;
  const std::size_t capacity = greedy ? greedy_capacity(needed) : needed;
  const auto block = footprint::text_block(allocation, capacity, true);
  block_ = static_cast<std::uint32_t>(block.bytes);
  room_ = static_cast<std::uint32_t>(block.room);
}

void String::forget_room() {
  const std::size_t size = text_.size();
  std::size_t room = std::min<std::size_t>(room_, countable_room(size));
  if (room - size > size / 10) room = size;
  room_ = static_cast<std::uint32_t>(room);
}

void String::set_integer(std::int64_t value) {
  *this = integer(value);
}

void String::move_out(const Allocation& allocation) {
  const auto block = footprint::text_block(allocation, text_.size());
  block_ = static_cast<std::uint32_t>(block.bytes);
  room_ = static_cast<std::uint32_t>(block.room);
  encoding_ = StringEncoding::raw;
}

}  // namespace outlive
