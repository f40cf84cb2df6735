// What a forecast supposes that clients will do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "doctor/examination.hpp"

namespace outlive::harness {

// As the user has it.
struct LoadOptions {
  std::optional<std::uint64_t> writes;      // none: until the cap, then each answer once more
  std::optional<double> writes_per_second;  // none: as was seen, else as LoadPlan::lasting says
  std::optional<Span> answer_ttl;           // of new answers; none: as those that are there seem to
                                            // have been given
  double limits_used = 0;  // how many of the limits are used while the load lasts, from 0 to 1
};

struct LoadPlan {
  // New keys, by the groups that they are like.
  struct Part {
    std::size_t group = 0;
    double share = 0;         // of all writes
    std::optional<Span> ttl;  // none: they have none
  };
  std::vector<Part> parts;
  std::optional<std::uint64_t> writes;
  std::optional<double> writes_per_second;
  bool rate_was_seen = false;
  // Of the writes at the cap, where their rate is not known. Counters of LFU decay by the minute,
  // so that a load in no time would be none that happens; for other policies time only lets keys
  // expire.
  Span lasting{};
  double limits_used = 0;
  double bytes_each = 0;     // what a new key weighs, its places in tables left out
  double keys_like_new = 0;  // that are there now

  bool writes_group(std::size_t group) const;
};

// New answers, as those that are there; where there is none, other keys with a TTL, else any
// others, else limits. None: there is no key at all.
std::optional<LoadPlan> plan_load(const Examination& examination, const LoadOptions& options);

// "5,000 new keys like those of tensorzero_cache:* (TTL 24 h), …", but for their number.
std::string in_words(const LoadPlan& plan, const Examination& examination);

}  // namespace outlive::harness
