#include "scenario/transcript.hpp"

#include <unordered_map>

#include "base/number.hpp"
#include "base/text.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  const char small = to_lower(letter);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// Undoes one escape at the front of `text`, which begins with a backslash. What is none is itself:
// since 8.1 a backslash stands for itself too.
char take_escape(std::string_view& text) {
  constexpr std::string_view letters = "nrtab\\\"", meant = "\n\r\t\a\b\\\"";
  if (text.size() > 3 && text[1] == 'x' && hex_digit(text[2]) >= 0 && hex_digit(text[3]) >= 0) {
    const int byte = hex_digit(text[2]) * 16 + hex_digit(text[3]);
    text.remove_prefix(4);
    return static_cast<char>(byte);
  }
  const std::size_t place = text.size() > 1 ? letters.find(text[1]) : letters.npos;
  text.remove_prefix(place == letters.npos ? 1 : 2);
  return place == letters.npos ? '\\' : meant[place];
}

std::string unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text.front() == '\\') {
      out += take_escape(text);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

// What stands before the words.
struct Head {
  Time at{};
  int database = 0;
};

// Takes `1700000000.123456 [0 127.0.0.1:1234] ` off the front of a line.
std::optional<Head> take_head(std::string_view& line) {
  constexpr std::size_t digits_of_us = 6;
  const std::size_t point = line.find('.'), open = line.find(" ["), close = line.find("] ");
  if (point == line.npos || open != point + 1 + digits_of_us || close == line.npos) return {};
  const auto seconds = parse_integer(line.substr(0, point));
  // Leading zeros are no integer's: the digits of the microsecond, after a 1.
  const auto us = parse_integer("1" + std::string{line.substr(point + 1, digits_of_us)});
  const std::string_view inside = line.substr(open + 2, close - open - 2);
  const auto database = parse_integer(inside.substr(0, inside.find(' ')));
  if (!seconds || *seconds < 0 || *seconds > 100'000'000'000 || !us || !database || *database < 0 ||
      *database > 100'000'000) {
    return {};
  }
  line.remove_prefix(close + 2);
  return Head{Time{std::chrono::seconds{*seconds} + Span{*us - 1'000'000}},
              static_cast<int>(*database)};
}

class Reading {
 public:
  Reading(const std::string& file, CommandBook& book, Mistakes& mistakes)
      : file_{file}, book_{book}, mistakes_{mistakes} {}

  void line(std::string_view line, int number) {
    number_ = number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (trimmed(line).empty() || line == "OK") return;
    std::string_view rest = line;
    const auto head = take_head(rest);
    const auto words = head ? monitored_words(rest) : std::nullopt;
    if (!words) {
      return refuse(quoted_word(line.substr(0, 60)) +
                    ": a line is what MONITOR prints, like 1700000000.123456 [0 127.0.0.1:1234] "
                    "\"SET\" \"k\" \"v\"");
    }
    if (first_) read_.recorded_at = head->at;
    first_ = false;
    if (head->at - read_.recorded_at < last_)
      return refuse("this line is older than the one before");
    last_ = head->at - read_.recorded_at;
    add(*head, *words);
  }

  Transcript take() {
    if (told_ == 0 && read_.lines.empty()) refuse("there is no command in this file");
    return std::move(read_);
  }

 private:
  void refuse(const std::string& what) {
    ++told_;
    mistakes_.add_in(file_, number_, what);
  }

  void add(const Head& head, const std::vector<std::string>& words) {
    const std::vector<std::string_view> views{words.begin(), words.end()};
    const CommandFacts facts = book_.look_up(views);
    if (facts.about != CommandFacts::About::data) return;
    if (!facts.mistake.empty()) return refuse(facts.mistake);
    Transcript::Line& line = read_.lines.emplace_back();
    line.at = last_;
    line.database = head.database;
    line.touches_all = facts.touches_all;
    line.first_word = static_cast<std::uint32_t>(read_.ends.size());
    line.words = static_cast<std::uint32_t>(words.size());
    for (const std::string& word : words) {
      read_.text += word;
      read_.ends.push_back(read_.text.size());
    }
    line.first_use = static_cast<std::uint32_t>(read_.uses.size());
    line.uses = static_cast<std::uint32_t>(facts.keys.size());
    for (const auto& [name, effect] : facts.keys) {
      const auto [found, fresh] = places_.try_emplace(name, places_.size());
      if (fresh) read_.keys.push_back({name, head.database});
      read_.uses.push_back({static_cast<std::uint32_t>(found->second), effect});
    }
  }

  const std::string& file_;
  CommandBook& book_;
  Mistakes& mistakes_;
  Transcript read_;
  std::unordered_map<std::string, std::size_t> places_;  // of keys
  bool first_ = true;
  Span last_{};
  int number_ = 0;
  std::size_t told_ = 0;
};

}  // namespace

// Since 8.1 quotes and backslashes in a word are printed as they are, before that with a backslash.
// Either way a quote that ends a word is followed by the next word's, or by nothing.
std::optional<std::vector<std::string>> monitored_words(std::string_view line) {
  constexpr std::string_view between = "\" \"";
  if (line.size() < 2 || line.front() != '"' || line.back() != '"') return std::nullopt;
  line = line.substr(1, line.size() - 2);
  std::vector<std::string> words;
  for (;;) {
    const std::size_t end = line.find(between);
    words.push_back(unescaped(line.substr(0, end)));
    if (end == line.npos) return words;
    line.remove_prefix(end + between.size());
  }
}

Transcript parse_transcript(std::string_view text, const std::string& file, CommandBook& book,
                            Mistakes& mistakes) {
  constexpr std::string_view mark = "\xef\xbb\xbf";  // of UTF-8
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  Reading reading{file, book, mistakes};
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    reading.line(text.substr(0, end), number);
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return reading.take();
}

}  // namespace outlive::harness
