// How the gateway's keys begin (TensorZero 2026.6).
#pragma once

#include <string_view>

namespace outlive::harness {

constexpr std::string_view bucket_prefix = "tensorzero_ratelimit:";
constexpr std::string_view cache_prefix = "tensorzero_cache:";

}  // namespace outlive::harness
