#include "target/exec.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/number.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

// Of whichever database.
constexpr std::string_view evicted_channels = "__keyevent@*__:evicted";
constexpr std::string_view expired_channels = "__keyevent@*__:expired";
constexpr std::chrono::hours margin{1};
constexpr int start_tries = 4'000;  // brief pauses: some 20 s
constexpr timeval patience{30, 0};  // for one reply

constexpr std::string_view rdb_file = "dump.rdb";

std::vector<std::string> arguments(int port, const std::string& folder,
                                   const std::vector<Directive>& directives) {
  std::vector<std::string> words{"--port", std::to_string(port), "--bind", "127.0.0.1", "--save",
                                 "",       "--appendonly",       "no",     "--dir",     folder};
  for (const auto& [name, value] : directives) {
    words.push_back("--" + name);
    words.push_back(value);
  }
  // Events of the class `e` (evicted) and `x` (expired), on channels by event.
  words.insert(words.end(), {"--notify-keyspace-events", "Eex", "--latency-tracking", "no"});
  return words;
}

std::string_view text_of(const redisReply& reply) {
  return {reply.str, reply.len};
}

Answer answer_of(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_ERROR:
      return {.kind = Answer::Kind::error, .text = text_of(reply)};
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_VERB:
      return {.kind = Answer::Kind::text, .text = text_of(reply)};
    case REDIS_REPLY_INTEGER:
      return {.kind = Answer::Kind::integer};
    case REDIS_REPLY_ARRAY: {
      Answer list{.kind = Answer::Kind::list};
      if (reply.elements > 0) {
        list.first_is_null = reply.element[0]->type == REDIS_REPLY_NIL;
        if (!list.first_is_null) list.text = text_of(*reply.element[0]);
      }
      if (reply.elements > 1 && reply.element[1]->type != REDIS_REPLY_NIL) {
        list.second = text_of(*reply.element[1]);
      }
      return list;
    }
    default:
      return {};
  }
}

}  // namespace

ExecTarget::ExecTarget(const std::string& program, const Instance& instance, Time at)
    : program_{program}, directives_{instance.directives}, port_{free_port()}, now_{at} {
  start_program();
  set_clock_distance(at);
  track_latency();
}

void ExecTarget::start_program() {
  process_.emplace(program_, arguments(port_, folder_.path(), directives_));
  connect();
  subscribe();
  database_is_first();
}

// Valkey 8.1 `latency.c`: the first use of each command takes 24,688 bytes, for a histogram. Those
// that only this target asks for must not take them from what the scenario gives its server.
void ExecTarget::track_latency() {
  const auto stated = std::ranges::find(directives_, "latency-tracking", &Directive::first);
  run({"CONFIG", "SET", "latency-tracking", stated == directives_.end() ? "yes" : stated->second});
}

void ExecTarget::save() {
  has_file_ = !run({"SAVE"}).is_error();
  if (!has_file_) saved_ = Snapshot::take(*this);
}

void ExecTarget::stop() {
  context_.reset();
  process_.reset();
}

void ExecTarget::start_again(Time now, bool loads) {
  now_ = now;
  due_ = {};
  expiry_.clear();
  const std::filesystem::path file = std::filesystem::path{folder_.path()} / rdb_file;
  std::error_code ignored;
  if (!loads) std::filesystem::remove(file, ignored);
  start_program();
  track_latency();
  if (!loads) return;
  if (saved_ && !has_file_) saved_->load(*this);
  watch_expiries();
}

// Keys that came back expire when the scenario reaches the instants that they were written with.
void ExecTarget::watch_expiries() {
  for (const std::string& key : keys(databases())) {
    const auto expiry_ms = parse_integer(run({"PEXPIRETIME", key}).text);
    if (!expiry_ms || *expiry_ms < 0) continue;
    will_expire(key, Time{std::chrono::milliseconds{*expiry_ms} - clock_ahead_});
  }
}

void ExecTarget::connect() {
  for (int tries = 0; process_->running() && tries < start_tries; ++tries) {
    context_.reset(redisConnect("127.0.0.1", port_));
    if (context_ && !context_->err) break;
    pause_briefly();
  }
  if (!process_->running() || !context_ || context_->err) {
    throw UserError{program_ + " does not serve; its last words: " + process_->last_words()};
  }
  redisSetTimeout(context_.get(), patience);
  context_->privdata = this;
  redisSetPushCallback(context_.get(), receive_push);
  if (const Answer hello = run({"HELLO", "3"}); hello.is_error()) {
    throw UserError{program_ + " speaks no RESP3: " + std::string{hello.text}};
  }
}

void ExecTarget::set_clock_distance(Time at) {
  const Answer time = run({"TIME"});
  const auto seconds = parse_integer(time.text);
  if (!seconds) throw UserError{program_ + " does not tell the TIME"};
  const std::chrono::seconds server{*seconds};
  clock_ahead_ = std::chrono::duration_cast<std::chrono::milliseconds>(server + margin -
                                                                       at.time_since_epoch());
}

// In RESP3 the answer to PSUBSCRIBE is itself a message, so that the reply awaited is PING's.
void ExecTarget::subscribe() {
  redisAppendCommand(context_.get(), "PSUBSCRIBE %b %b", evicted_channels.data(),
                     evicted_channels.size(), expired_channels.data(), expired_channels.size());
  redisAppendCommand(context_.get(), "PING");
  await_reply();
}

ExecTarget::OwnedReply ExecTarget::await_reply() {
  void* reply = nullptr;
  if (redisGetReply(context_.get(), &reply) != REDIS_OK) {
    throw UserError{program_ + " no longer answers (" + context_->errstr +
                    "); its last words: " + process_->last_words()};
  }
  return OwnedReply{static_cast<redisReply*>(reply)};
}

ExecTarget::OwnedReply ExecTarget::ask(std::span<const std::string_view> words) {
  words_.clear();
  sizes_.clear();
  for (const std::string_view word : words) {
    words_.push_back(word.data());
    sizes_.push_back(word.size());
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words_.data(),
                         sizes_.data());
  return await_reply();
}

Answer ExecTarget::run(std::span<const std::string_view> words) {
  last_ = ask(words);
  Answer answer = answer_of(*last_);
  if (answer.kind == Answer::Kind::integer) answer.text = digits_ = std::to_string(last_->integer);
  return answer;
}

void ExecTarget::advance_to(Time now) {
  // Valkey 8.1 `db.c`: a key has expired when the clock, in milliseconds, is past its expiry.
  while (!due_.empty() && due_.top().at + std::chrono::milliseconds{1} <= now) {
    const Due due = due_.top();
    due_.pop();
    const auto found = expiry_.find(due.key);
    if (found == expiry_.end() || found->second != due.at) continue;  // evicted, or renewed since
    now_ = due.at;
    expiry_.erase(found);
    expire(due.key);
  }
  now_ = std::max(now_, now);
}

void ExecTarget::expire(const std::string& key) {
  const std::string_view words[] = {"DEL", key};
  const OwnedReply deleted = ask(words);
  if (deleted->integer == 1) tell(Departure::Reason::expired_actively, key);
}

void ExecTarget::will_expire(std::string_view key, Time at) {
  expiry_.insert_or_assign(std::string{key}, at);
  due_.push({at, std::string{key}});
}

void ExecTarget::receive_push(void* target, void* message) {
  const OwnedReply push{static_cast<redisReply*>(message)};
  // pmessage, pattern, channel, key.
  if (push->elements != 4 || push->element[3]->type != REDIS_REPLY_STRING) return;
  const std::string_view channels = text_of(*push->element[1]);
  const std::string_view key = text_of(*push->element[3]);
  auto& self = *static_cast<ExecTarget*>(target);
  self.expiry_.erase(std::string{key});
  self.tell(
      channels == evicted_channels ? Departure::Reason::evicted : Departure::Reason::expired_lazily,
      key);
}

void ExecTarget::tell(Departure::Reason reason, std::string_view key) {
  if (!listener_) return;
  Departure departure;
  departure.when = now_;
  departure.reason = reason;
  departure.key = key;
  departure.idle_ms = -1;
  listener_(departure);
}

std::vector<std::string> ExecTarget::keys_of_database() {
  std::vector<std::string> found;
  std::string cursor = "0";
  do {
    const std::string_view words[] = {"SCAN", cursor, "COUNT", "1000"};
    const OwnedReply page = ask(words);
    if (page->type != REDIS_REPLY_ARRAY || page->elements != 2) break;
    cursor = text_of(*page->element[0]);
    for (std::size_t i = 0; i < page->element[1]->elements; ++i) {
      found.emplace_back(text_of(*page->element[1]->element[i]));
    }
  } while (cursor != "0");
  std::ranges::sort(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());  // SCAN may name a key twice
  return found;
}

std::uint64_t ExecTarget::used_memory() {
  constexpr std::string_view field = "used_memory:";
  const std::string_view info = run({"INFO", "memory"}).text;
  const std::size_t at = info.find(field);
  if (at == info.npos) throw UserError{program_ + " does not tell its used_memory"};
  return std::strtoull(info.data() + at + field.size(), nullptr, 10);
}

}  // namespace outlive::harness
