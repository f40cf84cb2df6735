// The gateway's cache of answers on a server: GET, and after a miss SETEX.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/prefetch.hpp"
#include "target/channel.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {

class ResponseCache {
 public:
  // `sizes` of the answers, by prompt.
  ResponseCache(const Traffic& traffic, Channel& channel, std::vector<std::uint32_t> sizes);

  // Brings what put() will need into the processor's cache.
  void prefetch(std::uint32_t prompt) const { outlive::prefetch(&sizes_[prompt]); }
  Answer get(std::string_view key) { return channel_.run({"GET", key}); }
  // Whether the gateway, whose clock shows `now`, may use what get() found.
  bool is_fresh(std::string_view value, Time now) const;
  // Stores the answer to a prompt. `now` by the server's clock, `written_at` by the gateway's.
  Answer put(std::string_view key, std::uint32_t prompt, Time now, Time written_at);

 private:
  Channel& channel_;
  std::vector<std::uint32_t> sizes_;
  std::shared_ptr<std::string> text_;  // every answer begins it
  std::chrono::seconds ttl_;
  std::string ttl_word_;
  std::optional<std::chrono::seconds> max_age_;
};

}  // namespace outlive::harness
