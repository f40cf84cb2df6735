// SLOWLOG and COMMANDLOG: the last requests that took long, were long, or had long replies
// (commandlog.c of 8.1).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outlive {

struct Session;

// The three commandlog-* pairs: what is logged from which value on (microseconds or bytes;
// negative: nothing), and how many entries are kept.
struct CommandLogLimit {
  std::int64_t threshold;
  std::int64_t length_max;
};

class CommandLog {
 public:
  enum Kind : std::uint8_t { slow, large_request, large_reply };
  static constexpr std::size_t kinds = 3;
  using Limits = std::array<CommandLogLimit, kinds>;

  struct Entry {
    std::int64_t id;
    std::int64_t unix_seconds;
    std::int64_t value;  // microseconds or bytes
    std::vector<std::string> words;
    std::string address;
    std::string client_name;
  };

  // Of a request that has run: microseconds, bytes of the request, bytes of the reply.
  using Values = std::array<std::int64_t, kinds>;
  struct Request {
    const Session& client;
    std::span<const std::string_view> words;
    std::int64_t unix_seconds;
    Values values;
  };
  void offer(const Request& request, const Limits& limits);
  // False: a request with at most these values would leave everything as it is.
  bool wants(const Values& values_max, const Limits& limits) const {
    for (std::size_t kind = 0; kind < kinds; ++kind) {
      const auto [threshold, length_max] = limits[kind];
      if (threshold >= 0 && values_max[kind] >= threshold) return true;
      if (logs_[kind].kept > length_max) return true;
    }
    return false;
  }

  // The latest first.
  const std::deque<Entry>& entries(Kind kind) const { return logs_[kind].entries; }
  void clear(Kind kind) {
    logs_[kind].entries.clear();
    logs_[kind].kept = 0;
  }

 private:
  struct Log {
    std::deque<Entry> entries;
    std::int64_t next_id = 0;
    std::int64_t kept = 0;  // how many entries: every request asks
  };
  std::array<Log, kinds> logs_;
};

}  // namespace outlive
