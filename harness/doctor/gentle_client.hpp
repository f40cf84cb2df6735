// A client that asks, and changes nothing: it sends only commands that read, and no more of them a
// second than it was allowed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/time.hpp"
#include "target/connection.hpp"

namespace outlive::harness {

// The clock that paces it.
struct Stopwatch {
  std::function<std::int64_t()> now_us;
  std::function<void(Span)> sleep;
};

// Whether a command, by its first words, is one of those that this client may send: they leave
// keys, their idle times and the server's settings as they are.
bool is_gentle(const std::vector<std::string>& words);

class GentleClient {
 public:
  using Words = std::vector<std::string>;

  // At most so many commands a second, more than 0.
  GentleClient(std::unique_ptr<Connection> connection, double commands_per_second,
               Stopwatch stopwatch);

  OwnedReply ask(const Words& words);
  // Sent together; the answers in their order. Throws UserError when the server no longer answers.
  std::vector<OwnedReply> ask_all(const std::vector<Words>& commands);

  // Selects a database, if it is not the selected one already; the error, or "".
  std::string select(int database);

  std::uint64_t sent() const { return sent_; }
  std::int64_t now_us() const { return stopwatch_.now_us(); }
  void wait_until(std::int64_t at_us);

 private:
  std::unique_ptr<Connection> connection_;
  double us_each_;
  Stopwatch stopwatch_;
  double free_at_us_;  // when the next may be sent
  std::uint64_t sent_ = 0;
  int database_ = 0;
};

inline bool refused(const OwnedReply& reply) {
  return reply->type == REDIS_REPLY_ERROR;
}

}  // namespace outlive::harness
