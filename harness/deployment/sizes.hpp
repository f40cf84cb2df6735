// What rate limits weigh, measured on an emulator in this process.
#pragma once

#include <cstdint>

#include "deployment/deployment.hpp"

namespace outlive::harness {

// used_memory of a server of Valkey 8.1's profile that holds nothing but the gateway's functions.
std::uint64_t empty_server_bytes();

// used_memory of so many buckets with names of the gateway's, the tables that hold them included.
std::uint64_t bucket_bytes(std::uint64_t buckets);

// How many buckets so many users have: one for each limit that is counted user by user, and those
// that all share. Without a tensorzero.toml one each.
std::uint64_t buckets_of(const GatewaySettings& settings, std::uint64_t users);

}  // namespace outlive::harness
