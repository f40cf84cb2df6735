#include "play/limiter.hpp"

#include "play/digits.hpp"
#include "play/native_limiter.hpp"
#include "play/token_bucket.hpp"
#include "traffic/rate_limit_library.hpp"

namespace outlive::harness {

Answer load_rate_limits(Channel& channel, Engine engine) {
  if (engine == Engine::native) channel.replace_function(consume_function, NativeLimiter{});
  return channel.run({"FUNCTION", "LOAD", "REPLACE", rate_limit_library});
}

Limiter::Limiter(const Traffic& traffic, Channel& channel, const Roster& roster)
    : channel_{channel}, roster_{roster}, limit_count_{std::to_string(traffic.limits.size())} {
  for (const Limit& limit : traffic.limits) {
    limits_.push_back({std::to_string(limit.tickets), std::to_string(limit.capacity),
                       std::to_string(limit.refill), std::to_string(limit.window.count()),
                       bucket_ttl(limit)});
  }
  const auto ahead = channel.clock_ahead();
  if (ahead) ahead_ms_ = std::to_string(ahead->count());
  words_ = {"FCALL", ahead ? consume_at_function : consume_function, limit_count_};
  words_.resize(words_.size() + limits_.size());  // names of buckets
  if (ahead) words_.insert(words_.end(), {std::string_view{}, ahead_ms_});
  for (const Words& limit : limits_) {
    words_.insert(words_.end(), {limit.requested, limit.capacity, limit.refill, limit.window_us});
  }
}

Limiter::Result Limiter::consume(std::span<const KeyId> buckets, Time now) {
  constexpr std::size_t names_at = 3;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    words_[names_at + i] = roster_.name(buckets[i]).substr(bucket_prefix.size());
  }
  const Digits now_us{now.time_since_epoch().count()};
  if (!ahead_ms_.empty()) words_[names_at + buckets.size()] = now_us;
  const Answer answer = channel_.run(words_);
  if (answer.is_error()) return {Observer::Outcome::failed, answer.text};
  // cjson escapes quotes in names, so that this can be nothing else. All limits agree; from the end
  // it is found at once.
  const bool granted = answer.text.rfind(R"("success":true)") != answer.text.npos;
  if (!granted) return {Observer::Outcome::refused, {}};
  expires_later(buckets, now);
  return {Observer::Outcome::granted, {}};
}

void Limiter::expires_later(std::span<const KeyId> buckets, Time now) {
  if (ahead_ms_.empty()) return;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    channel_.will_expire(roster_.name(buckets[i]), now + limits_[i].ttl);
  }
}

}  // namespace outlive::harness
