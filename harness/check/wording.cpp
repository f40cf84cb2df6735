#include <algorithm>
#include <cmath>

#include "check/judges.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness::wording {

std::string percent(double share) {
  std::string text = std::to_string(std::llround(share * 1'000));
  if (text.size() < 2) text.insert(0, 2 - text.size(), '0');
  text.insert(text.size() - 1, 1, '.');
  return text + " %";
}

std::string shown_count(double number) {
  return format_count(static_cast<std::uint64_t>(number));
}

std::string shown_seconds(double seconds) {
  return format_span(std::chrono::duration_cast<Span>(std::chrono::duration<double>{seconds}));
}

std::string shown_bytes(double bytes) {
  return shown_count(bytes) + " bytes";
}

double ratio(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string bounds(const Check& check, std::string (*show)(double)) {
  if (check.at_least && check.at_most) {
    return show(*check.at_least) + " to " + show(*check.at_most);
  }
  return check.at_least ? "at least " + show(*check.at_least) : "at most " + show(*check.at_most);
}

bool within_bounds(const Check& check, double value) {
  return (!check.at_least || value >= *check.at_least) &&
         (!check.at_most || value <= *check.at_most);
}

bool came_up(std::uint64_t written, const std::string& pattern, Verdict& verdict) {
  if (written == 0) verdict.seen = "no " + pattern + " was ever written";
  return written > 0;
}

void figure(Verdict& verdict, std::string name, std::uint64_t value) {
  verdict.figures.emplace_back(std::move(name), static_cast<double>(value));
}

void shown_at(Verdict& verdict, Span at) {
  verdict.first_at = std::min(verdict.first_at.value_or(at), at);
}

}  // namespace outlive::harness::wording
