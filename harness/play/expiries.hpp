// Writes the expiries in a command anew, as instants of a server whose clock is not the one that
// they were written for: one that can't be moved (see Channel::clock_ahead()), or a transcript's.
//
// Known are SET, GETEX, SETEX, PSETEX, EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT and RESTORE. What a
// script does inside is not seen.
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

class Expiries {
 public:
  // By which clock a command is carried out.
  struct Clock {
    Time now{};                          // the server's, in the scenario
    std::chrono::milliseconds moved{0};  // what is added to instants that the command names
    std::optional<std::chrono::milliseconds> ahead = {};  // Channel::clock_ahead()
  };

  // The command as it is to be said; good until the next.
  std::span<const std::string_view> rewritten(std::span<const std::string_view> words,
                                              const Clock& clock);

 private:
  // How a word counts.
  struct Unit {
    std::int64_t ms;
    bool absolute;
  };

  std::optional<std::string_view> instant(std::string_view word, const Unit& unit,
                                          bool may_be_over);
  void rewrite_options(std::size_t from);
  void rewrite_setex(const Unit& unit);
  void rewrite_expire(const Unit& unit);
  void rewrite_restore();

  Clock clock_;
  std::vector<std::string_view> words_;
  std::deque<std::string> digits_;
};

}  // namespace outlive::harness
