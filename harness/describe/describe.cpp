#include "describe/describe.hpp"

#include <algorithm>
#include <ostream>

#include "base/text.hpp"
#include "describe/variation.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t columns = 92;

// Words that are parted by blanks, or by ends of lines, laid out anew.
void write_wrapped(std::ostream& out, std::string_view text, std::string_view first,
                   std::string_view others) {
  std::size_t at = 0, taken = 0;
  bool begun = false;
  while (at < text.size()) {
    while (at < text.size() && is_blank(text[at])) ++at;
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    at = end;
    if (word.empty()) break;
    if (begun && taken + 1 + word.size() <= columns) {
      out << ' ' << word;
      taken += 1 + word.size();
      continue;
    }
    const std::string_view margin = begun ? others : first;
    out << (begun ? "\n" : "") << margin << word;
    taken = margin.size() + word.size();
    begun = true;
  }
  out << '\n';
}

// A blank line stays one.
void write_paragraphs(std::ostream& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    write_wrapped(out, text.substr(0, end), "", "");
    text.remove_prefix(std::min(text.size(), end + 2));
    if (!text.empty()) out << '\n';
  }
}

// The same member of all plays, as one text.
void write_told(std::ostream& out, const Plays& plays, std::string Scenario::*member,
                std::string_view heading) {
  std::vector<std::string> texts;
  for (const Scenario& play : plays) texts.push_back(play.*member);
  for (const std::string& text : told_as_one(plays, texts)) {
    if (!text.empty()) write_wrapped(out, std::string{heading} + text, "", "  ");
  }
}

void write_stories(std::ostream& out, const Plays& plays) {
  std::vector<std::string> stories;
  for (const Scenario& play : plays) stories.push_back(play.story);
  for (const std::string& story : told_as_one(plays, stories)) {
    if (story.empty()) continue;
    out << '\n';
    write_paragraphs(out, story);
  }
}

void write_axes(std::ostream& out, const Plays& plays) {
  std::vector<std::string> parts;
  for (const AxisOfPlays& axis : axes_of(plays)) {
    parts.push_back(axis.name + " = " + words::listed(axis.values, "or"));
  }
  if (parts.empty()) return;
  const std::string times = plays.size() == 1 ? "once" : std::to_string(plays.size()) + " times";
  out << '\n';
  write_wrapped(out, "It is played " + times + ", with " + words::listed(parts) + ".", "", "");
}

}  // namespace

void write_description(std::ostream& out, const Plays& plays) {
  const Scenario& first = plays.front();
  out << title_of(first) << '\n' << first.file << '\n';
  if (!first.rule.empty() || !first.source.empty()) out << '\n';
  write_told(out, plays, &Scenario::rule, "The rule: ");
  write_told(out, plays, &Scenario::source, "Source: ");
  write_stories(out, plays);
  write_axes(out, plays);
  for (const Passage& passage : passages_of(std::span<const Scenario>{plays})) {
    out << '\n' << passage.heading << '\n';
    for (const Sentences& thing : passage.things) {
      std::string text;
      for (const std::string& sentence : thing) text += (text.empty() ? "" : " ") + sentence;
      write_wrapped(out, text, "  - ", "    ");
    }
  }
}

}  // namespace outlive::harness
