#include "deployment/finding_text.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t columns = 100;

std::size_t letters_in(std::string_view text) {
  std::size_t letters = 0;
  for (const char byte : text) letters += begins_letter(byte) ? 1 : 0;
  return letters;
}

}  // namespace

void write_beside(std::ostream& out, std::string_view heading, std::string_view words) {
  constexpr std::size_t indent = 11;
  std::string line = "  " + std::string{heading};
  line.resize(std::max(line.size(), indent), ' ');
  std::size_t used = line.size();
  bool first = true;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (!first && used + 1 + letters_in(word) > columns) {
      out << line << '\n';
      line.assign(indent, ' ');
      used = indent;
      first = true;
    }
    if (!first) line += ' ';
    line += word;
    used += letters_in(word) + (first ? 0 : 1);
    first = false;
  }
  out << line << '\n';
}

void write_finding(std::ostream& out, const Judged& one) {
  const std::string place = to_string(one.origin);
  out << (place.empty() ? "" : place + ": ") << to_string(one.severity) << ": " << one.rule.title
      << " [" << one.rule.id << "]\n";
  write_beside(out, "found", one.found);
  write_beside(out, "why", one.rule.why);
  write_beside(out, "mend", one.mend);
  write_beside(out, "source", one.rule.source);
  if (!one.scenario.empty()) write_beside(out, "see it", "outlive run " + one.scenario);
  out << '\n';
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string{what} + (count == 1 ? "" : "s");
}

}  // namespace outlive::harness
