// The front door for C++: a Valkey in your process that really evicts.
//
//   outlive::Emulator valkey{{.directives = {{"maxmemory", "10mb"}, {"maxmemory-policy", "volatile-ttl"}},
//                             .seed = 7}};
//   valkey.run({"SET", "greeting", "hello", "EX", "60"});
//   valkey.advance(std::chrono::hours{1});                       // a minute is over: the key has gone
//   CHECK(valkey.run({"GET", "greeting"}).is_null());
//   CHECK(valkey.departures().back().reason == outlive::Departure::Reason::expired_lazily);
//
// With `.port = 0` it also listens on 127.0.0.1, on a thread of its own, for any client:
//
//   outlive::Emulator valkey{{.port = 0}};
//   redisConnect("127.0.0.1", valkey.port());
//
// One object is one server; any number live in one process. Its members may be called from any
// thread, one at a time is inside.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "outlive/departure.hpp"
#include "outlive/native_function.hpp"
#include "outlive/reply.hpp"

namespace outlive {

// A directive, a value or a file that cannot be: what, where, and what to do, in one line.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Emulator {
 public:
  struct Options {
    // valkey.conf directives in order, e.g. {"maxmemory", "10mb"}.
    std::vector<std::pair<std::string, std::string>> directives = {};
    // All chance comes from here; the same seed, commands and clock give the same run. None: drawn
    // afresh, and told by seed().
    std::optional<std::uint64_t> seed = {};
    // true: the clock stands still until advance() or set_time(). false: it is the system's.
    bool virtual_time = true;
    // Where a virtual clock starts.
    Time start = Time{std::chrono::seconds{1'750'000'000}};
    // A TCP port on 127.0.0.1 to listen on, 0 for any free one. None: no socket at all.
    std::optional<int> port = {};
    // Departures kept for departures(); the oldest go first. 0 switches the journal off.
    std::size_t journal_limit = 100'000;
  };

  // Throws UserError for a directive Valkey would refuse and for a port that can't be had.
  Emulator() : Emulator(Options{}) {}
  explicit Emulator(Options options);
  ~Emulator();
  Emulator(Emulator&&) noexcept;
  Emulator& operator=(Emulator&&) noexcept;

  // One command on the emulator's own connection; errors come back as replies of kind error.
  // A blocking command answers null when its time is up (virtual time: at once).
  Reply run(std::initializer_list<std::string_view> words);
  Reply run(std::span<const std::string_view> words);
  // The same without building a value: the reply's RESP bytes, good until the next call.
  std::string_view run_raw(std::span<const std::string_view> words);

  // A hint that these keys of database 0 will soon be asked for: brings them nearer to the
  // processor, and changes nothing.
  void prefetch(std::span<const std::string_view> keys) const;

  // A further connection, with its own database, transaction and subscriptions.
  class Connection {
   public:
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    Reply run(std::initializer_list<std::string_view> words);
    Reply run(std::span<const std::string_view> words);
    // What the server sent unasked (pub/sub messages, MONITOR lines, invalidations), oldest first.
    std::vector<Reply> take_pushed();

   private:
    friend class Emulator;
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  Connection connect();

  // The emulated clock. advance() and set_time() need virtual_time; going back is allowed, as a
  // system clock may. What falls due on the way (active expiry, timeouts) happens in order.
  Time now() const;
  void advance(std::chrono::microseconds by);
  void set_time(Time to);

  std::uint64_t seed() const;
  int port() const;                       // 0 when it does not listen
  std::uint64_t used_memory() const;      // modelled bytes, as INFO's used_memory

  // The journal, oldest first; and a listener called at each departure while it is set (the
  // Departure is valid during the call only). The listener must not call back into the emulator.
  // One that does without Departure::lost_to_it is told faster.
  std::vector<Departure> departures() const;
  void on_departure(std::function<void(const Departure&)> listener, bool with_candidates = true);

  // FCALL of this function of a loaded library runs `body` in C++ from now on. Its commands, its
  // gates and what it weighs stay those of the library.
  void replace_function(std::string_view name, NativeFunction body);

  // A digest of the whole keyspace: two equal runs have equal digests.
  std::uint64_t digest() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outlive
