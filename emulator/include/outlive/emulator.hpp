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
// thread, one at a time is inside. All threads share the connection that run() uses: what blocks,
// or has a state (MULTI, SUBSCRIBE, SELECT), wants a connect() of its own.
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
    // valkey.conf directives in order, e.g. {"maxmemory", "10mb"}. Those that say where to listen
    // and by which clock are refused: there are options for that.
    std::vector<std::pair<std::string, std::string>> directives = {};
    // All chance comes from here; the same seed, commands and clock give the same run. None: the
    // directive outlive-seed, or drawn afresh, and told by seed().
    std::optional<std::uint64_t> seed = {};
    // true: the clock stands still until advance() or set_time(). false: it is the system's.
    bool virtual_time = true;
    // Where a virtual clock starts.
    Time start = Time{std::chrono::seconds{1'750'000'000}};
    // A TCP port on 127.0.0.1 to listen on, 0 for any free one; a path for a Unix socket, which goes
    // with the emulator. None of them: no socket and no thread at all.
    std::optional<int> port = {};
    std::string unix_socket = {};
    // The same for TLS. The directives tls-cert-file, tls-key-file, tls-ca-cert-file and so on say
    // how; `outlive certs DIR` makes certificates for tests.
    std::optional<int> tls_port = {};
    // Departures kept for departures(); the oldest go first. 0 switches the journal off.
    std::size_t journal_limit = 100'000;
  };

  // Throws UserError for a directive Valkey would refuse, for a port that can't be had and for a
  // certificate that can't be used.
  Emulator() : Emulator(Options{}) {}
  explicit Emulator(Options options);
  ~Emulator();
  Emulator(Emulator&&) noexcept;
  Emulator& operator=(Emulator&&) noexcept;

  // One command on the emulator's own connection; errors come back as replies of kind error.
  // A command that waits (WAIT, or any during CLIENT PAUSE) is waited for by the system's clock. By
  // a clock that stands still it answers null: its reply is among take_pushed() of its Connection
  // once the clock was moved far enough.
  Reply run(std::initializer_list<std::string_view> words);
  Reply run(std::span<const std::string_view> words);
  // The same without building a value: the reply's RESP bytes, good until the next call. By a
  // virtual clock it can be moved first, as by advance().
  std::string_view run_raw(std::span<const std::string_view> words,
                           std::chrono::microseconds after = {});

  // A hint that these keys of database 0 will soon be asked for: brings them nearer to the
  // processor, and changes nothing.
  void prefetch(std::span<const std::string_view> keys) const;

  // A further connection, with its own database, transaction and subscriptions:
  //
  //   auto listener = valkey.connect();
  //   listener.run({"SUBSCRIBE", "__keyevent@0__:evicted"});
  //   …
  //   for (const Reply& message : listener.take_pushed()) use(message.elements[2].text);
  //
  // It must go before the emulator does.
  class Connection {
   public:
    ~Connection();
    Connection(Connection&&) noexcept;
    Connection& operator=(Connection&&) noexcept;
    Reply run(std::initializer_list<std::string_view> words);
    Reply run(std::span<const std::string_view> words);
    // What the server sent unasked (pub/sub messages, MONITOR lines, invalidations) or later than
    // asked, oldest first.
    std::vector<Reply> take_pushed();

   private:
    friend class Emulator;
    struct State;
    explicit Connection(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  Connection connect();

  // The emulated clock. A clock that stands still can be moved: by advance() the time between is
  // lived through, and what falls due on the way (active expiry, timeouts) happens in order; by
  // set_time() it jumps, as a system clock may, also back. One that runs refuses with UserError.
  Time now() const;
  void advance(std::chrono::microseconds by);
  void set_time(Time to);
  // Stops it where it is; lets it run on from there.
  void freeze();
  void resume();

  std::uint64_t seed() const;
  int port() const;                       // 0 when it does not listen
  int tls_port() const;                   // 0 when it does not listen there
  std::uint64_t used_memory() const;      // modelled bytes, as INFO's used_memory

  // Why a key of the database that run() has selected left, or whether it may, in one sentence:
  //
  //   "evicted by volatile-ttl to make room: it had been idle for 12000 ms, 400 ms of its TTL were
  //    left; it ranked before 15 other candidates"
  std::string explain(std::string_view key);
  // The journal, oldest first; and a listener called at each departure while it is set (the
  // Departure is valid during the call only). The listener must not call back into the emulator.
  // One that does without Departure::lost_to_it is told faster.
  std::vector<Departure> departures() const;
  void on_departure(std::function<void(const Departure&)> listener, bool with_candidates = true);

  // FCALL of this function of a loaded library runs `body` in C++ from now on. Its commands, its
  // gates and what it weighs stay those of the library.
  void replace_function(std::string_view name, NativeFunction body);

  // Values that commands of this process take from within `text`, these very bytes, are referred to
  // from now on, not copied. They weigh in used_memory() what they would, and take no room: a test
  // can fill gigabytes.
  //
  //   const auto filler = std::make_shared<const std::string>(8'000, 'x');
  //   valkey.lend(filler);
  //   for (const std::string& key : keys) valkey.run({"SET", key, *filler});
  void lend(std::shared_ptr<const std::string> text);

  // A digest of the whole keyspace, and one of all departures while the journal was on: two equal
  // runs have equal digests.
  std::uint64_t digest() const;
  std::uint64_t journal_digest() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace outlive
