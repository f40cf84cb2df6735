// The sixteen candidates that eviction keeps between rounds (evict.c, EVPOOL_SIZE).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "outlive/departure.hpp"

namespace outlive {

// Ranked ascending: the best to evict is last. A candidate is remembered by name with the score it
// had when it was sampled; nothing refreshes either, so it may be stale, or a ghost.
class EvictionPool {
 public:
  static constexpr std::size_t capacity = 16;

  struct Candidate {
    std::uint64_t score = 0;
    int database = 0;
    bool filled = false;
    std::string key;
  };

  // Keeps it if it beats the worst, or if there is a gap.
  void offer(std::uint64_t score, int database, std::string_view key);

  // The slots from best to worst are capacity - 1 … 0; taking one leaves a gap.
  Candidate& at(std::size_t slot) { return candidates_[order_[slot]]; }
  std::vector<Departure::Candidate> filled() const;
  // The candidate of this name, or null.
  const Candidate* find(std::string_view key, int database) const;

 private:
  const Candidate& at(std::size_t slot) const { return candidates_[order_[slot]]; }

  std::array<Candidate, capacity> candidates_;
  // Which candidate is in which slot: these move, not the texts.
  std::array<std::uint8_t, capacity> order_ = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
};

}  // namespace outlive
