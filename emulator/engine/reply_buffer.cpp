#include "engine/reply_buffer.hpp"

namespace outlive {

void ReplyBuffer::settle_blocks(std::size_t waiting, const Allocation& allocation,
                                const Shape& shape) {
  if (blocks_.empty()) {
    const std::size_t buffered = shape.in_blocks ? 0 : std::min(size_, shape.buffer_max);
    append(waiting - buffered, shape.longest, allocation);
  } else if (waiting > waiting_) {
    append(waiting - waiting_, shape.longest, allocation);
  } else {
    release(waiting, allocation);
  }
  waiting_ = waiting;
}

// The last block is filled first. A new one has at least a chunk, and the whole of a long text
// (_addReplyProtoToList).
void ReplyBuffer::append(std::size_t bytes, std::size_t longest, const Allocation& allocation) {
  in_blocks_ += bytes;
  if (!blocks_.empty()) {
    Block& last = blocks_.back();
    const std::size_t fitting = std::min(bytes, last.size - last.used);
    last.used += fitting;
    bytes -= fitting;
  }
  while (bytes > 0) {
    const std::size_t taken =
        allocation.size(std::max(std::min(bytes, longest), chunk) + block_struct);
    const std::size_t room = taken - block_struct;
    blocks_.push_back({room, std::min(bytes, room)});
    block_room_ += room;
    block_bytes_ += taken + allocation.size(footprint::list_node);
    bytes -= std::min(bytes, room);
  }
}

// Blocks go once all that is in them was sent.
void ReplyBuffer::release(std::size_t waiting, const Allocation& allocation) {
  auto gone = blocks_.begin();
  while (gone != blocks_.end() && waiting + gone->used <= in_blocks_) {
    in_blocks_ -= gone->used;
    block_room_ -= gone->size;
    block_bytes_ -= gone->size + block_struct + allocation.size(footprint::list_node);
    ++gone;
  }
  blocks_.erase(blocks_.begin(), gone);
}

ReplyBuffer::Change ReplyBuffer::cron(std::size_t waiting, std::int64_t now_ms,
                                      std::int64_t peak_ms, const Allocation& allocation) {
  std::size_t wanted = 0;
  Change change = Change::none;
  if (referred_ > 0) return change;  // a buffer with references in it stays (buf_encoded)
  if (size_ / 2 >= least && peak_ < size_ / 2) {
    wanted = std::max(least, peak_ + 1);
    change = Change::shrunk;
  } else if (size_ * 2 < chunk * 2 && peak_ == size_) {
    wanted = std::min(chunk, size_ * 2);
    change = Change::grown;
  }
  const std::size_t filled_now = filled(waiting);
  if (peak_ms >= 0 && now_ms - peak_reset_ms_ >= peak_ms) {
    peak_ = filled_now;
    peak_reset_ms_ = now_ms;
  }
  if (change == Change::none) return change;
  size_ = allocation.size(std::max(wanted, filled_now));
  return change;
}

}  // namespace outlive
