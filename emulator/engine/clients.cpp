// What the engine does for its clients besides answering them: weighs them, fits their buffers to
// their use, and ends those that are idle, that don't read, or that are too large together
// (networking.c and server.c of 8.1).
#include <algorithm>

#include "engine/client_memory.hpp"
#include "engine/engine.hpp"
#include "memory/baseline.hpp"
#include "memory/footprint.hpp"

namespace outlive {
namespace {

std::string big_endian(std::uint64_t id) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(id >> shift));
  return bytes;
}

}  // namespace

void Engine::recharge(Session& session) {
  if (session.closed) return;
  const std::int64_t bytes = baseline::client(ledger) + client_bytes(session, ledger);
  ledger.add(bytes - session.charged);
  session.charged = bytes;
}

// The key is the id, its most significant byte first (networking.c, linkClient).
void Engine::enter_index(const Session& session) {
  const std::size_t before = client_index_.bytes();
  client_index_.insert(big_endian(session.id));
  ledger.add(static_cast<std::int64_t>(client_index_.bytes()) - static_cast<std::int64_t>(before));
}

void Engine::drop_charge(Session& session) {
  const std::size_t before = client_index_.bytes();
  client_index_.erase(big_endian(session.id));
  ledger.add(static_cast<std::int64_t>(client_index_.bytes()) - static_cast<std::int64_t>(before));
  ledger.add(-session.charged);
  session.charged = 0;
  clients_memory_ -= session.counted;
  session.counted = 0;
  client_buckets_.remove(session);
}

// mem_clients_normal follows in steps, as Valkey's does (server.c, updateClientMemoryUsage).
void Engine::count_client(Session& session, std::span<const std::string_view> running) {
  if (session.closed || session.internal) return;
  count_client_as(session, client_memory(session, ledger.profile(), running).total);
}

void Engine::count_client_as(Session& session, std::size_t total) {
  const auto bytes = static_cast<std::int64_t>(total);
  clients_memory_ += bytes - session.counted;
  session.counted = bytes;
  if (options.maxmemory_clients == 0 || session.no_evict) {
    client_buckets_.remove(session);
  } else {
    client_buckets_.put(session, static_cast<std::uint64_t>(bytes));
  }
}

// At once only while there is a limit; clients that may stay are left to the cron.
void Engine::count_evictable(Session& session) {
  if (options.maxmemory_clients != 0 && !session.no_evict) count_client(session);
}

void Engine::settle_replies(Session& session, ReplyBuffer::Shape&& shape) {
  ReplyBuffer& buffer = session.reply_buffer;
  const bool overflowed = buffer.overflowed();
  shape.in_blocks = switches.replies_in_blocks;
  buffer.settle(session.waiting(), ledger.allocation(), shape);
  if (!overflowed && !buffer.overflowed()) return;
  recharge(session);
  check_output_limit(session);
}

void Engine::sent(Session& session, std::size_t bytes) {
  session.bytes_out += bytes;
  session.weightless = std::min(session.weightless, session.out.size() + session.unsent);
  ++stats.writes;
  stats.net_output_bytes += bytes;
  settle_replies(session, {});
  count_evictable(session);
}

void Engine::settle_requests(Session& session, std::size_t received) {
  const RequestParser::Progress progress = session.parser.progress();
  const QueryBuffer::Rest rest{session.in.size() - std::min(progress.position, session.in.size()),
                               progress.argument};
  Session::Arriving arriving;
  if (progress.announced > 0) {
    // networking.c, processMultibulkBuffer: room for 1,024 words at first.
    constexpr std::size_t words_at_first = 1024;
    const Allocation& allocation = ledger.allocation();
    arriving.words = progress.words;
    arriving.bytes = allocation.size(
        sizeof(void*) * std::max(progress.words, std::min(progress.announced, words_at_first)));
    session.parser.for_each_partial([&](std::size_t size) {
      arriving.letters += size;
      arriving.bytes += footprint::argument(allocation, size);
    });
  }
  const bool was_free = session.query_buffer.bytes() == 0 && session.arriving.bytes == 0;
  session.query_buffer.settle(received, rest, ledger.allocation());
  session.arriving = arriving;
  if (!was_free || session.query_buffer.bytes() > 0 || arriving.bytes > 0) recharge(session);
}

void Engine::give_query_buffer_away(Session& session, std::span<const std::string_view> words) {
  for (const std::string_view word : words) {
    if (word.size() < footprint::big_argument_min) continue;
    session.query_buffer.give_away(word.size(), ledger.allocation());
    recharge(session);
  }
}

// ---- limits

void Engine::check_output_limit(Session& session) {
  if (!session.reply_buffer.overflowed() || session.closed || session.internal) return;
  const Options::OutputLimit& limit =
      session.subscriptions() > 0 ? options.output_pubsub : options.output_normal;
  // Who never signed in gets little (networking.c, REPLY_BUFFER_SIZE_UNAUTHENTICATED_CLIENT).
  constexpr std::int64_t unauthenticated_max = 1024;
  const auto used = static_cast<std::int64_t>(session.reply_buffer.output());
  const std::int64_t now_s = unix_seconds(now());
  bool over = limit.hard > 0 && used >= limit.hard;
  if (!session.ever_authenticated && used > unauthenticated_max) over = true;
  if (limit.soft > 0 && used >= limit.soft) {
    if (session.over_soft_limit_since_s == 0) session.over_soft_limit_since_s = now_s;
    over = over || now_s - session.over_soft_limit_since_s > limit.soft_seconds;
  } else {
    session.over_soft_limit_since_s = 0;
  }
  if (!over) return;
  constexpr int warning = 3;
  log(warning, "Client id=" + std::to_string(session.id) + " addr=" + session.address +
                   " scheduled to be closed ASAP for overcoming of output buffer limits.");
  ++stats.output_buffer_limit_disconnections;
  disconnect(session);
}

std::int64_t Engine::client_eviction_limit() const {
  // A smaller limit would leave nobody to talk to (networking.c, getClientEvictionLimit).
  constexpr std::int64_t least = 128 * 1024;
  std::int64_t limit = options.maxmemory_clients;
  if (limit < 0) {
    const std::uint64_t maxmemory = options.eviction.maxmemory;
    if (maxmemory == 0) return std::numeric_limits<std::int64_t>::max();
    limit = static_cast<std::int64_t>(static_cast<double>(maxmemory) * -static_cast<double>(limit) /
                                      100);
  }
  return std::max(limit, least);
}

void Engine::evict_clients() {
  if (options.maxmemory_clients == 0) return;
  const std::int64_t limit = client_eviction_limit();
  while (clients_memory_ >= limit) {
    Session* const largest = client_buckets_.first_of_largest();
    if (!largest) return;
    constexpr int notice = 2;
    log(notice, "Evicting client: id=" + std::to_string(largest->id) + " addr=" + largest->address +
                    " tot-mem=" + std::to_string(largest->counted));
    ++stats.evicted_clients;
    disconnect(*largest);
  }
}

void Engine::weigh_clients() {
  for (const auto& one : sessions_) {
    if (options.maxmemory_clients == 0) {
      client_buckets_.remove(*one.second);
    } else {
      count_client(*one.second);
    }
  }
}

// ---- the cron

// A few clients each time, in turn, so that each is seen once a second (server.c, clientsTimeProc).
void Engine::clients_cron() {
  constexpr std::size_t least = 5;
  const std::size_t all = sessions_.size();
  peaks_.start(unix_seconds(now()));
  std::size_t left =
      std::max(all / static_cast<std::size_t>(options.keyspace.hz), std::min(all, least));
  for (; left > 0; --left) {
    auto next = sessions_.upper_bound(last_groomed_);
    if (next == sessions_.end()) next = sessions_.begin();
    last_groomed_ = next->first;
    if (!next->second->internal && !next->second->closed) groom(*next->second);
  }
  evict_clients();
}

void Engine::groom(Session& session) {
  const std::int64_t idle_s = unix_seconds(now()) - unix_seconds(session.last_interaction);
  if (options.timeout_s > 0 && idle_s > options.timeout_s && !session.blocked &&
      session.subscriptions() == 0) {
    constexpr int verbose = 1;
    log(verbose, "Closing idle client");
    return disconnect(session);
  }
  bool changed = session.query_buffer.cron(idle_s, ledger.allocation());
  if (switches.reply_buffers_resized) {
    const auto change = session.reply_buffer.cron(
        session.waiting(), unix_ms(now()), switches.reply_buffer_peak_ms, ledger.allocation());
    stats.reply_buffer_shrinks += change == ReplyBuffer::Change::shrunk;
    stats.reply_buffer_expands += change == ReplyBuffer::Change::grown;
    changed = changed || change != ReplyBuffer::Change::none;
  }
  if (changed) recharge(session);
  const ClientMemory memory = client_memory(session, ledger.profile());
  peaks_.see(session.query_buffer.bytes() + session.arriving.bytes, memory.output);
  count_client_as(session, memory.total);
  check_output_limit(session);
}

}  // namespace outlive
