// EX, PX, EXAT and PXAT, as SET, GETEX and their kin read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/command.hpp"

namespace outlive {

// A time given by one of the four options, as the client wrote it.
struct ExpiryOption {
  std::string_view text;
  bool in_seconds = true;
  bool relative = true;
};

// Takes one of the four options with its number if it is next: the first, or the one that was there
// already once more. False if neither is.
bool take_expiry(Args& args, std::optional<ExpiryOption>& expiry);

// The instant in Unix milliseconds; none, and an error reply, for what is no time to come
// ("invalid expire time") or no integer. `least` is the smallest number that is one: of a key's
// expiry 1, of a field's 0 (expire.c, convertExpireArgumentToUnixTime).
std::optional<std::int64_t> resolve_expiry(Call& call, const ExpiryOption& option,
                                           std::int64_t least = 1);

// NX, XX, GT and LT: when the new expiry may replace what there is, -1 for none.
struct ExpiryCondition {
  bool nx = false, xx = false, gt = false, lt = false;

  bool holds(std::int64_t current, std::int64_t wanted) const {
    if (nx && current != -1) return false;
    if (xx && current == -1) return false;
    // No expiry counts as one infinitely far away.
    if (gt && (current == -1 || wanted <= current)) return false;
    return !(lt && current != -1 && wanted >= current);
  }
};

// Reads all of `args` as these words. An error reply was written if it is false.
bool read_condition(Call& call, Args& args, ExpiryCondition& condition);

// An instant that has passed: the key is not stored, or is deleted at once (expire.c,
// checkAlreadyExpired).
inline bool has_passed(const Call& call, std::int64_t unix_ms) {
  return unix_ms <= call.moment().now_ms && !call.keyspace.settings.importing;
}

// The key goes because its new expiry lies in the past: it counts as deleted or expired, and is told
// as Valkey 8.1 tells it (expire.c, deleteExpiredKeyFromOverwriteAndPropagate).
void remove_passed(Call& call, Entry& entry);

}  // namespace outlive
