// One client's state: all that Valkey keeps between two of its requests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/c_text.hpp"
#include "base/time.hpp"
#include "engine/query_buffer.hpp"
#include "engine/reply_buffer.hpp"
#include "memory/profile.hpp"
#include "resp/reply_writer.hpp"
#include "resp/request_parser.hpp"

namespace outlive {

struct Command;

// A command that waits for EXEC.
struct QueuedCommand {
  const Command* command;
  std::vector<std::string> words;
};

struct Transaction {
  bool open = false;         // between MULTI and EXEC
  bool dirty_exec = false;   // a command could not be queued: EXEC refuses
  bool dirty_watch = false;  // a watched key changed: EXEC answers null
  std::vector<QueuedCommand> queue;
  std::uint64_t flags = 0;  // of all queued commands, or-ed
  std::uint64_t inverse_flags = 0;
  std::size_t room = 0;     // commands that Valkey's array has room for
  std::size_t letters = 0;  // of all queued words, with a pointer each: multi-mem
  std::size_t bytes = 0;    // of used_memory that the queued words take

  void reset() { *this = {}; }
};

struct WatchedKey {
  int database;
  std::string key;
  bool expired_when_watched;
};

// CLIENT TRACKING: what the client asked for.
struct Tracking {
  bool on = false;
  bool broadcast = false;
  bool opt_in = false;
  bool opt_out = false;
  bool no_loop = false;
  bool caching = false;          // CLIENT CACHING was given for the next command
  bool redirect_broken = false;  // the client redirected to is gone
  std::uint64_t redirect = 0;    // its id; 0: none
  std::set<std::string, std::less<>> prefixes;  // with BCAST
};

// Why a session waits: nothing of it is read on until then.
struct Blocked {
  Instant until{};      // when `on_timeout` runs
  bool forever = true;  // no timeout
  std::function<void()> on_timeout;
  bool postponed = false;  // CLIENT PAUSE: the same request runs again
};

// Names of clients and libraries: printable, without blanks, as far as a zero byte (networking.c,
// validateClientAttr; Redis 7.0 looked at all of them).
inline bool valid_client_name(std::string_view name, const Profile& profile) {
  for (const char letter : profile.is_redis() ? name : c_text(name)) {
    if (letter < '!' || letter > '~') return false;
  }
  return true;
}

struct Session {
  std::uint64_t id = 0;
  int database = 0;
  Protocol protocol = Protocol::resp2;

  std::string name;
  std::string library_name;
  std::string library_version;
  std::string user = "default";
  std::string address;  // "127.0.0.1:52011", or "/path:0" on a Unix socket
  std::string local_address;
  int descriptor = -1;  // the number CLIENT LIST shows
  bool local = true;    // over loopback or a Unix socket, or in process
  bool over_unix_socket = false;
  bool follows_redirects = false;  // CLIENT CAPA REDIRECT
  bool import_source = false;      // CLIENT IMPORT-SOURCE

  bool authenticated = true;
  bool ever_authenticated = true;  // RESET does not take that back
  bool monitor = false;
  bool no_touch = false;
  bool is_operator = false;  // the service's own: it is refused nothing that a service refuses
  bool no_evict = false;
  bool close_after_reply = false;
  bool closed = false;         // the shell drops it at the next occasion
  bool internal = false;       // a script's: not in CLIENT LIST, its replies are captured
  bool deny_blocking = false;  // inside MULTI or a script blocking commands answer at once
  enum class Replies : std::uint8_t { on, off, skip_next, skipping } replies = Replies::on;

  Transaction transaction;
  std::vector<WatchedKey> watched;
  std::size_t watched_bytes = 0;     // of used_memory
  std::vector<int> watched_in;       // 9.0: the databases in which it ever watched
  std::size_t watched_databases = 0;  // and how many there are
  bool had_transaction = false;      // MULTI or WATCH made its state, which stays
  bool had_subscriptions = false;    // so did a subscription or CLIENT TRACKING
  Tracking tracking;
  std::set<std::string, std::less<>> channels;
  std::set<std::string, std::less<>> patterns;
  std::set<std::string, std::less<>> shard_channels;
  std::optional<Blocked> blocked;

  Instant created{};
  Instant last_interaction{};
  const Command* last_command = nullptr;
  std::uint64_t commands_processed = 0;
  std::vector<std::size_t> redacted;  // words of the running request that no log may show
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;

  RequestParser parser;
  std::string in;         // bytes of requests that have not arrived whole, or that must wait
  std::string out;        // replies that the shell has not taken yet
  bool out_told = false;  // the shell knows that there is something in `out`

  // Modelled memory (see client_memory.hpp).
  std::size_t unsent = 0;  // replies that the shell took but could not send yet
  std::size_t weightless = 0;  // of those that wait: OUTLIVE's, which no real server sends
  ReplyBuffer reply_buffer;
  QueryBuffer query_buffer;
  struct Arriving {
    std::size_t words = 0;
    std::size_t letters = 0;
    std::size_t bytes = 0;  // of used_memory
  } arriving;  // words of a request that has not arrived whole
  std::int64_t charged = 0;   // what used_memory has of this client
  std::size_t subscriptions_charged = 0;  // how many of them `charged` knows
  std::int64_t counted = 0;   // what mem_clients_normal has of it
  int memory_bucket = -1;     // see ClientBuckets
  std::int64_t over_soft_limit_since_s = 0;  // client-output-buffer-limit; 0: not over

  // Bytes of replies that a real server would hold back.
  std::size_t waiting() const {
    const std::size_t all = out.size() + unsent;
    return all - std::min(all, weightless);
  }
  std::size_t subscriptions() const {
    return channels.size() + patterns.size() + shard_channels.size();
  }
};

}  // namespace outlive
