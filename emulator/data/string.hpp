// The string type: an integer or text, with the encodings that Valkey 8.1 would choose.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/prefetch.hpp"
#include "memory/allocation.hpp"

namespace outlive {

// What OBJECT ENCODING says of a string, and where Valkey would keep it.
enum class StringEncoding : std::uint8_t {
  integer,   // "int": in the object's pointer, no block of its own
  embedded,  // "embstr": inside the object's allocation
  raw,       // "raw": in a block of its own, which may have room to grow
};

class String {
 public:
  // A value as SET stores it (object.c, tryObjectEncoding): an integer if it is the canonical text
  // of a 64-bit one, embedded up to 44 bytes, else raw.
  static String encoded(std::string_view text, const Allocation& allocation);
  // The same of an argument as a client sent it, which brings its block when it is a big one.
  static String received(std::string_view text, const Allocation& allocation);
  // The same of one that stays where it is for as long as the value lives (lent_texts.hpp): what
  // would have a block of its own is not copied.
  static String lent(std::string_view text, const Allocation& allocation);
  static String integer(std::int64_t value);
  // Text that is never read as an integer (INCRBYFLOAT, APPEND to none).
  static String plain(std::string_view text, const Allocation& allocation);

  // `size` zero bytes, raw however few (SETRANGE on no key).
  static String raw(std::size_t size, const Allocation& allocation);

  StringEncoding encoding() const { return encoding_; }
  bool is_integer() const { return encoding_ == StringEncoding::integer; }
  // There must be one.
  std::int64_t as_integer() const { return *std::get_if<std::int64_t>(&content_); }
  // The text; integers are written to `scratch` (room for 21 bytes).
  std::string_view text(char (&scratch)[24]) const;
  std::string text() const;
  std::size_t size() const;

  // Makes it raw, whatever it was, and hands out the text to be changed in place, after
  // reserve_for_growth() for what it will need.
  std::string& make_raw(const Allocation& allocation);
  // Grows the block when `needed` bytes don't fit; `greedy` doubles, as appending does
  // (sdsMakeRoomFor).
  void reserve_for_growth(std::size_t needed, const Allocation& allocation, bool greedy);
  // Forgets room of more than a tenth, and what a header as short as can be can't count: as Redis
  // 7.0 keeps an argument (object.c, trimStringObjectIfNeeded; sds.c, sdsnewlen).
  void forget_room();
  void set_integer(std::int64_t value);
  // Becomes raw in a block of just its size: an embedded string that no longer fits beside its key,
  // a copy (object.c).
  void move_out(const Allocation& allocation);

  // Its object is of its own, though small integers share theirs, as COPY leaves it up to 8.0
  // (object.c, dupStringObject).
  bool unshared() const { return unshared_; }
  void unshare() { unshared_ = true; }

  // As much of it as is worth the while: what follows, the processor fetches by itself.
  void prefetch() const {
    constexpr std::size_t most = 1024;
    const auto* text = std::get_if<std::string>(&content_);
    if (text) outlive::prefetch(text->data(), std::min(text->size() + 1, most));
  }

  // Bytes of its own block: 0 unless raw.
  std::size_t block() const { return block_; }
  // Bytes of text that its own block can hold.
  std::size_t room() const { return room_; }

 private:
  void keep_argument_block(const Allocation& allocation);

  std::variant<std::string, std::string_view, std::int64_t> content_;  // a view: it is lent
  std::uint32_t block_ = 0;
  std::uint32_t room_ = 0;
  StringEncoding encoding_ = StringEncoding::embedded;
  bool unshared_ = false;
};

}  // namespace outlive
