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

// Sockets of its own, served by a thread of its own, which alone touches the engine from then on.
struct Listener {
  Listener(Engine& engine, ServerClock& clock, const Emulator::Options& options)
      : io(1), server(engine, clock, io) {
    if (options.tls_port) server.use_tls(tls_settings(engine.options));
    server.listen({.addresses = {"127.0.0.1"},
                   .port = options.port.value_or(-1),
                   .tls_port = options.tls_port.value_or(-1),
                   .unix_socket = options.unix_socket});
    engine.on_busy = [this] {
      io.poll();
      return true;
    };
    engine.on_change_options = [this](outlive::Options& changed,
                                      std::span<const std::string_view> given) {
      return server.follow_tls(changed, given);
    };
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

  // The connection that run() uses; another one if it was closed.
  Session& own_session();
  // Runs a command; what is answered at once is in the session's output afterwards.
  void execute(Session& on, std::span<const std::string_view> words);
  void arrive(Session& on, std::span<const std::string_view> words);
  // Runs a command, on its own connection unless another is given, and takes its reply; by the
  // system's clock also one that comes later.
  Reply ask(std::span<const std::string_view> words, Session* on = nullptr);
  void move_clock(Duration by);
  void set_clock(Instant to);

 private:
  // What the work wrote for clients of the socket is sent, however it ended.
  struct TellListener {
    Server& server;
    ~TellListener() { server.flush_ready(); }
  };
  // In the middle of a slow script time stands still.
  void keep_time() {
    if (!clock.fixed() && !engine->serving_others()) engine->advance(clock.now());
  }
  void must_be_fixed() const;
};

struct Emulator::Connection::State {
  Impl* emulator = nullptr;
  Session* session = nullptr;
};

namespace {

constexpr std::size_t read_size = QueryBuffer::read_max;  // of a socket

// Directives that `outlive serve` obeys and that are options here.
struct ShellDirective {
  std::string_view name;
  std::string_view instead;
};
constexpr ShellDirective shell_directives[] = {
    {"bind", "in process it listens on 127.0.0.1 alone"},
    {"outlive-clock", "in process the options virtual_time and start say so"},
    {"port", "in process the option port says so"},
    {"tls-port", "in process the option tls_port says so"},
    {"unixsocket", "in process the option unix_socket says so"},
    {"unixsocketperm", "in process the socket has the permissions that the umask leaves"}};

void set_one(Options& options, const std::string& name, const std::string& value) {
  const auto refuse = [&](std::string_view why) {
    throw UserError("directive '" + name + " " + value + "': " + std::string(why));
  };
  for (const ShellDirective& row : shell_directives) {
    if (equal_ignoring_case(row.name, name)) refuse(row.instead);
  }
  const auto words = split_words(value);
  if (!words) return refuse("unbalanced quotes");
  std::vector<std::string_view> values(words->begin(), words->end());
  if (values.empty()) values.emplace_back();
  if (const auto error = set_directive(options, name, values)) refuse(*error);
}

Options options_from(const Emulator::Options& wanted) {
  Options options;
  options.enable_debug_command = Permission::yes;
  options.enable_outlive_command = Permission::yes;
  // First what it is: which directives there are depends on it.
  const auto says_what = [](std::string_view name) {
    return equal_ignoring_case(name, "outlive-profile") || equal_ignoring_case(name, "outlive-like");
  };
  for (const bool first : {true, false}) {
    for (const auto& [name, value] : wanted.directives) {
      if (says_what(name) == first) set_one(options, name, value);
    }
  }
  return options;
}

// Of a directive that the engine leaves to whoever makes it.
std::string value_of(const Options& options, std::string_view name) {
  return directive_value(options, *find_directive(name));
}

std::uint64_t seed_from(const Emulator::Options& wanted, const Options& options) {
  if (wanted.seed) return *wanted.seed;
  const std::uint64_t seed = std::stoull(value_of(options, "outlive-seed"));
  return seed != 0 ? seed : std::random_device{}();
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
  if (session.out.empty()) return;
  const std::size_t size = session.out.size();
  session.out.clear();
  engine.sent(session, size);
}

}  // namespace

Session& Emulator::Impl::own_session() {
  if (session->closed) {
    engine->close(*session);
    session = &engine->open(clock.now());
  }
  drop_output(*engine, *session);
  return *session;
}

void Emulator::Impl::execute(Session& on, std::span<const std::string_view> words) {
  const auto refuse = [&](std::string_view why) { ReplyWriter(on.out, on.protocol).error(why); };
  if (words.empty()) return refuse("ERR a command has at least one word");
  if (on.closed) return refuse("ERR this connection was closed");
  if (on.blocked) return refuse("ERR this connection waits: move the clock, or use another one");
  std::size_t letters = 0;
  for (const std::string_view word : words) letters += word.size();
  if (letters > read_size - read_size / 4) [[unlikely]] {
    return arrive(on, words);
  }
  engine->execute(on, words, clock.now());
}

// A request that does not come in one read is weighed while it arrives (query_buffer.hpp).
void Emulator::Impl::arrive(Session& on, std::span<const std::string_view> words) {
  std::string request;
  ReplyWriter writer(request, Protocol::resp2);
  writer.array(words.size());
  for (const std::string_view word : words) writer.bulk(word);
  for (std::string_view rest = request; !rest.empty() && !on.closed;) {
    engine->receive(on, rest.substr(0, read_size), clock.now());
    rest.remove_prefix(std::min(read_size, rest.size()));
  }
}

Reply Emulator::Impl::ask(std::span<const std::string_view> words, Session* on) {
  constexpr std::chrono::milliseconds between_looks{1};
  bool waits = false;
  const auto take = [&] {
    waits = on->blocked && !clock.fixed();
    return take_reply(*engine, *on);
  };
  Reply answer = with_engine([&] {
    if (!on) on = &own_session();
    execute(*on, words);
    return take();
  });
  while (waits) {
    std::this_thread::sleep_for(between_looks);
    answer = with_engine(take);
  }
  return answer;
}

void Emulator::Impl::must_be_fixed() const {
  if (clock.fixed()) return;
  throw UserError("the clock runs by itself: set the option virtual_time, or freeze() it");
}

void Emulator::Impl::move_clock(Duration by) {
  must_be_fixed();
  own_session();  // has read its reply before time goes on
  clock.move_to(clock.now() + by);
  if (!engine->serving_others()) engine->advance(clock.now());
}

void Emulator::Impl::set_clock(Instant to) {
  must_be_fixed();
  own_session();
  clock.move_to(to);
  if (!engine->serving_others()) engine->jump(to);
}

Emulator::Emulator(Options options) : impl_(std::make_unique<Impl>()) {
  Impl& impl = *impl_;
  if (options.virtual_time) impl.clock.freeze(Instant{options.start.time_since_epoch()});
  outlive::Options engine_options = options_from(options);
  const std::uint64_t seed = seed_from(options, engine_options);
  impl.engine = std::make_unique<Engine>(Engine::Setup{.options = std::move(engine_options),
                                                       .seed = seed,
                                                       .start = impl.clock.now(),
                                                       .families = all_commands(),
                                                       .scripts = make_script_host,
                                                       .journal_limit = options.journal_limit});
  impl.engine->clock = &impl.clock;
  if (!options.virtual_time) impl.engine->stopwatch = stopwatch_us;
  impl.session = &impl.engine->open(impl.clock.now());
  if (options.port || options.tls_port || !options.unix_socket.empty()) {
    impl.listener = std::make_unique<Listener>(*impl.engine, impl.clock, options);
  }
}

Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

Reply Emulator::run(std::initializer_list<std::string_view> words) {
  return run(std::span<const std::string_view>(words.begin(), words.size()));
}

Reply Emulator::run(std::span<const std::string_view> words) {
  return impl_->ask(words);
}

std::string_view Emulator::run_raw(std::span<const std::string_view> words,
                                   std::chrono::microseconds after) {
  Impl& impl = *impl_;
  return impl.with_engine([&]() -> std::string_view {
    if (after != after.zero()) impl.move_clock(after);
    Session& session = impl.own_session();
    impl.execute(session, words);
    if (!impl.listener) return session.out;
    // The listener's thread may write there at any time.
    impl.reply = session.out;
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
  return state_->emulator->ask(words, state_->session);
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
  impl_->with_engine([&] { impl_->move_clock(by); });
}

void Emulator::set_time(Time to) {
  impl_->with_engine([&] { impl_->set_clock(Instant{to.time_since_epoch()}); });
}

void Emulator::freeze() {
  impl_->with_engine([&] { impl_->clock.freeze(impl_->clock.now()); });
}

void Emulator::resume() {
  impl_->with_engine([&] { impl_->clock.resume(); });
}

std::uint64_t Emulator::seed() const {
  return impl_->with_engine([&] { return impl_->engine->seed(); });
}
int Emulator::port() const {
  return impl_->listener ? impl_->listener->server.port() : 0;
}
int Emulator::tls_port() const {
  return impl_->listener ? impl_->listener->server.tls_port() : 0;
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

std::string Emulator::explain(std::string_view key) {
  const Reply answer = run({"OUTLIVE", "EXPLAIN", key});
  if (answer.is_error()) return answer.text;
  // A list of names and values, or in RESP3 a map, which is kept the same way.
  for (std::size_t i = 0; i + 1 < answer.elements.size(); i += 2) {
    if (answer.elements[i].text == "why") return answer.elements[i + 1].text;
  }
  return {};
}

void Emulator::on_departure(std::function<void(const Departure&)> listener, bool with_candidates) {
  impl_->with_engine(
      [&] { impl_->engine->keyspace.journal.set_listener(std::move(listener), with_candidates); });
}

void Emulator::replace_function(std::string_view name, NativeFunction body) {
  impl_->with_engine([&] { impl_->engine->scripts->replace_function(name, std::move(body)); });
}

void Emulator::lend(std::shared_ptr<const std::string> text) {
  impl_->with_engine([&] { impl_->engine->keyspace.lent.add(std::move(text)); });
}

std::uint64_t Emulator::digest() const {
  return impl_->with_engine([&] { return impl_->engine->keyspace.digest(); });
}

std::uint64_t Emulator::journal_digest() const {
  return impl_->with_engine([&] { return impl_->engine->keyspace.journal.digest(); });
}

}  // namespace outlive
