// The limiter of traffic/rate_limits.lua computed in C++: what `engine = "native"` puts in its
// place on the embedded emulator. It issues the same commands and gives the same answers.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "outlive/native_function.hpp"
#include "play/token_bucket.hpp"
#include "target/raw_reply.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {

// Stands in for outlive_consume_tickets.
class NativeLimiter {
 public:
  std::string_view operator()(FunctionCall& call);

 private:
  // One limit of a call, and its bucket.
  struct Asked {
    std::string_view name;
    Limit limit;
    TokenBucket bucket;
  };

  bool read_bucket(FunctionCall& call, std::size_t place);
  bool write_bucket(FunctionCall& call, const Asked& asked);
  void tell(const Asked& asked, bool granted);
  // A command of the call; false when it failed, and `answer_` is the error.
  bool run(FunctionCall& call, std::initializer_list<std::string_view> words);
  std::string_view key_of(std::string_view name);

  std::vector<Asked> asked_;
  std::int64_t now_us_ = 0;
  RawReply reply_;  // of the last command
  std::string key_;
  std::string answer_;
};

}  // namespace outlive::harness
