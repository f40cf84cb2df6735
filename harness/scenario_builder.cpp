#include "outlive/scenario_builder.hpp"

#include "scenario/parse.hpp"
#include "scenario/quantity.hpp"

namespace outlive {
namespace {

// A basic string of TOML 1.0.
std::string in_quotes(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string quoted{'"'};
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\') {
      quoted.append({'\\', letter});
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted.append("\\u00").append({digits[byte >> 4], digits[byte & 15]});
    } else {
      quoted += letter;
    }
  }
  return quoted + '"';
}

// Directives and other words may hold any letter; a bare key of TOML may not.
std::string key_of(std::string_view name) {
  const bool bare = !name.empty() && name.find_first_not_of(
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789_-") == name.npos;
  return bare ? std::string{name} : in_quotes(name);
}

// What the text of a scenario is called while it is read; its mistakes name it so.
constexpr std::string_view text_name = "scenario";

}  // namespace

Word::Word(std::string_view text) : written_{in_quotes(text)} {}

Word::Word(double number) : written_{harness::with_point(number)} {}

Word::Word(const Words& table) {
  for (const auto& [name, value] : table) {
    written_.append(written_.empty() ? "{ " : ", ");
    written_.append(key_of(name)).append(" = ").append(value.written_);
  }
  written_.append(written_.empty() ? "{}" : " }");
}

Word::Word(const WordList& list) : written_{'['} {
  for (const Word& value : list) {
    written_.append(written_.size() == 1 ? "" : ", ").append(value.written_);
  }
  written_ += ']';
}

// In the largest unit in which it is a whole number.
std::string Word::in_words(std::chrono::microseconds lasting) {
  constexpr std::pair<std::int64_t, std::string_view> units[] = {{86'400'000'000, "d"},
                                                                 {3'600'000'000, "h"},
                                                                 {60'000'000, "m"},
                                                                 {1'000'000, "s"},
                                                                 {1'000, "ms"}};
  for (const auto& [length, name] : units) {
    if (lasting.count() % length == 0) return std::to_string(lasting.count() / length).append(name);
  }
  return std::to_string(lasting.count()) + "us";
}

ScenarioBuilder::ScenarioBuilder(std::string_view title, Where where) {
  set("title", title, where);
}

ScenarioBuilder& ScenarioBuilder::set(std::string_view name, const Word& value, Where where) {
  top_.push_back({key_of(name) + " = " + value.written(), where});
  return *this;
}

ScenarioBuilder& ScenarioBuilder::instance(std::string_view name, const Words& directives,
                                           Where where) {
  return table("[[instance]]", "name", name, directives, where);
}

ScenarioBuilder& ScenarioBuilder::environment(std::string_view url, std::string_view cache_url,
                                              Where where) {
  Words words;
  if (!cache_url.empty()) words.emplace_back("TENSORZERO_VALKEY_CACHE_URL", cache_url);
  return table("[environment]", "TENSORZERO_VALKEY_URL", url, words, where);
}

ScenarioBuilder& ScenarioBuilder::traffic(std::string_view kind, const Words& words, Where where) {
  return table("[[traffic]]", "kind", kind, words, where);
}

ScenarioBuilder& ScenarioBuilder::event(std::string_view kind, const Words& words, Where where) {
  return table("[[event]]", "kind", kind, words, where);
}

ScenarioBuilder& ScenarioBuilder::check(std::string_view kind, const Words& words, Where where) {
  return table("[[check]]", "kind", kind, words, where);
}

ScenarioBuilder& ScenarioBuilder::table(std::string_view heading, std::string_view first,
                                        std::string_view name, const Words& words, Where where) {
  tables_.push_back({std::string{heading}, where});
  tables_.push_back({key_of(first) + " = " + Word{name}.written(), where});
  for (const auto& [word, value] : words) {
    tables_.push_back({key_of(word) + " = " + value.written(), where});
  }
  return *this;
}

std::string ScenarioBuilder::text() const {
  std::string text;
  for (const auto* lines : {&top_, &tables_}) {
    for (const Line& line : *lines) text.append(line.text).append("\n");
  }
  return text;
}

ScenarioResult ScenarioBuilder::play(const ScenarioOptions& options) const {
  try {
    return play_scenario_text(text(), options, std::string{text_name});
  } catch (const harness::ScenarioError& error) {
    throw UserError{told_by_call(error.mistakes())};
  }
}

// Mistakes with the places in the text as places in the code that wrote it.
std::string ScenarioBuilder::told_by_call(std::vector<harness::Mistake> mistakes) const {
  for (harness::Mistake& mistake : mistakes) {
    const auto number = static_cast<std::size_t>(mistake.line);
    if (mistake.file != text_name || number == 0 || number > top_.size() + tables_.size()) continue;
    const Where& where =
        (number <= top_.size() ? top_[number - 1] : tables_[number - 1 - top_.size()]).where;
    mistake.file = where.file_name();
    mistake.line = static_cast<int>(where.line());
    mistake.column = 0;
  }
  return to_string(mistakes);
}

}  // namespace outlive
