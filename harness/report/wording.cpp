#include "report/wording.hpp"

#include <charconv>

namespace outlive::harness {
namespace {

// How many bytes the character of UTF-8 has that begins here; 0 for none that is text.
std::size_t character_at(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    const bool blank = first == '\t' || first == '\n' || first == '\r';
    return first == 0x7f || (first < 0x20 && !blank) ? 0 : 1;
  }
  const std::size_t length = first >= 0xf5   ? 0
                             : first >= 0xf0 ? 4
                             : first >= 0xe0 ? 3
                             : first >= 0xc2 ? 2
                                             : 0;
  if (length == 0 || text.size() < length) return 0;
  unsigned code = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  const bool control = code < 0xa0;
  const bool no_character = (code & 0xfffe) == 0xfffe;
  if (code < least[length] || code > 0x10ffff || surrogate || control || no_character) return 0;
  return length;
}

}  // namespace

FilePlace place_of(const Scenario& scenario, const Verdict& verdict) {
  if (verdict.line == 0) return {.file = scenario.file, .line = 0};
  return mistake_in(place_of(scenario, verdict.line) + ": ").place;
}

PlacedMistake mistake_in(std::string_view line) {
  for (std::size_t end = line.find(": "); end != line.npos; end = line.find(": ", end + 1)) {
    const std::size_t colon = line.rfind(':', end - 1);
    if (end == 0 || colon == line.npos || colon + 1 == end) continue;
    int number = 0;
    const auto [rest, error] = std::from_chars(line.data() + colon + 1, line.data() + end, number);
    if (error != std::errc{} || rest != line.data() + end) continue;
    return {.place = {.file = std::string{line.substr(0, colon)}, .line = number},
            .what = std::string{line.substr(end + 2)}};
  }
  return {.place = {}, .what = std::string{line}};
}

std::string headline_of(const Verdict& verdict) {
  std::string text{to_string(verdict.finding)};
  text += verdict.as_stated() ? ", as stated: " : ", not as stated: ";
  return text + verdict.claim + "; " + verdict.seen;
}

std::vector<std::string_view> hints_for(const Run& run) {
  bool broken_as_stated = false, otherwise = false;
  for (const Played& one : run.played) {
    for (const Verdict& verdict : one.verdicts) {
      if (!verdict.as_stated()) {
        otherwise = true;
      } else if (verdict.expected_violated) {
        broken_as_stated = true;
      }
    }
  }
  std::vector<std::string_view> hints;
  if (broken_as_stated) {
    hints.push_back(
        "\"Violated, as stated\": the scenario file says that a rule breaks here, and so it does.");
  }
  if (otherwise) {
    hints.push_back(
        "\"Not as stated\": the scenario file says otherwise; where it says nothing, that the rule "
        "holds.");
  }
  return hints;
}

std::string play_again(const Played& played) {
  const Scenario& scenario = played.scenario;
  std::string command = "outlive run " + scenario.file + settings_of(scenario);
  if (played.seed != scenario.seed) command += " --seed " + std::to_string(played.seed);
  return command;
}

std::vector<std::string> details_of(const Played& played, const Verdict& verdict) {
  std::vector<std::string> lines{std::string{"the scenario states: "} +
                                 (verdict.expected_violated ? "violated" : "holds")};
  lines.insert(lines.end(), verdict.evidence.begin(), verdict.evidence.end());
  if (verdict.first_at) {
    lines.push_back("shown already by: " + play_again(played) + " --until " +
                    std::to_string(verdict.first_at->count()) + "us");
  }
  return lines;
}

std::string as_text(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  while (!bytes.empty()) {
    std::size_t length = character_at(bytes);
    if (length > 0) {
      text.append(bytes.substr(0, length));
    } else {
      length = 1;
      const auto byte = static_cast<unsigned char>(bytes.front());
      text.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
    }
    bytes.remove_prefix(length);
  }
  return text;
}

std::string as_markup(std::string_view bytes) {
  std::string markup;
  for (const char letter : as_text(bytes)) {
    switch (letter) {
      case '&':
        markup += "&amp;";
        break;
      case '<':
        markup += "&lt;";
        break;
      case '>':
        markup += "&gt;";
        break;
      case '"':
        markup += "&quot;";
        break;
      case '\'':
        markup += "&#39;";
        break;
      case '\n':
        markup += "&#10;";
        break;
      case '\r':
        markup += "&#13;";
        break;
      default:
        markup += letter;
    }
  }
  return markup;
}

}  // namespace outlive::harness
