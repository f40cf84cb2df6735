// What can't be read in the files of a deployment, all of it told at once.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "deployment/origin.hpp"
#include "outlive/emulator.hpp"
#include "scenario/mistakes.hpp"

namespace outlive::harness {

class ReadingMistakes {
 public:
  // What is wrong at a place, and what would be right.
  void add(const Origin& origin, std::string what, std::string suggestion = {}) {
    found_.push_back({origin.file.empty() ? origin.name : origin.file, origin.line, 0,
                      std::move(what), std::move(suggestion)});
  }
  bool any() const { return !found_.empty(); }
  const std::vector<Mistake>& all() const { return found_; }

 private:
  std::vector<Mistake> found_;
};

// what() has a line a mistake: "file:line: what".
class UnreadableDeployment : public UserError {
 public:
  explicit UnreadableDeployment(std::vector<Mistake> mistakes)
      : UserError{to_string(mistakes)}, mistakes_{std::move(mistakes)} {}
  const std::vector<Mistake>& mistakes() const { return mistakes_; }

 private:
  std::vector<Mistake> mistakes_;
};

}  // namespace outlive::harness
