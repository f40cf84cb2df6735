#include "eviction/pool.hpp"

namespace outlive {

void EvictionPool::offer(std::uint64_t score, int database, const Entry& entry) {
  // Before what has the same score.
  std::size_t at = 0;
  std::uint8_t free = order_[0];
  const auto move = [this](std::size_t from, std::size_t to) {
    scores_[to] = scores_[from];
    order_[to] = order_[from];
  };
  if (filled_ == capacity) {
    if (scores_[0] >= score) return;
    for (; at + 1 < capacity && scores_[at + 1] < score; ++at) move(at + 1, at);
  } else {
    free = order_[filled_];
    for (at = filled_++; at > 0 && scores_[at - 1] >= score; --at) move(at - 1, at);
  }
  order_[at] = free;
  scores_[at] = score;
  Candidate& slot = candidates_[free];
  slot.score = score;
  slot.database = database;
  slot.hash = entry.hash;
  slot.seen_at = &entry;
  slot.key.assign(entry.key());
}

std::vector<Departure::Candidate> EvictionPool::filled() const {
  std::vector<Departure::Candidate> candidates;
  for (std::size_t slot = 0; slot < filled_; ++slot) {
    const Candidate& one = at(slot);
    candidates.push_back({one.database, one.key, one.score});
  }
  return candidates;
}

const EvictionPool::Candidate* EvictionPool::find(std::string_view key, int database) const {
  for (std::size_t slot = 0; slot < filled_; ++slot) {
    const Candidate& one = at(slot);
    if (one.database == database && one.key == key) return &one;
  }
  return nullptr;
}

}  // namespace outlive
