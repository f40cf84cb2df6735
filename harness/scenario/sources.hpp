// The files of one scenario. Their lines are numbered in one row, the scenario's own file first, so
// that one number says where a word stands, whichever file it is in.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

class Sources {
 public:
  struct File {
    std::string name;
    std::string text;
    int first_line = 1;
  };

  // The file as it was read the first time; none where it is new.
  const File* find(std::string_view name) const;
  const File& add(std::string name, std::string text);

  // The file in which a line stands.
  const File& of(int line) const;

  // Where each begins.
  std::vector<SourceFile> beginnings() const;

 private:
  std::vector<File> files_;
};

}  // namespace outlive::harness
