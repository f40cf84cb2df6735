#include "eviction/pool.hpp"

#include <algorithm>

namespace outlive {

void EvictionPool::offer(std::uint64_t score, int database, std::string_view key) {
  std::size_t at = 0;
  while (at < capacity && slots_[at].filled && slots_[at].score < score) ++at;
  const bool full_to_the_right = slots_[capacity - 1].filled;
  if (at == 0 && full_to_the_right) return;
  if (at == capacity || slots_[at].filled) {
    if (!full_to_the_right) {
      std::rotate(slots_.begin() + static_cast<std::ptrdiff_t>(at), slots_.end() - 1, slots_.end());
    } else {
      --at;
      std::rotate(slots_.begin(), slots_.begin() + 1,
                  slots_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
  }
  Candidate& slot = slots_[at];
  slot.score = score;
  slot.database = database;
  slot.filled = true;
  slot.key.assign(key);
}

std::vector<Departure::Candidate> EvictionPool::filled() const {
  std::vector<Departure::Candidate> candidates;
  for (const Candidate& slot : slots_) {
    if (slot.filled) candidates.push_back({slot.database, slot.key, slot.score});
  }
  return candidates;
}

const EvictionPool::Candidate* EvictionPool::find(std::string_view key, int database) const {
  const auto found = std::ranges::find_if(slots_, [&](const Candidate& slot) {
    return slot.filled && slot.database == database && slot.key == key;
  });
  return found == slots_.end() ? nullptr : &*found;
}

}  // namespace outlive
