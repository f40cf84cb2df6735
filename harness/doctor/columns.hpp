// Words in columns, for people.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace outlive::harness {

class Columns {
 public:
  explicit Columns(std::vector<std::string> heads) : rows_{std::move(heads)} {}

  // As many cells as there are heads.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // Two blanks before each line and between columns; a column of figures, by its first cell, to the
  // right.
  void write(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace outlive::harness
