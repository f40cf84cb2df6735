#include "play/response_cache.hpp"

#include <algorithm>

#include "base/number.hpp"
#include "play/digits.hpp"

namespace outlive::harness {
namespace {

// Like the gateway's entries: JSON text that begins with the second it was written in. What else it
// says does not matter, only how long it is.
constexpr std::string_view stamp_begins = R"({"written_at":)";
constexpr std::size_t stamp_digits = 10;

std::shared_ptr<std::string> answer_text(std::size_t size) {
  constexpr std::string_view sentence =
      R"({"written_at":1767225600,"data":{"output":[{"type":"text","text":"What the model said. "}]}})";
  auto text = std::make_shared<std::string>();
  text->reserve(size + sentence.size());
  while (text->size() < size) *text += sentence;
  return text;
}

}  // namespace

ResponseCache::ResponseCache(const Traffic& traffic, Channel& channel,
                             std::vector<std::uint32_t> sizes)
    : channel_{channel},
      sizes_{std::move(sizes)},
      text_{answer_text(*std::ranges::max_element(sizes_))},
      ttl_{traffic.ttl},
      ttl_word_{std::to_string(ttl_.count())},
      max_age_{traffic.max_age} {
  // What is stamped anew for every answer has to be copied.
  if (!max_age_) channel_.lend(text_);
}

bool ResponseCache::is_fresh(std::string_view value, Time now) const {
  if (!max_age_ || !value.starts_with(stamp_begins)) return true;
  const auto written = parse_integer(value.substr(stamp_begins.size(), stamp_digits));
  return !written || now.time_since_epoch() - std::chrono::seconds{*written} <= *max_age_;
}

Answer ResponseCache::put(std::string_view key, std::uint32_t prompt, Time now, Time written_at) {
  // Only where somebody will look at it: else it costs time for nothing.
  if (max_age_ && text_->size() >= stamp_begins.size() + stamp_digits) {
    const Digits second{
        std::chrono::floor<std::chrono::seconds>(written_at.time_since_epoch()).count()};
    text_->replace(stamp_begins.size(), stamp_digits, second);
  }
  const std::string_view value = std::string_view{*text_}.substr(0, sizes_[prompt]);
  const auto ahead = channel_.clock_ahead();
  if (!ahead) return channel_.run({"SETEX", key, ttl_word_, value});
  const auto expires = std::chrono::floor<std::chrono::milliseconds>(now + ttl_) + *ahead;
  const Answer answer =
      channel_.run({"SET", key, value, "PXAT", std::to_string(expires.time_since_epoch().count())});
  if (!answer.is_error()) channel_.will_expire(key, now + ttl_);
  return answer;
}

}  // namespace outlive::harness
