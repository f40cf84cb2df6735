// What the C++ door does: an engine behind a lock, on a clock that the caller moves or the
// system's.
#include "outlive/emulator.hpp"

#include <random>
#include <utility>

#include "base/text.hpp"
#include "commands/table.hpp"
#include "engine/directives.hpp"
#include "engine/engine.hpp"
#include "resp/reply_parser.hpp"

namespace outlive {

struct Emulator::Impl {
  std::unique_ptr<Engine> engine;
  Session* session = nullptr;
  Instant now{};
  std::string reply;  // of run_raw(), kept until the next call
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

}  // namespace

Emulator::Emulator(Options options) : impl_(std::make_unique<Impl>()) {
  impl_->now = Instant{options.start.time_since_epoch()};
  const std::uint64_t seed = options.seed ? *options.seed : std::random_device{}();
  impl_->engine = std::make_unique<Engine>(Engine::Setup{.options = options_from(options),
                                                         .seed = seed,
                                                         .start = impl_->now,
                                                         .families = all_commands(),
                                                         .scripts = make_script_host,
                                                         .journal_limit = options.journal_limit});
  impl_->session = &impl_->engine->open(impl_->now);
}

Emulator::~Emulator() = default;
Emulator::Emulator(Emulator&&) noexcept = default;
Emulator& Emulator::operator=(Emulator&&) noexcept = default;

Reply Emulator::run(std::initializer_list<std::string_view> words) {
  return run(std::span<const std::string_view>(words.begin(), words.size()));
}

Reply Emulator::run(std::span<const std::string_view> words) {
  drop_output(*impl_->engine, *impl_->session);
  impl_->engine->execute(*impl_->session, words, impl_->now);
  return take_reply(*impl_->engine, *impl_->session);
}

std::string_view Emulator::run_raw(std::span<const std::string_view> words) {
  drop_output(*impl_->engine, *impl_->session);
  impl_->engine->execute(*impl_->session, words, impl_->now);
  return impl_->session->out;
}

void Emulator::prefetch(std::span<const std::string_view> keys) const {
  impl_->engine->prefetch(keys, 0);
}

Emulator::Connection Emulator::connect() {
  auto state = std::make_unique<Connection::State>();
  state->emulator = impl_.get();
  state->session = &impl_->engine->open(impl_->now);
  return Connection(std::move(state));
}

Emulator::Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Emulator::Connection::~Connection() {
  if (state_) state_->emulator->engine->close(*state_->session);
}
Emulator::Connection::Connection(Connection&&) noexcept = default;
Emulator::Connection& Emulator::Connection::operator=(Connection&&) noexcept = default;

Reply Emulator::Connection::run(std::initializer_list<std::string_view> words) {
  return run(std::span<const std::string_view>(words.begin(), words.size()));
}

Reply Emulator::Connection::run(std::span<const std::string_view> words) {
  state_->emulator->engine->execute(*state_->session, words, state_->emulator->now);
  return take_reply(*state_->emulator->engine, *state_->session);
}

std::vector<Reply> Emulator::Connection::take_pushed() {
  std::vector<Reply> pushed;
  while (!state_->session->out.empty()) pushed.push_back(take_reply(*state_->emulator->engine, *state_->session));
  return pushed;
}

Time Emulator::now() const {
  return Time{impl_->now.time_since_epoch()};
}

void Emulator::advance(std::chrono::microseconds by) {
  impl_->now += by;
  impl_->engine->advance(impl_->now);
}

void Emulator::set_time(Time to) {
  impl_->now = Instant{to.time_since_epoch()};
  impl_->engine->advance(impl_->now);
}

std::uint64_t Emulator::seed() const {
  return impl_->engine->seed();
}
int Emulator::port() const {
  return 0;
}
std::uint64_t Emulator::used_memory() const {
  return static_cast<std::uint64_t>(impl_->engine->ledger.used());
}

std::vector<Departure> Emulator::departures() const {
  const auto& kept = impl_->engine->keyspace.journal.departures();
  return {kept.begin(), kept.end()};
}

void Emulator::on_departure(std::function<void(const Departure&)> listener, bool with_candidates) {
  impl_->engine->keyspace.journal.set_listener(std::move(listener), with_candidates);
}

void Emulator::replace_function(std::string_view name, NativeFunction body) {
  impl_->engine->scripts->replace_function(name, std::move(body));
}

std::uint64_t Emulator::digest() const {
  return impl_->engine->keyspace.digest();
}

}  // namespace outlive
