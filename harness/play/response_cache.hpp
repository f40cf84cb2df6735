// The gateway's cache of answers on a target: GET, and after a miss SETEX.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "target/target.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {

class ResponseCache {
 public:
  // `sizes` of the answers, by prompt.
  ResponseCache(const Traffic& traffic, Target& target, std::vector<std::uint32_t> sizes);

  Answer get(std::string_view key) { return target_.run({"GET", key}); }
  Answer put(std::string_view key, std::uint32_t prompt, Time now);

 private:
  Target& target_;
  std::vector<std::uint32_t> sizes_;
  std::string text_;  // every answer is a piece of it
  std::chrono::seconds ttl_;
  std::string ttl_word_;
};

}  // namespace outlive::harness
