#include "eviction/pool.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"

using namespace outlive;

namespace {

// The rule of evict.c (evictionPoolPopulate), told plainly: a newcomer stands before the first with
// its score or a better one; a full pool drops its worst, and who would be worse than that is not
// taken.
class PlainPool {
 public:
  void offer(std::uint64_t score, const std::string& name) {
    const auto place = std::ranges::find_if(
        candidates_, [score](const auto& candidate) { return candidate.first >= score; });
    const bool full = candidates_.size() == EvictionPool::capacity;
    if (full && place == candidates_.begin()) return;
    candidates_.insert(place, {score, name});
    if (full) candidates_.erase(candidates_.begin());
  }
  void take_best() { candidates_.pop_back(); }
  const std::vector<std::pair<std::uint64_t, std::string>>& candidates() const {
    return candidates_;
  }

 private:
  std::vector<std::pair<std::uint64_t, std::string>> candidates_;
};

}  // namespace

TEST_CASE("the pool keeps the best sixteen in their order, among equals the earlier ones higher") {
  Random random(1);
  EvictionPool pool;
  PlainPool plain;
  for (int i = 0; i < 2000; ++i) {
    if (!pool.empty() && random.below(4) == 0) {
      CHECK(pool.take_best().key == plain.candidates().back().second);
      plain.take_best();
    }
    const std::uint64_t score = random.below(20);
    const std::string name = "key " + std::to_string(i);
    pool.offer(score, 0, *make_entry({name, 0}, Value{}));
    plain.offer(score, name);
    std::vector<std::pair<std::uint64_t, std::string>> kept;
    for (const auto& candidate : pool.filled()) kept.emplace_back(candidate.score, candidate.key);
    REQUIRE(kept == plain.candidates());
  }
}
