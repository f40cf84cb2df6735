#include "target/serve.hpp"

#include <charconv>
#include <filesystem>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#elif defined(__linux__)
#include <sys/auxv.h>
#endif

#include "base/number.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view program_name = "outlive";
constexpr std::size_t read_size = 16 * 1024;  // of a server (Valkey 8.1, PROTO_IOBUF_LEN)

std::string microseconds(Span since_epoch) {
  return std::to_string(since_epoch.count()) + "us";
}

Departure::Reason reason_called(std::string_view word) {
  constexpr auto last = static_cast<int>(Departure::Reason::moved);
  for (int i = 0; i <= last; ++i) {
    if (to_string(static_cast<Departure::Reason>(i)) == word) {
      return static_cast<Departure::Reason>(i);
    }
  }
  throw UserError{"outlive serve tells of a departure that this outlive does not know: " +
                  std::string{word}};
}

std::filesystem::path path_of_this_process() {
  std::error_code error;
#ifdef __APPLE__
  char name[4096];
  std::uint32_t size = sizeof name;
  if (_NSGetExecutablePath(name, &size) == 0) return std::filesystem::canonical(name, error);
#endif
  std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", error);
#ifdef __linux__
  // Some chroots have no /proc; the kernel tells every program by which path it was started.
  const auto started_as = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
  if (error && started_as) path = std::filesystem::canonical(started_as, error);
#endif
  return path;
}

}  // namespace

// A program that merely plays scenarios (a test of a user's) is no server: then the one that is
// found by its name.
std::string own_program() {
  const std::filesystem::path path = path_of_this_process();
  return path.filename() == program_name ? path.string() : std::string{program_name};
}

ServeTarget::ServeTarget(const std::string& program, const Instance& instance, Time at,
                         std::uint64_t seed)
    : server_{program},
      directives_{instance.directives},
      is_service_{!instance.like().empty()},
      seeds_{seed},
      now_{at} {
  start();
}

void ServeTarget::start() {
  // A server that was started again draws anew, as the embedded one does.
  const std::uint64_t seed =
      starts_ == 0 ? seeds_.seed() : seeds_.fork("start " + std::to_string(starts_)).seed();
  ++starts_;
  std::vector<std::string> arguments{"serve", "--outlive-clock",
                                     microseconds(now_.time_since_epoch()),
                                     "--enable-outlive-command", "local"};
  for (const auto& [name, value] : directives_)
    arguments.insert(arguments.end(), {"--" + name, value});
  server_.start(std::move(arguments));
  server_.connection().on_push([this](const redisReply& push) { heard(push); });
  tell({"OUTLIVE", "SEED", std::to_string(seed)});  // all 64 bits, which no directive has
  tell({"OUTLIVE", "JOURNAL", "LIMIT", "0"});
  tell({"OUTLIVE", "JOURNAL", "FOLLOW"});
  database_is_first();
  // The cron's first look falls on the start, with this client there, as when it is embedded.
  set_clock(now_);
}

void ServeTarget::tell(std::initializer_list<std::string_view> words) {
  const Answer answer = server_.connection().run(words);
  if (answer.is_error()) throw UserError{server_.program() + ": " + std::string{answer.text}};
}

void ServeTarget::stop() {
  finish_move();
  server_.stop();
}

void ServeTarget::start_again(Time now, bool loads) {
  now_ = now;
  start();
  if (!loads || !saved_) return;
  // What happens while it loads is no news.
  const Listener listener = std::exchange(listener_, {});
  saved_->load(*this);
  listener_ = listener;
}

Answer ServeTarget::run(std::span<const std::string_view> words) {
  // A request of about a read's length must not have another ahead of it in the same read: the
  // server would see it in two pieces, and weigh it so.
  std::size_t letters = 0;
  for (const std::string_view word : words) letters += word.size();
  if (letters > read_size / 2) finish_move();
  server_.connection().send(words);
  finish_move();
  return server_.connection().await_answer();
}

void ServeTarget::send_clock(std::string_view how, Span time) {
  const std::string us = microseconds(time);
  server_.connection().send({"OUTLIVE", "CLOCK", how, us});
  moving_ = true;
}

void ServeTarget::finish_move() {
  if (!std::exchange(moving_, false)) return;
  const OwnedReply moved = server_.connection().await();
  if (moved->type == REDIS_REPLY_ERROR) {
    throw UserError{server_.program() + ": OUTLIVE CLOCK: " + std::string{text_of(*moved)}};
  }
}

void ServeTarget::approach(Time now) {
  if (now <= now_) return;
  finish_move();
  send_clock("ADVANCE", now - now_);
  now_ = now;
}

void ServeTarget::advance_to(Time now) {
  approach(now);
  finish_move();
}

void ServeTarget::set_clock(Time now) {
  finish_move();
  send_clock("SET", now.time_since_epoch());
  now_ = now;
  finish_move();
}

// departure, reason, database, key, TTL, idle time, whether the score was void, when.
void ServeTarget::heard(const redisReply& push) {
  if (!listener_ || push.elements != 8 || text_of(*push.element[0]) != "departure") return;
  Departure departure;
  departure.reason = reason_called(text_of(*push.element[1]));
  departure.database = static_cast<int>(push.element[2]->integer);
  departure.key = text_of(*push.element[3]);
  departure.ttl_ms = push.element[4]->integer;
  departure.idle_ms = push.element[5]->integer;
  departure.stale_score = push.element[6]->integer == 1;
  departure.when = Time{Span{push.element[7]->integer}};
  listener_(departure);
}

void ServeTarget::act_as_operator(bool on) {
  if (!is_service_) return;
  finish_move();
  tell({"OUTLIVE", "OPERATOR", on ? "ON" : "OFF"});
}

std::vector<std::string> ServeTarget::keys_of_database() {
  const AsOperator as_operator{*this};
  finish_move();
  server_.connection().send({"KEYS", "*"});
  const OwnedReply all = server_.connection().await();
  std::vector<std::string> found;
  for (std::size_t i = 0; i < all->elements; ++i) found.emplace_back(text_of(*all->element[i]));
  return found;
}

std::uint64_t ServeTarget::used_memory() {
  const std::string_view words[] = {"OUTLIVE", "MEMORY"};
  const auto bytes = parse_unsigned(run(words).text);
  if (!bytes) throw UserError{server_.program() + " does not tell its memory"};
  return *bytes;
}

std::uint64_t ServeTarget::digest() {
  const std::string_view words[] = {"OUTLIVE", "DIGEST"};
  const std::string_view hex = run(words).second;
  std::uint64_t digest = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), digest, 16);
  return digest;
}

}  // namespace outlive::harness
