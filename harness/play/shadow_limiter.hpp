// A limiter that nothing disturbs: it sees every request that asks for tickets and never loses a
// bucket. What a real one grants beyond it is over-admission.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/prefetch.hpp"
#include "play/observations.hpp"
#include "play/token_bucket.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {

class ShadowLimiter {
 public:
  explicit ShadowLimiter(std::size_t buckets) : clients_(buckets) {}

  // One request for all these buckets, one a limit, and whether the real limiter granted it.
  void request(std::span<const Limit> limits, std::span<const KeyId> buckets, bool granted,
               std::int64_t now_us);

  // Brings what is known of a bucket into the processor's cache.
  void prefetch(KeyId bucket) const { outlive::prefetch(&clients_[bucket], sizeof(Client)); }

  void report(AdmissionTally& tally, const Roster& roster, Time start) const;

 private:
  struct Client {
    TokenBucket bucket;
    std::int64_t ahead = 0;  // tickets really granted, less those that the shadow granted
    std::int64_t ahead_max = 0;
    bool known = false;
  };

  std::vector<Client> clients_;
  std::int64_t first_ahead_us_ = -1;
};

}  // namespace outlive::harness
