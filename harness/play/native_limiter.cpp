#include "play/native_limiter.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/number.hpp"
#include "play/digits.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t words_per_limit = 4;  // requested, capacity, refill, window

// Of digits that the emulator or the harness wrote.
std::int64_t to_number(std::string_view digits) {
  return parse_integer(digits).value_or(0);
}

// As cjson writes numbers: fourteen digits.
void append_number(std::string& out, std::int64_t value) {
  constexpr int digits_max = 14;
  constexpr std::int64_t too_long = 100'000'000'000'000;
  if (value > -too_long && value < too_long) {
    out += std::string_view{Digits{value}};
    return;
  }
  char digits[24];
  const auto [end, error] =
      std::to_chars(digits, digits + sizeof digits, static_cast<double>(value),
                    std::chars_format::general, digits_max);
  static_cast<void>(error);
  out.append(digits, end);
}

// As cjson writes text; users' names hold no control characters.
void append_escaped(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  out.resize(before + 2 * text.size());  // as much as it may take
  char* end = out.data() + before;
  for (const char letter : text) {
    // Without a branch: names are JSON, their quotes lie anywhere.
    *end = '\\';
    end += letter == '"' || letter == '\\' || letter == '/';
    *end++ = letter;
  }
  out.resize(static_cast<std::size_t>(end - out.data()));
}

}  // namespace

std::string_view NativeLimiter::operator()(FunctionCall& call) {
  if (call.arguments.size() < call.keys.size() * words_per_limit) {
    return "-ERR each key wants four arguments: requested, capacity, refill, window";
  }
  if (!run(call, {"TIME"})) return answer_;
  reply_.number();  // how many follow
  std::string_view seconds, fraction;
  reply_.bulk(seconds);
  reply_.bulk(fraction);
  now_us_ = to_number(seconds) * 1'000'000 + to_number(fraction);

  asked_.resize(call.keys.size());
  bool granted = true;
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const auto earlier = call.keys.first(i);
    if (std::ranges::find(earlier, call.keys[i]) != earlier.end()) {
      return "-ERR Duplicate keys are not allowed in the input array";
    }
    if (!read_bucket(call, i)) return answer_;
    granted &= asked_[i].limit.tickets <= asked_[i].bucket.balance;
  }
  answer_ = '[';
  for (Asked& asked : asked_) {
    if (granted) asked.bucket.balance -= asked.limit.tickets;
    if (granted && !write_bucket(call, asked)) return answer_;
    tell(asked, granted);
  }
  answer_.back() = ']';
  return answer_;
}

bool NativeLimiter::read_bucket(FunctionCall& call, std::size_t place) {
  Asked& asked = asked_[place];
  const auto words = call.arguments.subspan(place * words_per_limit, words_per_limit);
  asked.name = call.keys[place];
  asked.limit.tickets = to_number(words[0]);
  asked.limit.capacity = to_number(words[1]);
  asked.limit.refill = to_number(words[2]);
  asked.limit.window = Span{to_number(words[3])};
  if (!run(call, {"HMGET", key_of(asked.name), "balance", "last_refilled"})) return false;
  asked.bucket = full_bucket(asked.limit, now_us_);
  reply_.number();  // how many follow
  std::string_view text;
  if (reply_.bulk(text)) asked.bucket.balance = to_number(text);
  if (reply_.bulk(text)) asked.bucket.last_refilled_us = to_number(text);
  asked.bucket = refilled(asked.bucket, asked.limit, now_us_);
  return true;
}

bool NativeLimiter::write_bucket(FunctionCall& call, const Asked& asked) {
  const std::string_view key = key_of(asked.name);
  return run(call, {"HSET", key, "balance", Digits{asked.bucket.balance}, "last_refilled",
                    Digits{asked.bucket.last_refilled_us}}) &&
         run(call, {"EXPIRE", key, Digits{bucket_ttl(asked.limit).count()}});
}

// With its members in the order that the Lua of Valkey gives them.
void NativeLimiter::tell(const Asked& asked, bool granted) {
  answer_ += R"({"key":")";
  append_escaped(answer_, asked.name);
  answer_ += R"(","remaining":)";
  append_number(answer_, asked.bucket.balance);
  answer_ += R"(,"consumed":)";
  append_number(answer_, granted ? asked.limit.tickets : 0);
  answer_ += granted ? R"(,"success":true},)" : R"(,"success":false},)";
}

bool NativeLimiter::run(FunctionCall& call, std::initializer_list<std::string_view> words) {
  reply_ = RawReply{call.run({words.begin(), words.size()})};
  if (reply_.kind() != '-') return true;
  answer_.assign("-").append(reply_.line());
  return false;
}

std::string_view NativeLimiter::key_of(std::string_view name) {
  key_.assign(bucket_prefix).append(name);
  return key_;
}

}  // namespace outlive::harness
