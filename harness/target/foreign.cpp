#include "target/foreign.hpp"

#include <algorithm>

#include "base/number.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

// Of whichever database.
constexpr std::string_view evicted_channels = "__keyevent@*__:evicted";
constexpr std::string_view expired_channels = "__keyevent@*__:expired";
constexpr std::chrono::hours margin{1};

}  // namespace

ForeignTarget::ForeignTarget(std::unique_ptr<Host> host, Time at)
    : host_{std::move(host)}, now_{at} {
  greet();
  set_clock_distance(at);
  host_->greeted();
}

void ForeignTarget::greet() {
  server().on_push([this](const redisReply& push) { heard(push); });
  if (const Answer hello = run({"HELLO", "3"}); hello.is_error()) {
    throw UserError{"the server speaks no RESP3, which tells of evictions: " +
                    std::string{hello.text}};
  }
  subscribe();
  database_is(host_->database_at_first());
}

void ForeignTarget::set_clock_distance(Time at) {
  const Answer time = run({"TIME"});
  const auto seconds = parse_integer(time.text);
  if (!seconds) throw UserError{"the server does not tell the TIME: " + std::string{time.text}};
  const std::chrono::seconds server{*seconds};
  clock_ahead_ = std::chrono::duration_cast<std::chrono::milliseconds>(server + margin -
                                                                       at.time_since_epoch());
}

// In RESP3 the answer to PSUBSCRIBE is itself a message, so that the reply awaited is PING's.
void ForeignTarget::subscribe() {
  server().send({"PSUBSCRIBE", evicted_channels, expired_channels});
  server().send({"PING"});
  const OwnedReply answer = server().await();
  if (answer->type == REDIS_REPLY_ERROR) {
    throw UserError{"the server does not tell of evictions: PSUBSCRIBE: " +
                    std::string{text_of(*answer)}};
  }
}

void ForeignTarget::save() {
  has_file_ = !run({"SAVE"}).is_error();
  if (!has_file_) saved_ = Snapshot::take(*this);
}

void ForeignTarget::start_again(Time now, bool loads) {
  now_ = now;
  due_ = {};
  expiry_.clear();
  host_->start(loads);
  greet();
  host_->greeted();
  if (!loads) return;
  if (saved_ && !has_file_) saved_->load(*this);
  watch_expiries();
}

// Keys that came back expire when the scenario reaches the instants that they were written with.
void ForeignTarget::watch_expiries() {
  const int before = database();
  for (const int database : databases()) {
    select(database);
    for (const std::string& key : keys_of_database()) {
      const auto expiry_ms = parse_integer(run({"PEXPIRETIME", key}).text);
      if (!expiry_ms || *expiry_ms < 0) continue;
      will_expire(key, Time{std::chrono::milliseconds{*expiry_ms} - clock_ahead_});
    }
  }
  select(before);
}

void ForeignTarget::advance_to(Time now) {
  // Valkey 8.1 `db.c`: a key has expired when the clock, in milliseconds, is past its expiry.
  while (!due_.empty() && due_.top().at + std::chrono::milliseconds{1} <= now) {
    const Due due = due_.top();
    due_.pop();
    const auto found = expiry_.find(due.key);
    if (found == expiry_.end() || found->second != due.at) continue;  // evicted, or renewed since
    now_ = due.at;
    expiry_.erase(found);
    expire(due);
  }
  now_ = std::max(now_, now);
}

// One by one: several requests at once would be weighed as a pipeline, which clients are not.
void ForeignTarget::expire(const Due& due) {
  select(due.database);
  if (run({"DEL", due.key}).text == "1") tell(Departure::Reason::expired_actively, due.key);
}

void ForeignTarget::will_expire(std::string_view key, Time at) {
  expiry_.insert_or_assign(std::string{key}, at);
  due_.push({at, database(), std::string{key}});
}

// pmessage, pattern, channel, key.
void ForeignTarget::heard(const redisReply& push) {
  if (push.elements != 4 || push.element[3]->type != REDIS_REPLY_STRING) return;
  const std::string_view channels = text_of(*push.element[1]);
  const std::string_view key = text_of(*push.element[3]);
  expiry_.erase(std::string{key});
  tell(
      channels == evicted_channels ? Departure::Reason::evicted : Departure::Reason::expired_lazily,
      key);
}

void ForeignTarget::tell(Departure::Reason reason, std::string_view key) {
  if (!listener_) return;
  Departure departure;
  departure.when = now_;
  departure.reason = reason;
  departure.key = key;
  departure.idle_ms = -1;
  listener_(departure);
}

}  // namespace outlive::harness
