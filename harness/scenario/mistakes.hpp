// Mistakes in scenario files: where each stands, what is wrong there and what was probably meant.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/sources.hpp"

namespace outlive::harness {

struct Mistake {
  std::string file;
  int line = 0;    // from 1; 0: the file as a whole, which can't be read
  int column = 0;  // from 1, in letters; 0: not one place in the line
  std::string what;
  std::string suggestion = {};  // the word that was probably meant; "": no word is near

  friend bool operator==(const Mistake&, const Mistake&) = default;
};

// As people are told: "file:line: what; did you mean "suggestion"?"
std::string to_string(const Mistake& mistake);
// A line each.
std::string to_string(std::span<const Mistake> mistakes);

// A word of a file, for messages: in quotes, on one line and not too long.
std::string in_quotes(std::string_view word);
// Part of a line of a file, in the same way.
std::string in_backticks(std::string_view line);

// "a, b, c".
std::string listed(std::span<const std::string_view> words);

// The known word that it most likely means; none where none is near.
std::optional<std::string_view> nearest_of(std::string_view word,
                                           std::span<const std::string_view> known);

// A place in the files of a scenario, whose lines are numbered in one row (see Sources).
struct Position {
  Position(int on_line, int at_column = 0) : line{on_line}, column{at_column} {}

  int line;
  int column;

  friend auto operator<=>(const Position&, const Position&) = default;
};

// Collects what is wrong while a scenario is read, so that all is told at once.
class Mistakes {
 public:
  void add(Position place, const std::string& what, std::string suggestion = {});
  // For a word that is not among those known there: with the nearest, or all of them.
  void add_unknown(Position place, std::string_view what, std::string_view word,
                   std::span<const std::string_view> known);
  // In a file that the scenario names, by its own lines. Of many in one file the first are told.
  void add_in(const std::string& file, int line, const std::string& what);
  // What is wrong there has been told: whatever else is in this play, follows from it.
  void settle(Position place) { settled_.insert(place); }
  // The same of what is told of the line as a whole.
  void doubt(int line) { doubtful_.insert(line); }
  void begin_play();
  bool any() const { return !found_.empty(); }
  std::size_t count() const { return found_.size(); }
  // By file, the scenario's own first, and place; each once.
  std::vector<Mistake> take(const Sources& sources);

 private:
  struct Found {
    Position place;
    Mistake mistake;  // without its place, unless it is in a file that the scenario names
  };

  bool is_settled(Position place) const;

  std::vector<Found> found_;
  std::set<Position> settled_;
  std::set<int> doubtful_;
};

}  // namespace outlive::harness
