#include "engine/query_buffer.hpp"

#include <algorithm>

#include "memory/footprint.hpp"
#include "memory/growing_text.hpp"

namespace outlive {
namespace {

constexpr std::size_t read_size = 16 * 1024;         // PROTO_IOBUF_LEN
constexpr std::size_t resize_threshold = 32 * 1024;  // PROTO_RESIZE_THRESHOLD
constexpr std::size_t line_end = 2;

bool is_big(std::int64_t argument) {
  return argument >= static_cast<std::int64_t>(footprint::big_argument_min);
}

}  // namespace

void QueryBuffer::grow(std::size_t capacity, const Allocation& allocation) {
  const auto made = footprint::text_block(allocation, capacity, true);
  block_ = made.bytes;
  room_ = made.room;
}

void QueryBuffer::make_room(std::size_t more, bool greedy, const Allocation& allocation) {
  if (room_ - used_ >= more) return;
  grow(greedy ? greedy_capacity(used_ + more) : used_ + more, allocation);
}

void QueryBuffer::own(const Allocation& allocation) {
  own_ = true;
  grow(0, allocation);
}

void QueryBuffer::take(std::size_t received) {
  used_ = std::min(used_ + received, room_);
  peak_ = std::max(peak_, used_);
  taken_ = true;
}

void QueryBuffer::keep_shared(std::size_t received, const Allocation& allocation) {
  if (block_ != 0) return;
  grow(read_size, allocation);
  take(received);
}

bool QueryBuffer::arrive(std::size_t received, const Allocation& allocation) {
  if (block_ == 0) return false;
  const std::size_t before = block_;
  if (!is_big(argument_)) make_room(read_size, room_ >= read_size, allocation);
  take(received);
  return block_ != before;
}

void QueryBuffer::settle(std::size_t received, Rest rest, const Allocation& allocation) {
  const bool big = is_big(rest.argument);
  argument_ = rest.argument;
  if (!taken_ && block_ == 0) {
    if (rest.bytes == 0 && !big) return;
    keep_shared(received, allocation);
  } else if (!taken_) {
    arrive(received, allocation);
  }
  taken_ = false;
  used_ = std::min(rest.bytes, room_);
  if (big) {
    const std::size_t whole = static_cast<std::size_t>(rest.argument) + line_end;
    if (whole > used_) make_room(whole - used_, false, allocation);
    peak_ = std::max(peak_, whole);
  }
  make_room(rest.bytes - used_, true, allocation);
  used_ = rest.bytes;
}

void QueryBuffer::give_away(std::size_t argument, const Allocation& allocation) {
  const auto made = footprint::text_block(allocation, argument + line_end);
  block_ = made.bytes;
  room_ = made.room;
  used_ = 0;
  peak_ = std::max(peak_, argument + line_end);
}

bool QueryBuffer::cron(std::int64_t idle_s, const Allocation& allocation) {
  if (block_ == 0) return false;
  constexpr std::size_t waste_min = 4 * 1024;
  constexpr std::int64_t idle_s_min = 2;
  const std::size_t before = block_;
  const std::size_t announced = argument_ >= 0 ? static_cast<std::size_t>(argument_) + line_end : 0;
  if (left() > waste_min) {
    if (idle_s > idle_s_min) {
      if (used_ == 0 && !own_) {
        block_ = room_ = 0;
      } else {
        grow(used_, allocation);
      }
    } else if (room_ > resize_threshold && room_ / 2 > peak_) {
      grow(std::max({used_, peak_, announced}), allocation);
    }
  }
  peak_ = block_ == 0 ? 0 : std::max(used_, announced);
  return block_ != before;
}

}  // namespace outlive
