// The names that a TOML file has given so far, to find what is defined twice.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outlive::harness {

using Names = std::vector<std::string>;  // of "a.b.c"

std::string shown(const Names& names);

class NamesSoFar {
 public:
  // Each gives what is wrong, if something is: a heading, and a word in the table at hand.
  std::optional<std::string> begin_table(const Names& names, bool list, int line);
  std::optional<std::string> add(const Names& names, int line);

  // Until it goes out of scope, words are those of a table in braces at that place of the text.
  class Inside {
   public:
    Inside(std::string& table, std::string inner) : table_{table}, outer_{std::move(table)} {
      table_ = std::move(inner);
    }
    ~Inside() { table_ = std::move(outer_); }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

   private:
    std::string& table_;
    std::string outer_;
  };
  [[nodiscard]] Inside inside(std::size_t at) { return {table_, "{" + std::to_string(at)}; }

 private:
  enum class Kind { value, table, list, implied };  // implied: by "a.b = 1" or [a.b]
  struct Name {
    Kind kind;
    int line;
    int count = 0;  // of the tables of a list
  };

  // The path of a name below that of a table, which may be the last table of a list.
  std::string path_below(const std::string& table, const std::string& name) const;

  std::map<std::string, Name> names_;  // by path
  std::string table_;                  // the path of the table at hand
};

}  // namespace outlive::harness
