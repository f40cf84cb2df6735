// Takes tickets from the buckets of one traffic block on a target, as TensorZero's gateway does: by
// one FCALL.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "play/observer.hpp"
#include "target/channel.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {

// Loads the Lua library, as the gateway does when it starts. An error is the server's answer. With
// Engine::native, a target that can runs the functions in C++ from then on.
Answer load_rate_limits(Channel& channel, Engine engine);

class Limiter {
 public:
  Limiter(const Traffic& traffic, Channel& channel, const Roster& roster);
  Limiter(const Limiter&) = delete;  // words_ looks into the other members
  Limiter& operator=(const Limiter&) = delete;

  struct Result {
    Observer::Outcome outcome;
    std::string_view message;  // of a failure
  };
  // One request that wants tickets from all these buckets, one a limit.
  Result consume(std::span<const KeyId> buckets, Time now);

 private:
  // One limit, its numbers as words.
  struct Words {
    std::string requested, capacity, refill, window_us;
    std::chrono::seconds ttl;
  };

  void expires_later(std::span<const KeyId> buckets, Time now);

  Channel& channel_;
  const Roster& roster_;
  std::vector<Words> limits_;
  std::string limit_count_;
  std::string ahead_ms_;
  std::vector<std::string_view> words_;  // of the FCALL; keys are put in request by request
};

}  // namespace outlive::harness
