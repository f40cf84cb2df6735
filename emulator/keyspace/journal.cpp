#include "keyspace/journal.hpp"

#include <utility>

#include "base/hash.hpp"

namespace outlive {

std::string_view to_string(Departure::Reason reason) {
  constexpr std::string_view names[] = {"evicted",     "expired_lazily", "expired_actively",
                                        "deleted",     "overwritten",    "flushed",
                                        "renamed",     "moved"};
  return names[static_cast<std::size_t>(reason)];
}

void Journal::set_limit(std::size_t limit) {
  limit_ = limit;
  while (departures_.size() > limit_) departures_.pop_front();
  active_ = limit_ > 0 || listener_ != nullptr;
}

void Journal::set_listener(Listener listener, bool with_candidates) {
  listener_ = std::move(listener);
  with_candidates_ = with_candidates;
  active_ = limit_ > 0 || listener_ != nullptr;
}

Departure& Journal::blank() {
  // What every departure says is overwritten anyway; the rest is as in a new one.
  next_.ttl_ms = -1;
  next_.frequency = -1;
  next_.lost_to_it.clear();
  return next_;
}

void Journal::record(Departure& departure) {
  departure.sequence = ++recorded_;
  if (listener_) listener_(departure);
  if (limit_ == 0) return;
  const auto when = static_cast<std::uint64_t>(departure.when.time_since_epoch().count());
  const auto what = static_cast<std::uint64_t>(departure.reason) << 32 |
                    static_cast<std::uint64_t>(departure.database);
  digest_ = hash_bytes(departure.key, digest_ ^ when * 0x9e3779b97f4a7c15u ^ what);
  if (departures_.size() == limit_) departures_.pop_front();
  departures_.push_back(departure);
}

const Departure* Journal::last_of(std::string_view key, int database) const {
  for (auto departure = departures_.rbegin(); departure != departures_.rend(); ++departure) {
    if (departure->database == database && departure->key == key) return &*departure;
  }
  return nullptr;
}

}  // namespace outlive
