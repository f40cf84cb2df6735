#include "play/observer.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/ensure.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t losses_kept = 5;
constexpr std::size_t messages_kept = 20;  // of one kind of command; some name the key

std::vector<std::string> patterns_in(const Scenario& scenario) {
  std::vector<std::string> patterns{std::string{bucket_prefix} + '*',
                                    std::string{cache_prefix} + '*'};
  const auto watch = [&patterns](const std::string& pattern) {
    if (!pattern.empty() && std::ranges::find(patterns, pattern) == patterns.end()) {
      patterns.push_back(pattern);
    }
  };
  for (const std::string& pattern : scenario.watched) watch(pattern);
  for (const Check& check : scenario.checks) {
    watch(check.keys);
    watch(check.others);
    for (const std::string& pattern : check.classes) watch(pattern);
  }
  return patterns;
}

template <class Take>
void each_bit(unsigned bits, Take take) {
  for (; bits != 0; bits &= bits - 1) take(static_cast<std::size_t>(std::countr_zero(bits)));
}

}  // namespace

void TtlTally::widen(std::int64_t ms, std::string_view key) {
  if (least_key.empty() || ms < least_ms) {
    least_ms = ms;
    least_key = key;
  }
  if (most_key.empty() || ms > most_ms) {
    most_ms = ms;
    most_key = key;
  }
}

std::size_t Observations::place_of(const std::string& pattern) const {
  const auto found = std::ranges::find(patterns, pattern);
  ensure(found != patterns.end(), "a check asks only for patterns that were watched");
  return static_cast<std::size_t>(found - patterns.begin());
}

Observer::Observer(const Scenario& scenario, const Roster& roster)
    : roster_{roster},
      start_{scenario.start},
      now_{scenario.start},
      keys_(roster.size()),
      shadow_{roster.bucket_count()} {
  seen_.patterns = patterns_in(scenario);
  for (const Check& check : scenario.checks) {
    if (check.kind == CheckKind::recovers_within) {
      seen_.deadlines.push_back(check.after + check.within);
    }
  }
  for (const Instance& instance : scenario.instances) {
    InstanceObservations& seen = seen_.instances.emplace_back();
    seen.name = instance.name;
    seen.patterns.resize(seen_.patterns.size());
    for (PatternTally& pattern : seen.patterns)
      pattern.evicted_beside.resize(seen_.patterns.size());
  }
}

Observer::PatternBits Observer::patterns_of(std::string_view key) const {
  PatternBits bits = 0;
  for (std::size_t place = 0; place < seen_.patterns.size(); ++place) {
    if (glob_match(seen_.patterns[place], key)) bits |= PatternBits{1} << place;
  }
  return bits;
}

Observer::PatternBits Observer::patterns_of(KeyId id) const {
  return keys_[id].written ? keys_[id].patterns : patterns_of(roster_.name(id));
}

void Observer::mix(std::uint64_t fact) {
  seen_.digest = hashing::fold(seen_.digest ^ hashing::salt_1, fact ^ hashing::salt_2);
}

void Observer::request(Time at) {
  settle();
  now_ = at;
  ++seen_.requests;
  mix(static_cast<std::uint64_t>(at.time_since_epoch().count()));
}

void Observer::failed(std::size_t instance, Operation operation, std::string_view message) {
  settle();
  OperationTally& seen = tally(instance, operation);
  ++seen.count;
  auto& errors = seen.errors;
  std::string booked{message};
  if (errors.size() >= messages_kept && !errors.contains(booked)) {
    booked = std::string{message.substr(0, message.find(' '))} + " …";
  }
  const auto [found, fresh] = errors.try_emplace(std::move(booked));
  found->second.last_at = now_ - start_;
  OperationTally::Error& error = found->second;
  if (fresh) {
    error.first_at = error.last_at;
    error.first_after.resize(seen_.deadlines.size());
  }
  for (std::size_t i = 0; i < seen_.deadlines.size(); ++i) {
    if (!error.first_after[i] && error.last_at > seen_.deadlines[i]) {
      error.first_after[i] = error.last_at;
    }
  }
  ++error.count;
  mix(hash_bytes(message, static_cast<std::uint64_t>(operation)));
}

bool Observer::wrote(std::size_t instance, KeyId id) {
  settle();
  KeyState& key = keys_[id];
  if (key.resident) return false;
  const bool fresh = !key.written;
  mix(id);
  came(instance, id);
  return fresh;
}

void Observer::came(std::size_t instance, KeyId id) {
  KeyState& key = keys_[id];
  const bool fresh = !key.written;
  if (fresh) key.patterns = patterns_of(roster_.name(id));
  key.resident = key.written = true;
  key.instance = static_cast<std::uint16_t>(instance);
  each_bit(key.patterns, [&](std::size_t place) {
    PatternTally& pattern = seen_.instances[instance].patterns[place];
    ++pattern.resident;
    pattern.written += fresh;
  });
}

void Observer::recount(std::size_t instance, const std::vector<std::string>& names) {
  settle();
  std::vector<bool> there(keys_.size());
  for (const std::string& name : names) {
    if (const std::optional<KeyId> id = roster_.find(name)) there[*id] = true;
  }
  for (KeyId id = 0; id < keys_.size(); ++id) {
    KeyState& key = keys_[id];
    const bool booked = key.resident && key.instance == instance;
    if (booked == there[id]) continue;
    mix(id);
    if (there[id]) {
      came(instance, id);
      continue;
    }
    removed(instance, key);
  }
}

void Observer::gone(std::size_t instance, KeyId id) {
  settle();
  KeyState& key = keys_[id];
  if (!key.resident || key.instance != instance) return;
  mix(id);
  removed(instance, key);
}

void Observer::removed(std::size_t instance, KeyState& key) {
  key.resident = false;
  each_bit(key.patterns, [&](std::size_t place) {
    PatternTally& pattern = seen_.instances[instance].patterns[place];
    --pattern.resident;
    ++pattern.removed;
  });
}

void Observer::lives(std::size_t instance, KeyId id, std::optional<std::chrono::milliseconds> ttl) {
  each_bit(patterns_of(id), [&](std::size_t place) {
    TtlTally& seen = seen_.instances[instance].patterns[place].ttl;
    ++seen.asked;
    if (ttl) return seen.widen(ttl->count(), roster_.name(id));
    if (seen.without++ == 0) seen.without_key = roster_.name(id);
  });
}

void Observer::departed(std::size_t instance, const Departure& departure) {
  settle();
  // When a value is replaced, its key stays.
  if (departure.reason == Departure::Reason::overwritten) return;
  told_ = {.waits = true,
           .stale_score = departure.stale_score,
           .reason = departure.reason,
           .instance = instance,
           .name_hash = Roster::hash(departure.key),
           .ttl_ms = departure.ttl_ms,
           .idle_ms = departure.idle_ms};
  roster_.prefetch_find(told_.name_hash);
}

void Observer::book_told() {
  told_.waits = false;
  const std::optional<KeyId> id = roster_.find(told_.name_hash);
  if (!id || !keys_[*id].resident) return;
  KeyState& key = keys_[*id];
  key.resident = false;
  mix(*id ^ static_cast<std::uint64_t>(told_.reason) << 32);
  auto& patterns = seen_.instances[told_.instance].patterns;
  each_bit(key.patterns, [&](std::size_t place) { --patterns[place].resident; });
  if (told_.reason == Departure::Reason::evicted) return book_eviction(*id);
  const bool expired = told_.reason == Departure::Reason::expired_lazily ||
                       told_.reason == Departure::Reason::expired_actively;
  each_bit(key.patterns, [&](std::size_t place) {
    ++(expired ? patterns[place].expired : patterns[place].removed);
  });
}

void Observer::book_eviction(KeyId id) {
  KeyState& key = keys_[id];
  auto& patterns = seen_.instances[told_.instance].patterns;
  const bool first_time = !key.lost;
  key.lost = true;
  each_bit(key.patterns, [&](std::size_t place) {
    PatternTally& pattern = patterns[place];
    ++pattern.evicted;
    pattern.lost += first_time;
    for (std::size_t other = 0; other < patterns.size(); ++other) {
      if (patterns[other].resident == 0) continue;
      Beside& beside = pattern.evicted_beside[other];
      if (beside.count++ == 0) beside.first_at = now_ - start_;
    }
    const auto keep = [&](std::vector<Loss>& losses) {
      if (losses.size() == losses_kept) return;
      losses.push_back({.at = now_ - start_,
                        .request = seen_.requests,
                        .key = std::string{roster_.name(id)},
                        .ttl_ms = told_.ttl_ms,
                        .idle_ms = told_.idle_ms});
    };
    keep(pattern.first_losses);
    if (!told_.stale_score) return;
    ++pattern.stale;
    keep(pattern.stale_losses);
  });
}

void Observer::looked_up(bool hit) {
  settle();
  ++(hit ? seen_.cache.hits : seen_.cache.misses);
  mix(hit);
}

void Observer::waited(Span wait) {
  settle();
  DelayTally& delays = seen_.delays;
  if (delays.requests.empty()) delays.first_at = now_ - start_;
  ++delays.requests[wait];
  mix(static_cast<std::uint64_t>(wait.count()));
}

void Observer::asked(std::span<const Limit> limits, std::span<const KeyId> buckets,
                     Outcome outcome) {
  settle();
  AdmissionTally& tally = seen_.admission;
  ++tally.asked;
  tally.granted += outcome == Outcome::granted;
  tally.refused += outcome == Outcome::refused;
  tally.failed += outcome == Outcome::failed;
  mix(static_cast<std::uint64_t>(outcome));
  shadow_.request(limits, buckets, outcome == Outcome::granted, now_.time_since_epoch().count());
}

void Observer::end_slice(Time at, std::span<const Memory> memory) {
  settle();
  Slice& slice = seen_.timeline.emplace_back();
  slice.at = at - start_;
  for (std::size_t i = 0; i < seen_.instances.size(); ++i) {
    Slice::OfInstance& instance = slice.instances.emplace_back();
    instance.used_memory = memory[i].used;
    instance.maxmemory = memory[i].max;
    for (const PatternTally& tally : seen_.instances[i].patterns) {
      instance.patterns.push_back({.resident = tally.resident, .evicted = tally.evicted});
    }
  }
  slice.hits = seen_.cache.hits;
  slice.misses = seen_.cache.misses;
  slice.granted = seen_.admission.granted;
  slice.refused = seen_.admission.refused;
  slice.failed = seen_.admission.failed;
}

std::vector<KeyId> Observer::unseen(std::size_t instance, const std::vector<std::string>& names) {
  settle();
  std::vector<bool> there(keys_.size());
  for (const std::string& name : names) {
    if (const std::optional<KeyId> id = roster_.find(name)) there[*id] = true;
  }
  std::vector<KeyId> missing;
  for (KeyId id = 0; id < keys_.size(); ++id) {
    const KeyState& key = keys_[id];
    if (key.resident && key.instance == instance && !there[id]) missing.push_back(id);
  }
  return missing;
}

void Observer::look(std::size_t instance, const std::vector<std::string>& found) {
  settle();
  auto& patterns = seen_.instances[instance].patterns;
  for (const std::string& name : found) {
    const std::optional<KeyId> id = roster_.find(name);
    if (id && keys_[*id].instance == instance) keys_[*id].found = true;
    each_bit(id ? patterns_of(*id) : patterns_of(name),
             [&](std::size_t place) { ++patterns[place].found; });
  }
  for (KeyState& key : keys_) {
    if (!key.resident || key.instance != instance || key.found) continue;
    key.resident = false;
    each_bit(key.patterns, [&](std::size_t place) {
      --patterns[place].resident;
      ++patterns[place].vanished;
    });
  }
}

void Observer::close(std::size_t instance, std::uint64_t used_memory, std::uint64_t target_digest) {
  settle();
  seen_.instances[instance].used_memory = used_memory;
  mix(target_digest);
}

Observations Observer::take(std::uint64_t seed) {
  settle();
  seen_.seed = seed;
  shadow_.report(seen_.admission, roster_, start_);
  return std::move(seen_);
}

}  // namespace outlive::harness
