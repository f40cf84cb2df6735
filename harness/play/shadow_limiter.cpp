#include "play/shadow_limiter.hpp"

namespace outlive::harness {

void ShadowLimiter::request(std::span<const Limit> limits, std::span<const KeyId> buckets,
                            bool granted, std::int64_t now_us) {
  bool grants = true;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    Client& client = clients_[buckets[i]];
    if (!client.known) client.bucket = full_bucket(limits[i], now_us);
    client.known = true;
    grants &= limits[i].tickets <= refilled(client.bucket, limits[i], now_us).balance;
  }
  for (std::size_t i = 0; i < limits.size(); ++i) {
    Client& client = clients_[buckets[i]];
    if (grants) {
      client.bucket = refilled(client.bucket, limits[i], now_us);
      client.bucket.balance -= limits[i].tickets;
      client.ahead -= limits[i].tickets;
    }
    if (granted) client.ahead += limits[i].tickets;
    if (client.ahead <= client.ahead_max) continue;
    client.ahead_max = client.ahead;
    if (first_ahead_us_ < 0) first_ahead_us_ = now_us;
  }
}

void ShadowLimiter::report(AdmissionTally& tally, const Roster& roster, Time start) const {
  if (first_ahead_us_ >= 0) {
    tally.first_excess_at = Span{first_ahead_us_} - start.time_since_epoch();
  }
  for (KeyId key = 0; key < clients_.size(); ++key) {
    const Client& client = clients_[key];
    const auto excess = static_cast<std::uint64_t>(client.ahead_max);
    tally.clients += client.known;
    tally.clients_ahead += excess > 0;
    tally.excess += excess;
    if (excess <= tally.worst_excess) continue;
    tally.worst_excess = excess;
    tally.worst_client = roster.name(key);
  }
}

}  // namespace outlive::harness
