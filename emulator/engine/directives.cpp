#include "engine/directives.hpp"

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive {
namespace {

using Setter = bool (*)(Options&, std::string_view);

bool set_policy(Options& options, std::string_view text) {
  for (std::size_t i = 0; i < eviction_policies.size(); ++i) {
    if (!equal_ignoring_case(eviction_policies[i].name, text)) continue;
    options.eviction.policy = i;
    options.keyspace.lfu = options.eviction.chosen().rank == EvictionRank::lfu;
    return true;
  }
  return false;
}

bool set_maxmemory(Options& options, std::string_view text) {
  const auto bytes = parse_memory(text);
  if (bytes) options.eviction.maxmemory = *bytes;
  return bytes.has_value();
}

bool set_samples(Options& options, std::string_view text) {
  const auto samples = parse_integer(text);
  if (!samples || *samples < 1 || *samples > 64) return false;
  options.eviction.samples = static_cast<int>(*samples);
  return true;
}

struct Directive {
  std::string_view name;
  Setter set;
  std::string_view error;
};
constexpr Directive directives[] = {
    {"maxmemory", set_maxmemory, "argument must be a memory value"},
    {"maxmemory-policy", set_policy,
     "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, "
     "volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction"},
    {"maxmemory-samples", set_samples, "argument must be between 1 and 64 inclusive"},
};

}  // namespace

std::optional<std::string> set_directive(Options& options, std::string_view name,
                                         std::span<const std::string_view> values) {
  for (const Directive& directive : directives) {
    if (!equal_ignoring_case(directive.name, name)) continue;
    if (values.size() != 1) return "wrong number of arguments";
    if (directive.set(options, values[0])) return {};
    return std::string(directive.error);
  }
  return "Bad directive or wrong number of arguments";
}

}  // namespace outlive
