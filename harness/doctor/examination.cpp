#include "doctor/examination.hpp"

#include <algorithm>
#include <cmath>

namespace outlive::harness {
namespace {

using std::chrono::milliseconds;

// Of sorted values, the one that so many are below.
std::int64_t quantile(std::vector<std::int64_t> values, double share) {
  const auto last = static_cast<double>(values.size() - 1);
  const auto at = static_cast<std::ptrdiff_t>(std::lround(last * share));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

std::vector<std::int64_t> ttls(const KeyGroup& group, std::int64_t now_ms) {
  std::vector<std::int64_t> all;
  for (const KeySample& one : group.samples) {
    if (one.expiry_ms) all.push_back(std::max<std::int64_t>(*one.expiry_ms - now_ms, 0));
  }
  return all;
}

// What is left of a TTL is told by the server's clock and the looker's, which part by milliseconds:
// so little above a day is a day.
std::int64_t rounded_up(std::int64_t ms) {
  const std::int64_t doubt = std::min<std::int64_t>(ms / 1'000, 1'000);
  for (const milliseconds unit :
       {milliseconds{std::chrono::days{1}}, milliseconds{std::chrono::hours{1}},
        milliseconds{std::chrono::minutes{1}}, milliseconds{1'000}}) {
    const std::int64_t size = unit.count();
    const std::int64_t up = (ms - doubt + size - 1) / size * size;
    if (up - ms <= ms / 50) return up;
  }
  return ms;
}

}  // namespace

double KeyGroup::bytes_each() const {
  double sum = 0;
  for (const KeySample& one : samples) sum += static_cast<double>(one.bytes);
  return samples.empty() ? 0 : sum / static_cast<double>(samples.size());
}

double KeyGroup::share_without_ttl() const {
  const auto without =
      std::ranges::count_if(samples, [](const KeySample& one) { return !one.expiry_ms; });
  return samples.empty() ? 0 : static_cast<double>(without) / static_cast<double>(samples.size());
}

std::optional<Span> KeyGroup::ttl_left(double share, std::int64_t now_ms) const {
  auto left = ttls(*this, now_ms);
  if (left.empty()) return std::nullopt;
  return milliseconds{quantile(std::move(left), share)};
}

std::optional<Span> KeyGroup::idle(double share, std::int64_t now_ms) const {
  if (samples.empty()) return std::nullopt;
  std::vector<std::int64_t> all;
  for (const KeySample& one : samples) {
    all.push_back(std::max<std::int64_t>(now_ms / 1'000 - one.used_s, 0));
  }
  return std::chrono::seconds{quantile(std::move(all), share)};
}

std::optional<Span> KeyGroup::ttl_given(std::int64_t now_ms) const {
  const auto left = ttls(*this, now_ms);
  if (left.empty()) return std::nullopt;
  return milliseconds{rounded_up(std::ranges::max(left))};
}

std::uint64_t ServerFacts::keys() const {
  std::uint64_t sum = 0;
  for (const auto& [database, count] : databases) sum += count;
  return sum;
}

std::optional<std::int64_t> ServerFacts::headroom() const {
  if (!used_memory || maxmemory.value_or(0) == 0) return std::nullopt;
  const std::uint64_t counted = *used_memory - std::min(not_counted, *used_memory);
  return static_cast<std::int64_t>(*maxmemory) - static_cast<std::int64_t>(counted);
}

double Examination::keys_of(Role role) const {
  double sum = 0;
  for (const KeyGroup& group : groups) sum += group.is(role) ? group.keys : 0;
  return sum;
}

std::optional<Span> Examination::ttl_given(Role role) const {
  std::optional<Span> longest;
  for (const KeyGroup& group : groups) {
    const auto given = group.is(role) ? group.ttl_given(now_ms) : std::nullopt;
    if (given) longest = std::max(longest.value_or(*given), *given);
  }
  return longest;
}

std::optional<Span> Examination::ttl_given_min(Role role) const {
  std::optional<Span> shortest;
  for (const KeyGroup& group : groups) {
    const auto given = group.is(role) ? group.ttl_given(now_ms) : std::nullopt;
    if (given) shortest = std::min(shortest.value_or(*given), *given);
  }
  return shortest;
}

}  // namespace outlive::harness
