#include "play/expiries.hpp"

#include <algorithm>

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive::harness {
namespace {

constexpr std::int64_t second = 1'000, millisecond = 1;
// What a server takes for an expiry at all is less (Valkey 8.1 `expire.c`: milliseconds in 63
// bits).
constexpr std::int64_t count_max = 1'000'000'000'000'000;

bool is(std::string_view word, std::string_view name) {
  return equal_ignoring_case(word, name);
}

}  // namespace

std::span<const std::string_view> Expiries::rewritten(std::span<const std::string_view> words,
                                                      const Clock& clock) {
  if (!clock.ahead && clock.moved.count() == 0) return words;
  clock_ = clock;
  words_.assign(words.begin(), words.end());
  digits_.clear();
  const std::string_view name = words[0];
  if (is(name, "set")) rewrite_options(3);
  if (is(name, "getex")) rewrite_options(2);
  if (is(name, "setex")) rewrite_setex({second, false});
  if (is(name, "psetex")) rewrite_setex({millisecond, false});
  if (is(name, "expire")) rewrite_expire({second, false});
  if (is(name, "pexpire")) rewrite_expire({millisecond, false});
  if (is(name, "expireat")) rewrite_expire({second, true});
  if (is(name, "pexpireat")) rewrite_expire({millisecond, true});
  if (is(name, "restore")) rewrite_restore();
  return words_;
}

// The word as an instant of the server's clock in milliseconds. None where it may stay as it is: on
// a clock that is the scenario's, or as no expiry at all, which the server is to refuse.
std::optional<std::string_view> Expiries::instant(std::string_view word, const Unit& unit,
                                                  bool may_be_over) {
  if (!unit.absolute && !clock_.ahead) return std::nullopt;
  const auto count = parse_integer(word);
  if (!count || *count > count_max || *count < -count_max || (*count <= 0 && !may_be_over)) {
    return std::nullopt;
  }
  const std::int64_t now_ms =
      std::chrono::floor<std::chrono::milliseconds>(clock_.now.time_since_epoch()).count();
  const std::int64_t at_ms = *count * unit.ms + (unit.absolute ? clock_.moved.count() : now_ms);
  // An instant that is over is over on any clock.
  const bool over = at_ms <= now_ms;
  return digits_.emplace_back(std::to_string(
      over ? 1 : at_ms + clock_.ahead.value_or(std::chrono::milliseconds{0}).count()));
}

// EX 60, PX 60000, EXAT …, PXAT … from a word on. IFEQ is followed by a value, which may look like
// one of these.
void Expiries::rewrite_options(std::size_t from) {
  for (std::size_t i = from; i + 1 < words_.size(); ++i) {
    if (is(words_[i], "ifeq")) {
      ++i;
      continue;
    }
    const bool absolute = is(words_[i], "exat") || is(words_[i], "pxat");
    const bool seconds = is(words_[i], "ex") || is(words_[i], "exat");
    if (!absolute && !seconds && !is(words_[i], "px")) continue;
    const auto at = instant(words_[i + 1], {seconds ? second : millisecond, absolute}, false);
    if (!at) return;
    words_[i] = "PXAT";
    words_[i + 1] = *at;
    return;
  }
}

void Expiries::rewrite_setex(const Unit& unit) {
  if (words_.size() != 4) return;
  const auto at = instant(words_[2], unit, false);
  if (at) words_ = {"SET", words_[1], words_[3], "PXAT", *at};
}

void Expiries::rewrite_expire(const Unit& unit) {
  if (words_.size() < 3) return;
  const auto at = instant(words_[2], unit, true);
  if (!at) return;
  words_[0] = "PEXPIREAT";
  words_[2] = *at;
}

// A TTL of 0 is none.
void Expiries::rewrite_restore() {
  if (words_.size() < 4) return;
  const auto stated = std::find_if(words_.begin() + 4, words_.end(),
                                   [](std::string_view word) { return is(word, "absttl"); });
  const bool absolute = stated != words_.end();
  const auto at = instant(words_[2], {millisecond, absolute}, false);
  if (!at) return;
  words_[2] = *at;
  if (!absolute) words_.push_back("ABSTTL");
}

}  // namespace outlive::harness
