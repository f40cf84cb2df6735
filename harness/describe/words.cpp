#include <algorithm>

#include "base/text.hpp"
#include "describe/passage.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness::words {
namespace {

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::string in_quotes(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

std::string listed(const std::vector<std::string>& words, std::string_view last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_last = i + 1 == words.size();
    if (i > 0) text += is_last ? " " + std::string{last} + " " : std::string{", "};
    text += words[i];
  }
  return text;
}

std::string instant(Time at) {
  const auto midnight = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day day{midnight};
  return std::to_string(static_cast<int>(day.year())) + "-" +
         two_digits(static_cast<unsigned>(day.month())) + "-" +
         two_digits(static_cast<unsigned>(day.day())) + " " +
         time_of_day(std::chrono::duration_cast<Span>(at - midnight)) + " UTC";
}

std::string time_of_day(Span at) {
  const std::chrono::hh_mm_ss time{at};
  std::string text = two_digits(time.hours().count()) + ":" + two_digits(time.minutes().count());
  if (time.seconds().count() > 0) text += ":" + two_digits(time.seconds().count());
  return text;
}

std::string per(Span period) {
  using namespace std::chrono_literals;
  constexpr std::pair<Span, std::string_view> usual[] = {{1s, "a second"}, {1min, "a minute"},
                                                         {1h, "an hour"},  {24h, "a day"},
                                                         {168h, "a week"}, {720h, "a month"}};
  for (const auto& [span, words] : usual) {
    if (span == period) return std::string{words};
  }
  return "every " + format_span(period);
}

std::string rate(const Rate& rate) {
  if (rate.count == 0) return "none";
  return format_count(static_cast<std::uint64_t>(rate.count)) + " " + per(rate.per);
}

std::string bytes(std::uint64_t size) {
  return format_count(size) + (size == 1 ? " byte" : " bytes");
}

std::string sentence(std::string text) {
  const std::string_view first = std::string_view{text}.substr(0, text.find(' '));
  const auto is_letter = [](char letter) {
    return to_lower(letter) >= 'a' && to_lower(letter) <= 'z';
  };
  if (std::ranges::all_of(first, is_letter)) text.front() = to_upper(text.front());
  return text + '.';
}

}  // namespace outlive::harness::words
