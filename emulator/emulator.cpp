// What the C++ door does: an engine behind a lock, on a clock that the caller moves or the
// system's.
#include "outlive/emulator.hpp"

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <future>
#include <mutex>
#include <random>
#include <thread>
#include <type_traits>
#include <utility>

#include "base/text.hpp"
#include "commands/table.hpp"
#include "engine/directives.hpp"
#include "engine/engine.hpp"
#include "resp/reply_parser.hpp"
#include "server/clock.hpp"
#include "server/server.hpp"

namespace outlive {

// A socket of its own, served by a thread of its own, which alone touches the engine from then on.
struct Listener {
  Listener(Engine& engine, ServerClock& clock, int port) : io(1), server(engine, clock, io) {
    server.listen({.addresses = {"127.0.0.1"}, .port = port});
    engine.shell.port = server.port();
    server.start();
    thread = std::thread([this] { io.run(); });
  }
  ~Listener() {
    asio::post(io, [this] {
      server.stop();
      io.stop();
    });
    thread.join();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  asio::io_context io;
  Server server;
  std::thread thread;
};

struct Emulator::Impl {
  ServerClock clock;
  std::unique_ptr<Engine> engine;
  Session* session = nullptr;
  std::string reply;  // of run_raw(), kept until the next call
  std::mutex one_at_a_time;
  std::unique_ptr<Listener> listener;

  // Runs `work` where the engine lives: here, behind a lock, or on the listener's thread.
  template <class Work>
  std::invoke_result_t<Work> with_engine(Work work) {
    if (!listener) {
      const std::lock_guard lock(one_at_a_time);
      keep_time();
      return work();
    }
    std::packaged_task<std::invoke_result_t<Work>()> task([&] {
      keep_time();
      const TellListener tell{listener->server};
      return work();
    });
    auto result = task.get_future();
    asio::post(listener->io, [&task] { task(); });
    return result.get();
  }

 private:
  // What the work wrote for clients of the socket is sent, however it ended.
  struct TellListener {
    Server& server;
    ~TellListener() { server.flush_ready(); }
  };
  void keep_time() {
    if (!clock.fixed()) engine->advance(clock.now());
  }
};

struct Emulator::Connection::State {
  Impl* emulator = nullptr;
  Session* session = nullptr;
};

namespace {

Options options_from(const Emulator::Options& wanted) {
  Options options;
  options.enable_debug_command = Permission::yes;
  options.enable_outlive_command = Permission::yes;
  for (const auto& [name, value] : wanted.directives) {
    const auto words = split_words(value);
    if (!words) throw UserError("directive '" + name + " " + value + "': unbalanced quotes");
    std::vector<std::string_view> values(words->begin(), words->end());
    if (values.empty()) values.emplace_back();
    if (const auto error = set_directive(options, name, values)) {
      throw UserError("directive '" + name + " " + value + "': " + *error);
    }
  }
  return options;
}

// Takes the first reply off a session's output; what is left was pushed.
Reply take_reply(Engine& engine, Session& session) {
  auto parsed = parse_reply(session.out);
  if (!parsed) return {};
  session.out.erase(0, parsed->size);
  engine.sent(session, parsed->size);
  return std::move(parsed->reply);
}

// Drops what nobody has taken.
void drop_output(Engine& engine, Session& session) {
  const std::size_t size = session.out.size();
  session.out.clear();
  if (size > 0) engine.sent(session, size);
}

template <class Impl>
void move_clock(Impl& impl, Instant to) {
  if (!impl.clock.fixed())
    throw UserError("this emulator runs by the system's clock: set virtual_time");
  impl.clock.move_to(to);
  impl.engine->advance(to);
}

}  // namespace

Emulator::Emulator(Options options) : impl_(std::make_unique<Impl>()) {
  Impl& impl = *impl_;
  if (options.virtual_time) impl.clock.freeze(Instant{options.start.time_since_epoch()});
  const std::uint64_t seed = options.seed ? *options.seed : std::random_device{}();
  impl.engine = std::make_unique<Engine>(Engine::Setup{.options = options_from(options),
                                                       .seed = seed,
                                                       .start = impl.clock.now(),
                                                       .families = all_commands(),
                                                       .scripts = make_script_host,
                                                       .journal_limit = options.journal_limit});
  impl.engine->clock = &impl.clock;
  impl.session = &impl.engine->open(impl.clock.now());
  if (options.port) {
    impl.listener = std::make_unique<Listener>(*impl.engine, impl.clock, *options.port);
  }
}

Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

Reply Emulator::run(std::initializer_list<std::string_view> words) {
  return run(std::span<const std::string_view>(words.begin(), words.size()));
}

Reply Emulator::run(std::span<const std::string_view> words) {
  Impl& impl = *impl_;
  return impl.with_engine([&] {
    drop_output(*impl.engine, *impl.session);
    impl.engine->execute(*impl.session, words, impl.clock.now());
    return take_reply(*impl.engine, *impl.session);
  });
}

std::string_view Emulator::run_raw(std::span<const std::string_view> words) {
  Impl& impl = *impl_;
  return impl.with_engine([&]() -> std::string_view {
    drop_output(*impl.engine, *impl.session);
    impl.engine->execute(*impl.session, words, impl.clock.now());
    if (!impl.listener) return impl.session->out;
    // The listener's thread may write there at any time.
    impl.reply = impl.session->out;
    return impl.reply;
  });
}

void Emulator::prefetch(std::span<const std::string_view> keys) const {
  impl_->with_engine([&] { impl_->engine->prefetch(keys, 0); });
}

Emulator::Connection Emulator::connect() {
  auto state = std::make_unique<Connection::State>();
  state->emulator = impl_.get();
  state->session = impl_->with_engine([&] { return &impl_->engine->open(impl_->clock.now()); });
  return Connection(std::move(state));
}

Emulator::Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Emulator::Connection::~Connection() {
  if (!state_) return;
  Impl& impl = *state_->emulator;
  impl.with_engine([&] { impl.engine->close(*state_->session); });
}
Emulator::Connection::Connection(Connection&&) noexcept = default;
Emulator::Connection& Emulator::Connection::operator=(Connection&&) noexcept = default;

Reply Emulator::Connection::run(std::initializer_list<std::string_view> words) {
  return run(std::span<const std::string_view>(words.begin(), words.size()));
}

Reply Emulator::Connection::run(std::span<const std::string_view> words) {
  Impl& impl = *state_->emulator;
  return impl.with_engine([&] {
    impl.engine->execute(*state_->session, words, impl.clock.now());
    return take_reply(*impl.engine, *state_->session);
  });
}

std::vector<Reply> Emulator::Connection::take_pushed() {
  Impl& impl = *state_->emulator;
  return impl.with_engine([&] {
    std::vector<Reply> pushed;
    while (!state_->session->out.empty()) {
      pushed.push_back(take_reply(*impl.engine, *state_->session));
    }
    return pushed;
  });
}

Time Emulator::now() const {
  return impl_->with_engine([&] { return Time{impl_->clock.now().time_since_epoch()}; });
}

void Emulator::advance(std::chrono::microseconds by) {
  impl_->with_engine([&] { move_clock(*impl_, impl_->clock.now() + by); });
}

void Emulator::set_time(Time to) {
  impl_->with_engine([&] { move_clock(*impl_, Instant{to.time_since_epoch()}); });
}

std::uint64_t Emulator::seed() const {
  return impl_->with_engine([&] { return impl_->engine->seed(); });
}
int Emulator::port() const {
  return impl_->listener ? impl_->listener->server.port() : 0;
}
std::uint64_t Emulator::used_memory() const {
  return impl_->with_engine(
      [&] { return static_cast<std::uint64_t>(impl_->engine->ledger.used()); });
}

std::vector<Departure> Emulator::departures() const {
  return impl_->with_engine([&] {
    const auto& kept = impl_->engine->keyspace.journal.departures();
    return std::vector<Departure>(kept.begin(), kept.end());
  });
}

void Emulator::on_departure(std::function<void(const Departure&)> listener, bool with_candidates) {
  impl_->with_engine(
      [&] { impl_->engine->keyspace.journal.set_listener(std::move(listener), with_candidates); });
}

void Emulator::replace_function(std::string_view name, NativeFunction body) {
  impl_->with_engine([&] { impl_->engine->scripts->replace_function(name, std::move(body)); });
}

std::uint64_t Emulator::digest() const {
  return impl_->with_engine([&] { return impl_->engine->keyspace.digest(); });
}

}  // namespace outlive
