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
  string.keep_argument_block(allocation);
  return string;
}

String String::lent(std::string_view text, const Allocation& allocation) {
  if (text.size() <= footprint::embedded_argument_max(allocation)) return encoded(text, allocation);
  String string;
  string.content_ = text;
  string.move_out(allocation);
  string.keep_argument_block(allocation);
  return string;
}

void String::keep_argument_block(const Allocation& allocation) {
  const std::size_t size = this->size();
  if (size < footprint::big_argument_min) return;
  const auto block = footprint::kept_argument(allocation, size);
  block_ = static_cast<std::uint32_t>(block.bytes);
  room_ = static_cast<std::uint32_t>(block.room);
}

String String::integer(std::int64_t value) {
  String string;
  string.encoding_ = StringEncoding::integer;
  string.content_ = value;
  return string;
}

String String::plain(std::string_view text, const Allocation& allocation) {
  String string;
  string.content_.emplace<std::string>(text);
  if (text.size() > footprint::embedded_argument_max(allocation)) string.move_out(allocation);
  return string;
}

String String::raw(std::size_t size, const Allocation& allocation) {
  String string;
  string.content_.emplace<std::string>(size, '\0');
  string.move_out(allocation);
  return string;
}

std::string_view String::text(char (&scratch)[24]) const {
  if (const auto* text = std::get_if<std::string>(&content_)) return *text;
  if (const auto* lent = std::get_if<std::string_view>(&content_)) return *lent;
  const auto end = std::to_chars(scratch, scratch + sizeof scratch, as_integer()).ptr;
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
  if (!std::holds_alternative<std::string>(content_)) content_ = text();
  if (encoding_ != StringEncoding::raw) move_out(allocation);
  return *std::get_if<std::string>(&content_);
}

void String::reserve_for_growth(std::size_t needed, const Allocation& allocation, bool greedy) {
  if (needed <= room_) return;
  const std::size_t capacity = greedy ? greedy_capacity(needed) : needed;
  const auto block = footprint::text_block(allocation, capacity, true);
  block_ = static_cast<std::uint32_t>(block.bytes);
  room_ = static_cast<std::uint32_t>(block.room);
}

void String::forget_room() {
  const std::size_t size = this->size();
  std::size_t room = std::min<std::size_t>(room_, countable_room(size));
  if (room - size > size / 10) room = size;
  room_ = static_cast<std::uint32_t>(room);
}

void String::set_integer(std::int64_t value) {
  *this = integer(value);
}

void String::move_out(const Allocation& allocation) {
  const auto block = footprint::text_block(allocation, size());
  block_ = static_cast<std::uint32_t>(block.bytes);
  room_ = static_cast<std::uint32_t>(block.room);
  encoding_ = StringEncoding::raw;
}

}  // namespace outlive
