// What the two kinds of hash table have in common.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace outlive {

// What DEBUG HTSTATS tells of one of a table's two halves. `chains[n]`: how many buckets have n
// children (8.1) or items (8.0); the last counts all longer ones.
struct TableShape {
  static constexpr std::size_t lengths_max = 50;  // HASHTABLE_STATS_VECTLEN, DICT_STATS_VECTLEN
  std::size_t capacity = 0;
  std::size_t used = 0;
  std::size_t buckets = 0;   // 8.0: those that hold something
  std::size_t children = 0;  // chained buckets, 8.1 only
  std::size_t longest = 0;
  std::array<std::size_t, lengths_max> chains{};
};

// A scan's next step: the cursor's masked bits are counted from the top, so that the scan keeps its
// promise over doublings and halvings (Pieter Noordhuis's scheme).
inline std::size_t next_cursor(std::size_t cursor, std::size_t mask) {
  // Counting from the top, the first zero becomes a one, and the ones before it zeros.
  const std::size_t first_zero = std::bit_floor(~cursor & mask);
  return first_zero == 0 ? 0 : (cursor & (first_zero - 1)) | first_zero;
}

}  // namespace outlive
