// How far a play is, on standard error: on one line of a terminal, else, when it is long, a line a
// quarter.
#pragma once

#include <cstdint>
#include <string>

namespace outlive::harness {

class ProgressLine {
 public:
  explicit ProgressLine(std::string title);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  void operator()(std::uint64_t played, std::uint64_t expected);

 private:
  std::string title_;
  bool terminal_;
  bool shown_ = false;
  std::uint64_t last_ = 0;
};

}  // namespace outlive::harness
