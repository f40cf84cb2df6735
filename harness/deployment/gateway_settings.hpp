// What tensorzero.toml says of the cache and of rate limits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deployment/origin.hpp"
#include "deployment/reading_mistakes.hpp"
#include "scenario/time.hpp"

namespace outlive::harness {

// A bucket's life by the gateway's Lua library (tensorzero_ratelimit.lua, MIN_TTL_SECONDS): at
// least 48 h, else twice the time to refill it.
constexpr Span bucket_ttl_min = std::chrono::hours{48};
// [gateway.cache.valkey] ttl_s where nothing is said.
constexpr Span cache_ttl_default = std::chrono::hours{24};

// One RESOURCE_per_WINDOW of a rule.
struct RateWord {
  std::string resource;  // model_inferences, tokens, cost
  std::string window;    // second … month
  double capacity = 0;
  double refill_rate = 0;  // a window
  Origin origin;

  // From empty to full. None: it never refills.
  std::optional<Span> refill_time() const;
  // How long the bucket lives after tickets were last granted or returned.
  Span ttl() const;
};

struct RateRule {
  std::vector<RateWord> words;
  std::string scope;  // what tells buckets apart, in the order of its entries' names
  bool each = false;  // a bucket a user, key …
  bool always = false;
  std::int64_t priority = 0;
  Origin origin;
};

struct GatewaySettings {
  bool known = false;
  Said<Span> cache_ttl{cache_ttl_default, {}};
  std::optional<bool> cache_enabled;
  Said<std::string> cache_backend{"auto", {}};
  std::optional<bool> observability_enabled;
  std::string observability_backend = "auto";
  bool limits_enabled = true;
  Said<std::string> limits_backend{"auto", {}};
  std::vector<RateRule> rules;

  // The word whose bucket takes longest to refill; null: there is none. One that never does is
  // passed over.
  const RateWord* slowest() const;
};

// Reads a file's text into the settings; words of other tables are passed over. Everything that the
// gateway would refuse in these is a mistake.
void read_gateway_settings(std::string_view text, const std::string& file, GatewaySettings& into,
                           ReadingMistakes& mistakes);

}  // namespace outlive::harness
