// How far a run is, on standard error: on one line of a terminal; else, of what takes long, a line
// now and then. Plays in several threads may tell of themselves.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace outlive::harness {

class RunProgress {
 public:
  explicit RunProgress(std::vector<std::string> titles);
  RunProgress(const RunProgress&) = delete;
  RunProgress& operator=(const RunProgress&) = delete;
  ~RunProgress();

  // The play has come so far.
  void advanced(std::size_t play, std::uint64_t played, std::uint64_t expected);
  void ended(std::size_t play);

 private:
  // How far plays of several are together, as in "12 of 31 scenarios".
  std::string whole() const;
  void show_on_terminal(const std::string& text);
  void tell_of_whole();

  std::mutex mutex_;
  std::vector<std::string> titles_;
  std::vector<std::uint64_t> percent_;  // of each play, as it was shown last
  std::size_t ended_ = 0;
  std::size_t ended_told_ = 0;
  std::int64_t began_us_;
  bool terminal_;
  bool shown_ = false;
};

}  // namespace outlive::harness
