#include "eviction/pool.hpp"

#include <algorithm>

namespace outlive {

void EvictionPool::offer(std::uint64_t score, int database, std::string_view key) {
  std::size_t at = 0;
  while (at < capacity && this->at(at).filled && this->at(at).score < score) ++at;
  const bool full_to_the_right = this->at(capacity - 1).filled;
  if (at == 0 && full_to_the_right) return;
  if (at == capacity || this->at(at).filled) {
    if (!full_to_the_right) {
      std::rotate(order_.begin() + static_cast<std::ptrdiff_t>(at), order_.end() - 1, order_.end());
    } else {
      --at;
      std::rotate(order_.begin(), order_.begin() + 1,
                  order_.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
  }
  Candidate& slot = this->at(at);
  slot.score = score;
  slot.database = database;
  slot.filled = true;
  slot.key.assign(key);
}

std::vector<Departure::Candidate> EvictionPool::filled() const {
  std::vector<Departure::Candidate> candidates;
  for (std::size_t slot = 0; slot < capacity; ++slot) {
    const Candidate& one = at(slot);
    if (one.filled) candidates.push_back({one.database, one.key, one.score});
  }
  return candidates;
}

const EvictionPool::Candidate* EvictionPool::find(std::string_view key, int database) const {
  const auto found = std::ranges::find_if(candidates_, [&](const Candidate& one) {
    return one.filled && one.database == database && one.key == key;
  });
  return found == candidates_.end() ? nullptr : &*found;
}

}  // namespace outlive
