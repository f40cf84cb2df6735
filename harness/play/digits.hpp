// Numbers as words of commands.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>

namespace outlive::harness {

// An integer's digits, in a buffer of its own: no allocation. The view lives as long as this does.
class Digits {
 public:
  explicit Digits(std::int64_t value)
      : end_{std::to_chars(buffer_, buffer_ + sizeof buffer_, value).ptr} {}
  operator std::string_view() const { return {buffer_, end_}; }

 private:
  char buffer_[20];
  const char* end_;
};

}  // namespace outlive::harness
