// The journal: every key that left, and why. "Why did my key vanish" is a look-up here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string_view>

#include "outlive/departure.hpp"

namespace outlive {

// Bounded: the oldest departures are forgotten first. Costs a test of one flag while it is off.
class Journal {
 public:
  using Listener = std::function<void(const Departure&)>;

  explicit Journal(std::size_t limit = 0) { set_limit(limit); }

  bool active() const { return active_; }
  std::size_t limit() const { return limit_; }
  void set_limit(std::size_t limit);
  // Called at each departure, within the command that caused it. A listener that does without the
  // candidates which lost to an evicted key is cheaper.
  void set_listener(Listener listener, bool with_candidates);
  bool has_listener() const { return listener_ != nullptr; }
  bool wants_candidates() const { return limit_ > 0 || (listener_ && with_candidates_); }

  // A departure to fill in, blank; and to record it, before the next one. It keeps its memory.
  Departure& blank();
  void record(Departure& departure);
  void clear() { departures_.clear(); }

  // How many were ever recorded while active, and those still kept, oldest first.
  std::uint64_t recorded() const { return recorded_; }
  // Of all that was recorded while departures were kept: when, why, which. Equal for equal runs.
  std::uint64_t digest() const { return digest_; }
  const std::deque<Departure>& departures() const { return departures_; }
  // The last departure of this key from this database, or null.
  const Departure* last_of(std::string_view key, int database) const;

 private:
  std::deque<Departure> departures_;
  Listener listener_;
  bool with_candidates_ = true;
  Departure next_;
  std::size_t limit_ = 0;
  std::uint64_t recorded_ = 0;
  std::uint64_t digest_ = 0;
  bool active_ = false;
};

}  // namespace outlive
