#include "deployment/sizes.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "outlive/emulator.hpp"
#include "scenario/key_prefixes.hpp"

namespace outlive::harness {
namespace {

// Beyond so many a bucket weighs what one of these does, the growth of tables apart.
constexpr std::uint64_t measured_max = 50'000;

// As the gateway names a bucket of a user whose name is a UUID.
std::string bucket_name(std::uint64_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 12 - std::min<std::size_t>(digits.size(), 12), '0');
  return std::string{bucket_prefix} +
         R"({"resource":"model_inference","scope_key":[{"type":"TagEach","key":"user_id","value":")" +
         "00000000-0000-4000-8000-" + digits + R"("}]})";
}

}  // namespace

std::uint64_t empty_server_bytes() {
  // The gateway's library is 11,519 bytes of Lua, which its interpreter holds a second time.
  constexpr std::uint64_t library_bytes = 2 * 11'519;
  static const std::uint64_t bytes = Emulator{}.used_memory() + library_bytes;
  return bytes;
}

std::uint64_t bucket_bytes(std::uint64_t buckets) {
  const std::uint64_t measured = std::clamp<std::uint64_t>(buckets, 1, measured_max);
  Emulator valkey;
  // The first use of a command costs a histogram.
  const auto write = [&valkey](const std::string& name) {
    valkey.run({"HSET", name, "balance", "1000", "last_refilled", "1795421703868560"});
    valkey.run({"EXPIRE", name, "172800"});
  };
  write("first");
  const std::uint64_t before = valkey.used_memory();
  for (std::uint64_t i = 0; i < measured; ++i) write(bucket_name(i));
  const double each =
      static_cast<double>(valkey.used_memory() - before) / static_cast<double>(measured);
  return static_cast<std::uint64_t>(each * static_cast<double>(buckets));
}

std::uint64_t buckets_of(const GatewaySettings& settings, std::uint64_t users) {
  if (!settings.known) return users;
  std::set<std::string> each, total;
  for (const RateRule& rule : settings.rules) {
    for (const RateWord& word : rule.words) {
      (rule.each ? each : total).insert(word.resource + " " + rule.scope);
    }
  }
  return each.size() * users + total.size();
}

}  // namespace outlive::harness
