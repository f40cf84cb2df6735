// What a client's unread requests would take in Valkey 8.1 (networking.c). Clients read into one
// shared buffer; one of their own they get when a read brings anything but one whole request (a
// part of one, or several in a pipeline), and keep until the cron finds it idle.
#pragma once

#include <cstddef>
#include <cstdint>

#include "memory/allocation.hpp"

namespace outlive {

class QueryBuffer {
 public:
  // As much as Valkey reads at once: what the allocation for PROTO_IOBUF_LEN can hold.
  static constexpr std::size_t read_max = 20 * 1024 - 6;

  // What the parser left after a read: bytes of no whole argument yet, and the announced length of
  // the argument that is under way, -1 for none.
  struct Rest {
    std::size_t bytes = 0;
    std::int64_t argument = -1;
  };
  // The buffer is the client's own from now on (Redis 7.0); empty at first.
  void own(const Allocation& allocation);
  // A request is about to run while others wait behind it: the shared buffer, with all that was
  // received, becomes the client's own (resetSharedQueryBuf).
  void keep_shared(std::size_t received, const Allocation& allocation);
  // Into a buffer of the client's own everything is read before any of it runs, and stays until
  // `settle`. True if the size changed.
  bool arrive(std::size_t received, const Allocation& allocation);
  void settle(std::size_t received, Rest rest, const Allocation& allocation);
  // A big argument was complete: it took the buffer with it, and another as large is made "since we
  // will likely see more of them".
  void give_away(std::size_t argument, const Allocation& allocation);
  // The cron's look (server.c, clientsCronResizeQueryBuffer). True if the size changed.
  bool cron(std::int64_t idle_s, const Allocation& allocation);

  std::size_t used() const { return used_; }          // qbuf
  std::size_t left() const { return room_ - used_; }  // qbuf-free
  std::size_t bytes() const { return block_; }        // of used_memory; 0 without a buffer

 private:
  void grow(std::size_t capacity, const Allocation& allocation);
  void make_room(std::size_t more, bool greedy, const Allocation& allocation);
  void take(std::size_t received);

  std::size_t block_ = 0;
  std::size_t room_ = 0;
  std::size_t used_ = 0;
  std::size_t peak_ = 0;
  std::int64_t argument_ = -1;
  bool own_ = false;
  bool taken_ = false;  // what is about to be settled is in it
};

}  // namespace outlive
