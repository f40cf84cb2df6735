#include "play/response_cache.hpp"

#include <algorithm>

namespace outlive::harness {
namespace {

// Like the gateway's entries: JSON text. What it says does not matter, only how long it is.
std::string answer_text(std::size_t size) {
  constexpr std::string_view sentence =
      R"({"written_at":1767225600,"data":{"output":[{"type":"text","text":"What the model said. "}]}})";
  std::string text;
  text.reserve(size + sentence.size());
  while (text.size() < size) text += sentence;
  return text;
}

}  // namespace

ResponseCache::ResponseCache(const Traffic& traffic, Target& target,
                             std::vector<std::uint32_t> sizes)
    : target_{target},
      sizes_{std::move(sizes)},
      text_{answer_text(*std::ranges::max_element(sizes_))},
      ttl_{traffic.ttl},
      ttl_word_{std::to_string(ttl_.count())} {}

Answer ResponseCache::put(std::string_view key, std::uint32_t prompt, Time now) {
  const std::string_view value = std::string_view{text_}.substr(0, sizes_[prompt]);
  const auto ahead = target_.clock_ahead();
  if (!ahead) return target_.run({"SETEX", key, ttl_word_, value});
  const auto expires = std::chrono::floor<std::chrono::milliseconds>(now + ttl_) + *ahead;
  const Answer answer =
      target_.run({"SET", key, value, "PXAT", std::to_string(expires.time_since_epoch().count())});
  if (!answer.is_error()) target_.will_expire(key, now + ttl_);
  return answer;
}

}  // namespace outlive::harness
