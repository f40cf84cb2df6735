// Pairs of texts in order of arrival, one after the other in one block of memory: what a small hash
// keeps, so that a look-up touches a line or two of the cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/prefetch.hpp"

namespace outlive {

class PackedPairs {
 public:
  struct Pair {
    std::string_view field, value;
  };

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The views are good until the next change.
  std::optional<std::string_view> find(std::string_view field) const;
  // The pair at this place in order of arrival, which there must be.
  Pair at(std::size_t index) const;
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t at = 0; at < bytes_.size();) {
      const std::string_view field = text_at(at);
      visit(field, text_at(at));
    }
  }

  // The field must be absent.
  void append(std::string_view field, std::string_view value);
  // The field must be there, and its value what find() has just told.
  void replace(std::string_view held, std::string_view value);
  bool erase(std::string_view field);

  void prefetch() const { outlive::prefetch(bytes_.data()); }

 private:
  // A length takes a byte, or from 255 on that byte and four more.
  static constexpr std::size_t long_from = 255;
  static constexpr std::size_t long_head = 5;

  static std::size_t head_of(std::size_t size) { return size < long_from ? 1 : long_head; }
  static void append_text(std::string& bytes, std::string_view text);
  // The text that begins at `at`, which moves behind it.
  std::string_view text_at(std::size_t& at) const {
    std::size_t size = static_cast<unsigned char>(bytes_[at]);
    if (size == long_from) {
      std::uint32_t length;
      std::memcpy(&length, bytes_.data() + at + 1, sizeof length);
      size = length;
    }
    const std::size_t begin = at + head_of(size);
    at = begin + size;
    return {bytes_.data() + begin, size};
  }

  std::string bytes_;
  std::size_t size_ = 0;
};

}  // namespace outlive
