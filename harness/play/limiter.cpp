#include "play/limiter.hpp"

#include <charconv>

#include "traffic/rate_limit_library.hpp"

namespace outlive::harness {
namespace {

// Digits in a buffer of its own, as a word of a command.
class Digits {
 public:
  explicit Digits(std::int64_t value)
      : end_{std::to_chars(buffer_, buffer_ + sizeof buffer_, value).ptr} {}
  operator std::string_view() const { return {buffer_, end_}; }

 private:
  char buffer_[20];
  const char* end_;
};

std::int64_t to_number(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::int64_t unix_ms(Time at) {
  return std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count();
}

}  // namespace

Answer load_rate_limits(Target& target) {
  return target.run({"FUNCTION", "LOAD", "REPLACE", rate_limit_library});
}

Limiter::Limiter(const Traffic& traffic, Target& target, const Roster& roster)
    : traffic_{traffic},
      target_{target},
      roster_{roster},
      limit_count_{std::to_string(traffic.limits.size())},
      buckets_(traffic.limits.size()) {
  for (const Limit& limit : traffic.limits) {
    const std::chrono::seconds ttl = bucket_ttl(limit);
    limits_.push_back({std::to_string(limit.tickets), std::to_string(limit.capacity),
                       std::to_string(limit.refill), std::to_string(limit.window.count()),
                       std::to_string(ttl.count()), ttl});
  }
  const auto ahead = target.clock_ahead();
  if (ahead) ahead_ms_ = std::to_string(ahead->count());
  words_ = {"FCALL", ahead ? consume_at_function : consume_function, limit_count_};
  words_.resize(words_.size() + limits_.size());  // names of buckets
  if (ahead) words_.insert(words_.end(), {std::string_view{}, ahead_ms_});
  for (const Words& limit : limits_) {
    words_.insert(words_.end(), {limit.requested, limit.capacity, limit.refill, limit.window_us});
  }
}

Limiter::Result Limiter::consume(std::span<const KeyId> buckets, Time now) {
  return traffic_.engine == Engine::lua ? call_function(buckets, now) : send_commands(buckets, now);
}

Limiter::Result Limiter::call_function(std::span<const KeyId> buckets, Time now) {
  constexpr std::size_t names_at = 3;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    words_[names_at + i] = roster_.name(buckets[i]).substr(bucket_prefix.size());
  }
  const Digits now_us{now.time_since_epoch().count()};
  if (!ahead_ms_.empty()) words_[names_at + buckets.size()] = now_us;
  const Answer answer = target_.run(words_);
  if (answer.is_error()) return {Observer::Outcome::failed, answer.text};
  // cjson escapes quotes in names, so that this can be nothing else. All limits agree.
  const bool granted = answer.text.find(R"("success":true)") != answer.text.npos;
  if (!granted) return {Observer::Outcome::refused, {}};
  expires_later(buckets, now);
  return {Observer::Outcome::granted, {}};
}

void Limiter::expires_later(std::span<const KeyId> buckets, Time now) {
  if (ahead_ms_.empty()) return;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    target_.will_expire(roster_.name(buckets[i]), now + limits_[i].ttl_span);
  }
}

Limiter::Result Limiter::send_commands(std::span<const KeyId> buckets, Time now) {
  const std::int64_t now_us = now.time_since_epoch().count();
  bool granted = true;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    if (!read_bucket(i, buckets[i], now_us, buckets_[i])) {
      return {Observer::Outcome::failed, message_};
    }
    granted &= traffic_.limits[i].tickets <= buckets_[i].balance;
  }
  if (!granted) return {Observer::Outcome::refused, {}};
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    buckets_[i].balance -= traffic_.limits[i].tickets;
    if (!write_bucket(i, buckets[i], buckets_[i], now)) {
      return {Observer::Outcome::failed, message_};
    }
  }
  expires_later(buckets, now);
  return {Observer::Outcome::granted, {}};
}

bool Limiter::read_bucket(std::size_t limit, KeyId key, std::int64_t now_us, TokenBucket& bucket) {
  const Limit& rule = traffic_.limits[limit];
  const Answer fields = target_.run({"HMGET", roster_.name(key), "balance", "last_refilled"});
  if (fields.is_error()) {
    message_ = fields.text;
    return false;
  }
  bucket = fields.first_is_null
               ? full_bucket(rule, now_us)
               : refilled({to_number(fields.text), to_number(fields.second)}, rule, now_us);
  return true;
}

bool Limiter::write_bucket(std::size_t limit, KeyId key, const TokenBucket& bucket, Time now) {
  const std::string_view name = roster_.name(key);
  const Answer written = target_.run({"HSET", name, "balance", Digits{bucket.balance},
                                      "last_refilled", Digits{bucket.last_refilled_us}});
  if (written.is_error()) {
    message_ = written.text;
    return false;
  }
  const auto ahead = target_.clock_ahead();
  if (!ahead) {
    target_.run({"EXPIRE", name, limits_[limit].ttl});
  } else {
    const std::int64_t expires_ms = unix_ms(now + limits_[limit].ttl_span) + ahead->count();
    target_.run({"PEXPIREAT", name, Digits{expires_ms}});
  }
  return true;
}

}  // namespace outlive::harness
