// What a client's unread replies would take in Valkey 8.1 (networking.c): a buffer of its own,
// which the cron fits to its use, and blocks for what does not fit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory/footprint.hpp"

namespace outlive {

class ReplyBuffer {
 public:
  static constexpr std::size_t chunk = 16 * 1024;  // PROTO_REPLY_CHUNK_BYTES
  static constexpr std::size_t least = 1024;       // PROTO_REPLY_MIN_BYTES

  // How a long reply was written: its longest text, and how much of it may use the buffer; nothing
  // behind a length that is filled in later may.
  struct Shape {
    std::size_t longest = 0;
    std::size_t buffer_max = chunk;
    std::size_t referred = 0;  // of its bytes, those that are not copied (9.0)
    bool in_blocks = false;  // DEBUG CLIENT-ENFORCE-REPLY-LIST: nothing may use the buffer
  };
  // To be told whenever replies were written or sent: `waiting` bytes have not gone out yet.
  void settle(std::size_t waiting, const Allocation& allocation,
              const Shape& shape = {0, chunk, 0, false}) {
    referred_ = std::min(referred_ + shape.referred, waiting);
    waiting -= referred_;
    if (waiting > peak_) peak_ = std::min(waiting, size_);
    const std::size_t room = shape.in_blocks ? 0 : size_;
    if (waiting > room || !blocks_.empty()) settle_blocks(waiting, allocation, shape);
  }

  bool overflowed() const { return !blocks_.empty(); }
  std::size_t size() const { return size_; }  // rbs
  std::size_t peak() const { return peak_; }  // rbp
  // obl: how much of the buffer is filled when so many bytes wait.
  std::size_t filled(std::size_t waiting) const {
    waiting -= std::min(waiting, referred_);
    return std::min(size_, waiting - std::min(waiting, in_blocks_));
  }
  std::size_t blocks() const { return blocks_.size(); }  // oll
  // omem: the blocks with their heads.
  std::size_t output() const { return block_room_ + blocks_.size() * block_head; }
  // Bytes of used_memory: the buffer and the blocks.
  std::size_t bytes() const { return size_ + block_bytes_; }

  enum class Change : std::uint8_t { none, shrunk, grown };
  // The cron's look (server.c, clientsCronResizeOutputBuffer): grows what was filled to the brim,
  // shrinks what was used to less than half. The peak is forgotten every `peak_ms`; never if
  // negative.
  Change cron(std::size_t waiting, std::int64_t now_ms, std::int64_t peak_ms,
              const Allocation& allocation);

 private:
  struct Block {
    std::size_t size;
    std::size_t used;
  };
  // listNode and clientReplyBlock, as CLIENT LIST counts them.
  static constexpr std::size_t block_struct = 16;
  static constexpr std::size_t block_head = footprint::list_node + block_struct;

  void settle_blocks(std::size_t waiting, const Allocation& allocation, const Shape& shape);
  void append(std::size_t bytes, std::size_t longest, const Allocation& allocation);
  void release(std::size_t waiting, const Allocation& allocation);

  std::size_t size_ = chunk;
  std::size_t peak_ = chunk;
  std::int64_t peak_reset_ms_ = 0;
  std::vector<Block> blocks_;    // oldest first
  std::size_t referred_ = 0;     // what waits and was not copied
  std::size_t waiting_ = 0;      // what was waiting when the blocks were last put right
  std::size_t in_blocks_ = 0;    // reply bytes in the blocks
  std::size_t block_room_ = 0;   // what the blocks can hold
  std::size_t block_bytes_ = 0;  // what they take, list nodes included
};

}  // namespace outlive
