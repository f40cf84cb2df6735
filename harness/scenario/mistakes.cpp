#include "scenario/mistakes.hpp"

#include <algorithm>
#include <tuple>

#include "base/text.hpp"
#include "scenario/quantity.hpp"
#include "scenario/url.hpp"

namespace outlive::harness {
namespace {

// Of one file that a scenario names, which may have a million lines.
constexpr std::size_t told_of_a_file_max = 20;
// Of a word that somebody may have pasted.
constexpr std::size_t shown_max = 80;

// They are in the order of their files.
std::vector<Mistake> without_excess(std::vector<Mistake> mistakes) {
  std::vector<Mistake> told;
  for (std::size_t begin = 0; begin < mistakes.size();) {
    const std::string file = mistakes[begin].file;
    std::size_t end = begin;
    while (end < mistakes.size() && mistakes[end].file == file) ++end;
    const std::size_t some = std::min(end, begin + told_of_a_file_max);
    for (std::size_t i = begin; i < some; ++i) told.push_back(mistakes[i]);
    if (some < end) {
      told.push_back({.file = file,
                      .line = mistakes[some].line,
                      .column = 0,
                      .what = "and " + format_count(end - some) + " more mistakes in this file"});
    }
    begin = end;
  }
  return told;
}

// The first of what is the same.
std::vector<Mistake> without_twins(std::vector<Mistake> mistakes) {
  std::set<std::string> seen;
  std::erase_if(mistakes,
                [&seen](const Mistake& one) { return !seen.insert(to_string(one)).second; });
  return mistakes;
}

std::string on_one_line(std::string_view text, std::size_t most) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (i >= most && begins_letter(text[i])) return shown + "…";
    if (byte >= 0x20 && byte != 0x7f) {
      shown += text[i];
    } else {
      const std::string escaped = quoted(text.substr(i, 1));
      shown.append(escaped, 1, escaped.size() - 2);
    }
  }
  return shown;
}

}  // namespace

std::string in_quotes(std::string_view word) {
  return '"' + on_one_line(word, shown_max) + '"';
}

std::string in_backticks(std::string_view line) {
  return '`' + on_one_line(line, shown_max) + '`';
}

std::string listed(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

std::string to_string(const Mistake& mistake) {
  std::string text = mistake.file;
  if (mistake.line > 0) text.append(":").append(std::to_string(mistake.line));
  text.append(": ").append(mistake.what);
  if (!mistake.suggestion.empty()) {
    text.append("; did you mean \"").append(mistake.suggestion).append("\"?");
  }
  return text;
}

std::string to_string(std::span<const Mistake> mistakes) {
  std::string lines;
  for (const Mistake& mistake : mistakes) {
    lines.append(lines.empty() ? "" : "\n").append(to_string(mistake));
  }
  return lines;
}

void Mistakes::add(Position place, const std::string& what, std::string suggestion) {
  if (is_settled(place)) return;
  found_.push_back({place,
                    {.file = {},
                     .line = 0,
                     .column = 0,
                     .what = on_one_line(what, what.size()),
                     .suggestion = std::move(suggestion)}});
}

void Mistakes::add_unknown(Position place, std::string_view what, std::string_view word,
                           std::span<const std::string_view> known) {
  std::string text = std::string{what} + " knows no " + in_quotes(word);
  const auto near = nearest_of(word, known);
  if (!near) text += known.empty() ? "; there is none" : "; there is: " + listed(known);
  add(place, text, std::string{near.value_or("")});
}

void Mistakes::add_in(const std::string& file, int line, const std::string& what) {
  found_.push_back(
      {Position{line},
       {.file = file, .line = line, .column = 0, .what = on_one_line(what, what.size())}});
}

std::optional<std::string_view> nearest_of(std::string_view word,
                                           std::span<const std::string_view> known) {
  return word.size() > shown_max ? std::nullopt : nearest_name(word, known);
}

void Mistakes::begin_play() {
  settled_.clear();
  doubtful_.clear();
}

bool Mistakes::is_settled(Position place) const {
  if (place.column > 0) return settled_.contains(place);
  if (doubtful_.contains(place.line)) return true;
  const auto first = settled_.lower_bound(Position{place.line});
  return first != settled_.end() && first->line == place.line;
}

std::vector<Mistake> Mistakes::take(const Sources& sources) {
  std::ranges::stable_sort(found_, [](const Found& one, const Found& other) {
    return std::tie(one.mistake.file, one.place) < std::tie(other.mistake.file, other.place);
  });
  std::vector<Mistake> mistakes, of_others;
  for (Found& found : found_) {
    found.mistake.what = without_passwords(found.mistake.what);
    if (!found.mistake.file.empty()) {
      of_others.push_back(std::move(found.mistake));
      continue;
    }
    const Sources::File& file = sources.of(found.place.line);
    found.mistake.file = file.name;
    found.mistake.line = std::max(found.place.line - file.first_line + 1, 1);
    found.mistake.column = found.place.column;
    mistakes.push_back(std::move(found.mistake));
  }
  found_.clear();
  // Plays of one file have mistakes in common.
  mistakes = without_twins(std::move(mistakes));
  for (Mistake& mistake : without_excess(without_twins(std::move(of_others)))) {
    mistakes.push_back(std::move(mistake));
  }
  return mistakes;
}

}  // namespace outlive::harness
