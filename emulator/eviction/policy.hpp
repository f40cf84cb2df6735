// The eight eviction policies: which keys may go, and which of them goes first.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace outlive {

enum class EvictionScope : std::uint8_t { none, all_keys, keys_with_ttl };
enum class EvictionRank : std::uint8_t { none, lru, lfu, ttl, random };

struct EvictionPolicy {
  std::string_view name;
  EvictionScope scope;
  EvictionRank rank;

  bool ranked() const { return rank != EvictionRank::none && rank != EvictionRank::random; }
};

// In Valkey's order (config.c, maxmemory_policy_enum).
inline constexpr std::array<EvictionPolicy, 8> eviction_policies = {{
    {"volatile-lru", EvictionScope::keys_with_ttl, EvictionRank::lru},
    {"volatile-lfu", EvictionScope::keys_with_ttl, EvictionRank::lfu},
    {"volatile-random", EvictionScope::keys_with_ttl, EvictionRank::random},
    {"volatile-ttl", EvictionScope::keys_with_ttl, EvictionRank::ttl},
    {"allkeys-lru", EvictionScope::all_keys, EvictionRank::lru},
    {"allkeys-lfu", EvictionScope::all_keys, EvictionRank::lfu},
    {"allkeys-random", EvictionScope::all_keys, EvictionRank::random},
    {"noeviction", EvictionScope::none, EvictionRank::none},
}};

inline constexpr std::size_t noeviction = 7;  // the default, by index

}  // namespace outlive
