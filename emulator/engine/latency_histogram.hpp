// How long the calls of one command took: an HDR histogram from 1 ns to 1 s with two significant
// digits, as Valkey keeps one for each command (server.c, updateCommandLatencyHistogram).
#pragma once

#include <cstdint>
#include <vector>

namespace outlive {

class LatencyHistogram {
 public:
  // What the whole of it takes in Valkey, allocated at the command's first call, in bytes: 3,072
  // counters and their head. Measured on 8.0.1 and 8.1.1.
  static constexpr std::int64_t valkey_bytes = 24'688;

  void add(std::int64_t nanoseconds);
  std::uint64_t calls() const { return calls_; }
  // The longest of the shortest `percent` of all calls, in nanoseconds.
  std::int64_t percentile(double percent) const;

  // How many calls took up to so long; limits double, and those that add no call are left out.
  struct Step {
    std::int64_t microseconds;
    std::uint64_t calls;
  };
  std::vector<Step> cumulative() const;

 private:
  std::vector<std::uint64_t> counters_;  // as many as were needed so far
  std::uint64_t calls_ = 0;
};

}  // namespace outlive
