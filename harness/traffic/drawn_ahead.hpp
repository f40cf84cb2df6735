// A timeline drawn on a thread of its own, while what was drawn before is played.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <semaphore>
#include <span>
#include <thread>
#include <vector>

#include "traffic/timeline.hpp"

namespace outlive::harness {

// The same requests in the same order, whichever thread is faster. It may be left before its end.
class DrawnAhead {
 public:
  // The timeline must live longer, and nobody else may draw from it meanwhile.
  explicit DrawnAhead(Timeline& timeline);
  ~DrawnAhead();
  DrawnAhead(const DrawnAhead&) = delete;
  DrawnAhead& operator=(const DrawnAhead&) = delete;

  // The next requests, good until the next call; none: all traffic has ended.
  std::span<const Request> next();

 private:
  // Two: one is played, the other drawn.
  static constexpr std::ptrdiff_t batches = 2;
  struct Batch {
    std::vector<Request> room;
    std::size_t count = 0;
  };

  void draw();

  Timeline& timeline_;
  std::array<Batch, batches> batches_;
  std::counting_semaphore<batches> drawn_{0};
  std::counting_semaphore<batches + 1> free_{batches};  // one more, to be left
  std::size_t taken_ = 0;                               // batches
  bool ended_ = false;
  std::atomic<bool> left_{false};
  std::thread thread_;
};

}  // namespace outlive::harness
