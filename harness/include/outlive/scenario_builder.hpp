// A scenario written in code, for tests: the words are those of scenario files
// (scenarios/README.md), so that whatever a file can say can be said here.
//
//   using namespace std::chrono_literals;
//   using outlive::WordList, outlive::Words;
//   const outlive::ScenarioResult result =
//       outlive::ScenarioBuilder{"My limits outlive my cache"}
//           .set("duration", 2h)
//           .instance("valkey", {{"maxmemory", "2mb"}, {"maxmemory-policy", "volatile-ttl"}})
//           .environment("valkey://valkey")
//           .traffic("gateway", {{"rate", "5/s"},
//                                {"users", 200},
//                                {"limits", WordList{Words{{"window", "day"}, {"capacity", 3}}}},
//                                {"prompts", 10'000}})
//           .check("over-admission")
//           .play();
//
// Mistakes are told as for a file, all at once, each with the line of the test that made it.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "outlive/harness.hpp"

namespace outlive::harness {
struct Mistake;
}

namespace outlive {

class Word;

// Words with their values, as a table of a scenario file has them; and a list of values.
using Words = std::vector<std::pair<std::string, Word>>;
using WordList = std::vector<Word>;

// The value of a word: a number, a text, true or false, a duration, a table or a list of values.
// Kept as a scenario file would write it.
class Word {
 public:
  Word(const char* text) : Word{std::string_view{text}} {}
  Word(const std::string& text) : Word{std::string_view{text}} {}
  Word(std::string_view text);
  Word(bool truth) : written_{truth ? "true" : "false"} {}
  Word(std::integral auto whole) : written_{std::to_string(whole)} {}
  Word(double number);
  template <class Rep, class Period>
  Word(std::chrono::duration<Rep, Period> lasting)
      : Word{in_words(std::chrono::duration_cast<std::chrono::microseconds>(lasting))} {}
  Word(const Words& table);
  Word(const WordList& list);

  const std::string& written() const { return written_; }

 private:
  static std::string in_words(std::chrono::microseconds lasting);

  std::string written_;
};

class ScenarioBuilder {
 public:
  using Where = std::source_location;

  explicit ScenarioBuilder(std::string_view title, Where where = Where::current());

  // A word at the top of the file: duration, seed, start, engine, …
  ScenarioBuilder& set(std::string_view name, const Word& value, Where where = Where::current());
  // `directives` as in valkey.conf.
  ScenarioBuilder& instance(std::string_view name, const Words& directives = {},
                            Where where = Where::current());
  // TENSORZERO_VALKEY_URL and, unless the cache shares the primary, TENSORZERO_VALKEY_CACHE_URL.
  ScenarioBuilder& environment(std::string_view url, std::string_view cache_url = {},
                               Where where = Where::current());
  ScenarioBuilder& traffic(std::string_view kind, const Words& words,
                           Where where = Where::current());
  ScenarioBuilder& event(std::string_view kind, const Words& words, Where where = Where::current());
  ScenarioBuilder& check(std::string_view kind, const Words& words = {},
                         Where where = Where::current());

  // The same as a scenario file, to keep or to play with `outlive run`.
  std::string text() const;

  // Throws UserError: for mistakes (a line each, with file and line of this code), for a target
  // that can't be had.
  ScenarioResult play(const ScenarioOptions& options = {}) const;

 private:
  // One line of the file, and the call that wrote it.
  struct Line {
    std::string text;
    Where where;
  };

  std::string told_by_call(std::vector<harness::Mistake> mistakes) const;
  ScenarioBuilder& table(std::string_view heading, std::string_view first, std::string_view name,
                         const Words& words, Where where);

  std::vector<Line> top_;  // stands before all tables, whatever came first
  std::vector<Line> tables_;
};

}  // namespace outlive
