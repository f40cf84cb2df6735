#include "traffic/drawn_ahead.hpp"

namespace outlive::harness {
namespace {

// Enough that handing over costs nothing, and few enough to stay in a core's cache.
constexpr std::size_t batch_size = 4096;

}  // namespace

DrawnAhead::DrawnAhead(Timeline& timeline) : timeline_{timeline} {
  for (Batch& batch : batches_) batch.room.resize(batch_size);
  thread_ = std::thread{[this] { draw(); }};
}

DrawnAhead::~DrawnAhead() {
  left_ = true;
  free_.release();
  thread_.join();
}

std::span<const Request> DrawnAhead::next() {
  if (ended_) return {};
  if (taken_ > 0) free_.release();
  drawn_.acquire();
  const Batch& batch = batches_[taken_++ % batches];
  ended_ = batch.count == 0;
  return std::span{batch.room}.first(batch.count);
}

// Drawing throws nothing: what can go wrong has, when the timeline was made.
void DrawnAhead::draw() {
  for (std::size_t made = 0;; ++made) {
    free_.acquire();
    if (left_) return;
    Batch& batch = batches_[made % batches];
    batch.count = timeline_.next(batch.room);
    const bool ended = batch.count == 0;
    drawn_.release();
    if (ended) return;
  }
}

}  // namespace outlive::harness
