// Where something about a deployment was said: a line of a file, or an argument.
#pragma once

#include <string>
#include <utility>

namespace outlive::harness {

struct Origin {
  std::string file;  // as it was named; "": no file
  int line = 0;      // from 1; 0: the file as a whole
  std::string name;  // the directive, variable or word; "": there is none

  friend bool operator==(const Origin&, const Origin&) = default;
};

// "compose.yaml:12", "compose.yaml", or the name where there is no file.
std::string to_string(const Origin& origin);

// A value and where it comes from.
template <class Value>
struct Said {
  Value value{};
  Origin origin;
};

}  // namespace outlive::harness
