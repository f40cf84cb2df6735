#include "base/lzf.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace outlive {
namespace {

// The format: a control byte c, then
//   c < 32:      c + 1 literal bytes
//   c >> 5 < 7:  (c >> 5) + 2 bytes from further back; the offset's low byte follows
//   c >> 5 == 7: the same, a byte to be added to the length before the offset's
constexpr std::size_t literals_max = 32;
constexpr std::size_t offset_max = 1 << 13;
constexpr std::size_t match_max = (1 << 8) + (1 << 3);
constexpr std::size_t long_match = 7;
constexpr std::size_t shortest_match = 3;

constexpr int table_log = 16;

// Places by the three bytes that begin there.
class Places {
 public:
  explicit Places(std::string_view bytes) : bytes_(bytes), places_(std::size_t{1} << table_log) {}

  // Where the three bytes at `at` were met last, then remembers this place. `at` itself: nowhere.
  std::size_t exchange(std::size_t at) {
    std::uint32_t& slot = places_[hash(at)];
    const std::size_t before = slot == 0 ? at : slot - 1;
    slot = static_cast<std::uint32_t>(at + 1);
    return before;
  }

 private:
  std::uint32_t byte(std::size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
  std::size_t hash(std::size_t at) const {
    const std::uint32_t three = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    return ((three >> (24 - table_log)) - three * 5) & ((1u << table_log) - 1);
  }

  std::string_view bytes_;
  std::vector<std::uint32_t> places_;  // one more than the place; 0: none
};

// The output with its run of literals, whose control byte is filled in when the run ends.
class Output {
 public:
  explicit Output(std::size_t bytes_max) : bytes_max_(bytes_max) { begin_run(); }

  // liblzf's own checks for room: which inputs it gives up on is part of the result.
  bool has_room_for_literal() const { return out_.size() < bytes_max_; }
  bool has_room_for_match() const { return out_.size() - (run_ == 0 ? 1 : 0) + 4 < bytes_max_; }
  bool has_room_for_tail() const { return out_.size() + 3 <= bytes_max_; }

  void literal(char byte) {
    out_.push_back(byte);
    if (++run_ < literals_max) return;
    end_run();
    begin_run();
  }
  void match(std::size_t length, std::size_t offset) {
    end_run();
    const std::size_t code = length - 2;
    const std::size_t head = std::min(code, long_match) << 5 | offset >> 8;
    put(head);
    if (code >= long_match) put(code - long_match);
    put(offset & 0xff);
    begin_run();
  }
  std::string finish() {
    end_run();
    return std::move(out_);
  }

 private:
  void put(std::size_t byte) { out_.push_back(static_cast<char>(byte)); }
  void begin_run() {
    run_ = 0;
    out_.push_back('\0');
  }
  void end_run() {
    if (run_ == 0) {
      out_.pop_back();
    } else {
      out_[out_.size() - run_ - 1] = static_cast<char>(run_ - 1);
    }
  }

  std::string out_;
  std::size_t bytes_max_;
  std::size_t run_ = 0;
};

// How far the bytes at `at` repeat those at `earlier`. liblzf stops two bytes before the end, but
// looks at the first nineteen without counting.
std::size_t match_length(std::string_view bytes, std::size_t earlier, std::size_t at) {
  constexpr std::size_t unrolled_min = 16;
  constexpr std::size_t unrolled = 19;
  std::size_t most = std::min(bytes.size() - at - 2, match_max);
  if (most > unrolled_min) most = std::max(most, unrolled);
  std::size_t length = shortest_match;
  while (length < most && bytes[earlier + length] == bytes[at + length]) ++length;
  return length;
}

}  // namespace

std::optional<std::string> lzf_compress(std::string_view bytes, std::size_t bytes_max) {
  if (bytes.empty() || bytes_max == 0) return std::nullopt;
  Places places(bytes);
  Output out(bytes_max);
  std::size_t at = 0;
  // Three bytes must be there to be looked up.
  const std::size_t end = bytes.size() < 2 ? 0 : bytes.size() - 2;
  while (at < end) {
    const std::size_t earlier = places.exchange(at);
    // The very first place is never matched: liblzf takes it for an empty slot.
    const bool met = earlier > 0 && earlier < at && at - earlier - 1 < offset_max &&
                     bytes.substr(earlier, shortest_match) == bytes.substr(at, shortest_match);
    if (!met) {
      if (!out.has_room_for_literal()) return std::nullopt;
      out.literal(bytes[at++]);
      continue;
    }
    if (!out.has_room_for_match()) return std::nullopt;
    const std::size_t length = match_length(bytes, earlier, at);
    out.match(length, at - earlier - 1);
    at += length;
    if (at >= end) break;
    // Of the bytes that were passed over only the last two places are remembered (VERY_FAST).
    places.exchange(at - 2);
    places.exchange(at - 1);
  }
  if (!out.has_room_for_tail()) return std::nullopt;
  for (; at < bytes.size(); ++at) out.literal(bytes[at]);
  return out.finish();
}

std::optional<std::string> lzf_if_worthwhile(std::string_view text) {
  constexpr std::size_t compressible_min = 21;
  constexpr std::size_t saved_min = 4;
  if (text.size() < compressible_min) return std::nullopt;
  return lzf_compress(text, text.size() - saved_min);
}

std::optional<std::string> lzf_decompress(std::string_view bytes, std::size_t size) {
  std::string out;
  std::size_t at = 0;
  const auto next = [&] {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at++]));
  };
  while (at < bytes.size()) {
    const std::size_t control = next();
    if (control < literals_max) {
      const std::size_t run = control + 1;
      if (bytes.size() - at < run || size - out.size() < run) return std::nullopt;
      out.append(bytes, at, run);
      at += run;
      continue;
    }
    std::size_t length = (control >> 5) + 2;
    const bool is_long = control >> 5 == long_match;
    if (bytes.size() - at < (is_long ? 2u : 1u)) return std::nullopt;
    if (is_long) length += next();
    const std::size_t back = ((control & 0x1f) << 8 | next()) + 1;
    if (back > out.size() || size - out.size() < length) return std::nullopt;
    // Byte by byte: a match may repeat itself.
    for (std::size_t i = 0; i < length; ++i) out.push_back(out[out.size() - back]);
  }
  if (out.size() != size) return std::nullopt;
  return out;
}

}  // namespace outlive
