#include "data/packed_pairs.hpp"

namespace outlive {

std::optional<std::string_view> PackedPairs::find(std::string_view field) const {
  for (std::size_t at = 0; at < bytes_.size();) {
    const bool found = text_at(at) == field;
    const std::string_view value = text_at(at);
    if (found) return value;
  }
  return std::nullopt;
}

PackedPairs::Pair PackedPairs::at(std::size_t index) const {
  std::size_t at = 0;
  for (; index > 0; --index) {
    text_at(at);
    text_at(at);
  }
  const std::string_view field = text_at(at);
  return {field, text_at(at)};
}

void PackedPairs::append_text(std::string& bytes, std::string_view text) {
  if (text.size() < long_from) {
    bytes += static_cast<char>(text.size());
  } else {
    const auto length = static_cast<std::uint32_t>(text.size());
    char head[long_head] = {static_cast<char>(long_from)};
    std::memcpy(head + 1, &length, sizeof length);
    bytes.append(head, sizeof head);
  }
  bytes += text;
}

void PackedPairs::append(std::string_view field, std::string_view value) {
  append_text(bytes_, field);
  append_text(bytes_, value);
  ++size_;
}

void PackedPairs::replace(std::string_view held, std::string_view value) {
  const auto begin = static_cast<std::size_t>(held.data() - bytes_.data());
  if (held.size() == value.size()) {
    bytes_.replace(begin, held.size(), value);
    return;
  }
  std::string text;
  append_text(text, value);
  const std::size_t head = head_of(held.size());
  bytes_.replace(begin - head, head + held.size(), text);
}

bool PackedPairs::erase(std::string_view field) {
  for (std::size_t at = 0; at < bytes_.size();) {
    const std::size_t begin = at;
    const bool found = text_at(at) == field;
    text_at(at);
    if (!found) continue;
    bytes_.erase(begin, at - begin);
    --size_;
    return true;
  }
  return false;
}

}  // namespace outlive
