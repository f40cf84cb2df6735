#include "eviction/pool.hpp"

#include <algorithm>

namespace outlive {

void EvictionPool::offer(std::uint64_t score, int database, const Entry& entry) {
  std::size_t at = 0;
  while (at < filled_ && scores_[at] < score) ++at;
  if (filled_ == capacity) {
    if (at == 0) return;
    --at;
    std::rotate(order_.begin(), order_.begin() + 1, order_.begin() + at + 1);
    std::copy(scores_.begin() + 1, scores_.begin() + at + 1, scores_.begin());
  } else {
    std::rotate(order_.begin() + at, order_.begin() + filled_, order_.begin() + filled_ + 1);
    std::copy_backward(scores_.begin() + at, scores_.begin() + filled_,
                       scores_.begin() + filled_ + 1);
    ++filled_;
  }
  scores_[at] = score;
  Candidate& slot = candidates_[order_[at]];
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
