// The sixteen candidates that eviction keeps between rounds (evict.c, EVPOOL_SIZE).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/entry.hpp"
#include "outlive/departure.hpp"

namespace outlive {

// Ranked ascending: the best to evict is last. A candidate is remembered by name with the score it
// had when it was sampled; nothing refreshes either, so it may be stale, or a ghost.
class EvictionPool {
 public:
  static constexpr std::size_t capacity = 16;

  struct Candidate {
    std::uint64_t score = 0;
    std::uint64_t hash = 0;  // of the key
    const Entry* seen_at = nullptr;  // where it was then, to be fetched, never looked at
    int database = 0;
    std::string key;
  };

  // Keeps it if there is room, or if it beats the worst, which goes.
  void offer(std::uint64_t score, int database, const Entry& entry);

  bool empty() const { return filled_ == 0; }
  // There must be one.
  const Candidate& best() const { return at(filled_ - 1); }
  // Takes out the best; good until the next offer. There must be one.
  const Candidate& take_best() { return candidates_[order_[--filled_]]; }
  // All, from worst to best.
  std::vector<Departure::Candidate> filled() const;
  // The candidate of this name, or null.
  const Candidate* find(std::string_view key, int database) const;

 private:
  const Candidate& at(std::size_t slot) const { return candidates_[order_[slot]]; }

  std::array<Candidate, capacity> candidates_;
  // Which candidate is in which slot, and its score: these move, not the texts. The first `filled_`
  // slots are, from worst to best; those behind them name the candidates that are free.
  std::array<std::uint8_t, capacity> order_ = {0, 1, 2,  3,  4,  5,  6,  7,
                                               8, 9, 10, 11, 12, 13, 14, 15};
  std::array<std::uint64_t, capacity> scores_{};
  std::size_t filled_ = 0;
};

}  // namespace outlive
