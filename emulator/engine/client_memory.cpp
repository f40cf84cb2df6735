#include "engine/client_memory.hpp"

#include <algorithm>

namespace outlive {
namespace {

// server.h of 8.1: a client has a reply buffer of its own, and what does not fit goes to blocks of
// the same size.
constexpr std::uint64_t reply_chunk = 16 * 1024;
// Measured on 8.1.1 (Debian): tot-mem of a client that asks for CLIENT LIST, less its reply buffer
// and its arguments.
constexpr std::uint64_t client_struct = 640;
constexpr std::uint64_t block_head = 24 + 24;       // listNode, clientReplyBlock
constexpr std::uint64_t queued_command = 40;        // multi.c, sizeof(multiCmd)
constexpr std::uint64_t watched_key = 24 + 48;      // multi.c, multiStateMemOverhead
constexpr std::uint64_t subscription_overhead = 8;  // pubsub.c: a pointer each

std::uint64_t letters(std::span<const std::string_view> words) {
  std::uint64_t sum = 0;
  for (const std::string_view word : words) sum += word.size();
  return sum;
}

}  // namespace

ClientMemory client_memory(const Session& session, std::span<const std::string_view> running) {
  ClientMemory memory;
  memory.query_buffer = session.parser.in_the_middle() ? session.in.size() : 0;
  memory.query_buffer_free = session.in.capacity() > 0 && memory.query_buffer > 0
                                 ? reply_chunk - memory.query_buffer % reply_chunk
                                 : 0;
  memory.arguments = letters(running);
  for (const QueuedCommand& command : session.transaction.queue) {
    for (const std::string& word : command.words) memory.queued += word.size();
  }
  memory.reply_buffer = memory.reply_buffer_peak = reply_chunk;
  // What the shell has not taken yet; the reply under way does not count.
  const std::uint64_t waiting = running.empty() ? session.out.size() : 0;
  memory.reply_buffer_used = std::min(waiting, reply_chunk);
  memory.reply_blocks = (waiting - memory.reply_buffer_used + reply_chunk - 1) / reply_chunk;
  memory.output = memory.reply_blocks * (reply_chunk + block_head);
  memory.total = client_struct + memory.output + memory.query_buffer + memory.query_buffer_free +
                 memory.reply_buffer + memory.arguments + running.size() * sizeof(void*) +
                 memory.queued + session.transaction.queue.size() * queued_command +
                 session.watched.size() * watched_key +
                 session.subscriptions() * subscription_overhead;
  return memory;
}

}  // namespace outlive
