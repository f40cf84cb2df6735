#include "eviction/evictor.hpp"

#include <cmath>
#include <limits>

#include "base/prefetch.hpp"
#include "keyspace/access.hpp"

namespace outlive {
namespace {

// Valkey looks at its watch after every 16 keys. The core has none: an eviction is taken to last a
// microsecond, about what 8.1.1 needs for a small key, so that a run does not depend on the
// machine.
constexpr std::size_t keys_between_looks = 16;
constexpr double microseconds_per_key = 1.0;

// evict.c, evictionTimeLimitUs: 0 to 500 µs, then 15 % more a step, no limit at 100.
double round_limit_us(int tenacity) {
  if (tenacity <= 10) return 50.0 * tenacity;
  if (tenacity < 100) return 500.0 * std::pow(1.15, tenacity - 10.0);
  return std::numeric_limits<double>::infinity();
}

}  // namespace

Evictor::Evictor(Keyspace& keyspace, const EvictionSettings& settings, const Random& random)
    : keyspace_(keyspace), settings_(settings), random_(random.fork("eviction")) {}

void Evictor::reseed(const Random& random) {
  random_ = random.fork("eviction");
  pool_ = {};
  next_database_ = 0;
}

bool Evictor::over_after(std::int64_t more) const {
  return settings_.maxmemory != 0 &&
         keyspace_.ledger.used() + more > static_cast<std::int64_t>(settings_.maxmemory);
}

EvictionOutcome Evictor::make_room(std::int64_t not_counted) {
  const auto over = [&] {
    return keyspace_.ledger.used() - not_counted - static_cast<std::int64_t>(settings_.maxmemory);
  };
  running_ = false;
  if (settings_.maxmemory == 0 || over() <= 0) return EvictionOutcome::ok;
  if (settings_.chosen().scope == EvictionScope::none || keyspace_.settings.importing) {
    return EvictionOutcome::failed;
  }

  const std::int64_t to_free = over();
  const double limit_us = round_limit_us(settings_.tenacity);
  std::int64_t freed = 0;
  for (std::size_t keys = 0; freed < to_free;) {
    const Victim victim = choose();
    if (!victim.entry) return EvictionOutcome::failed;
    freed += evict(victim);
    fetch_ahead();
    if (++keys % keys_between_looks != 0) continue;
    if (over() <= 0) break;
    if (static_cast<double>(keys) * microseconds_per_key > limit_us) {
      run_on_after(static_cast<std::int64_t>(static_cast<double>(keys) * microseconds_per_key));
      return EvictionOutcome::running;
    }
  }
  return EvictionOutcome::ok;
}

void Evictor::run_on_after(std::int64_t microseconds) {
  running_ = true;
  resumes_ = keyspace_.moment.now + Duration{microseconds};
}

Evictor::Victim Evictor::choose() {
  return settings_.chosen().ranked() ? best_of_pool() : at_random();
}

Database::Table& Evictor::candidates(Database& database) const {
  return settings_.chosen().scope == EvictionScope::all_keys ? database.keys() : database.expires();
}

std::uint64_t Evictor::score(const Entry& entry) const {
  switch (settings_.chosen().rank) {
    case EvictionRank::lru:
      return access::idle_ms(entry.access, keyspace_.moment);
    case EvictionRank::lfu:
      return 255 - access::frequency(entry.access, keyspace_.settings, keyspace_.moment);
    default:
      return std::numeric_limits<std::uint64_t>::max() -
             static_cast<std::uint64_t>(entry.expiry_ms);
  }
}

// Where the next sample begins is known already, and who goes next most likely: by then they have
// been fetched from memory.
void Evictor::fetch_ahead() const {
  const std::uint64_t cursor = Random(random_).next();
  for (std::size_t index = 0; index < keyspace_.databases_in_use(); ++index) {
    const Database::Table& table = candidates(keyspace_.database(index));
    table.each_ahead(cursor, static_cast<std::size_t>(settings_.samples),
                     [](const Entry* entry) { entry->prefetch(); });
  }
  if (pool_.empty()) return;
  const EvictionPool::Candidate& next = pool_.best();
  const Database& database = keyspace_.database(static_cast<std::size_t>(next.database));
  database.keys().prefetch_bucket(next.hash);
  database.expires().prefetch_bucket(next.hash);
  prefetch(next.seen_at);
}

std::size_t Evictor::populate() {
  constexpr std::size_t samples_max = 64;
  Entry* sampled[samples_max];
  const auto wanted = static_cast<std::size_t>(settings_.samples);
  const bool writes_decay =
      settings_.chosen().rank == EvictionRank::lfu && keyspace_.ledger.profile().decays_when_seen;
  std::size_t total = 0;
  for (std::size_t i = 0; i < keyspace_.databases_in_use(); ++i) {
    Database& database = keyspace_.database(i);
    Database::Table& table = candidates(database);
    if (table.empty()) continue;
    total += table.size();
    const std::size_t n = table.sample(random_, sampled, wanted);
    // The entries lie anywhere: fetch them all before the first is looked at.
    for (std::size_t k = 0; k < n; ++k) prefetch(sampled[k]);
    for (std::size_t k = 0; k < n; ++k) {
      Entry& entry = *sampled[k];
      if (writes_decay) {
        entry.access = access::decayed(entry.access, keyspace_.settings, keyspace_.moment);
      }
      pool_.offer(score(entry), database.index(), entry);
    }
    table.prefetch_scan(Random(random_).next());  // for fetch_ahead()
  }
  return total;
}

Evictor::Victim Evictor::best_of_pool() {
  while (populate() > 0) {
    while (!pool_.empty()) {
      const EvictionPool::Candidate& candidate = pool_.take_best();
      Database& database = keyspace_.database(static_cast<std::size_t>(candidate.database));
      database.keys().prefetch_bucket(candidate.hash);  // it will leave both tables
      Entry** place = candidates(database).find(candidate.key, candidate.hash);
      if (!place) continue;
      (*place)->prefetch_value();
      return {*place, &database, candidate.score};
    }
  }
  return {};
}

Evictor::Victim Evictor::at_random() {
  for (std::size_t i = 0; i < keyspace_.databases(); ++i) {
    Database& database = keyspace_.database(++next_database_ % keyspace_.databases());
    Database::Table& table = candidates(database);
    if (!table.empty()) return {table.random_item(random_), &database, 0};
  }
  return {};
}

std::int64_t Evictor::evict(const Victim& victim) {
  Farewell farewell{.reason = Departure::Reason::evicted,
                    .lazily = keyspace_.settings.lazy_eviction,
                    .score = victim.score};
  std::vector<Departure::Candidate> losers;
  if (keyspace_.journal.active()) {
    const bool ranked = settings_.chosen().ranked();  // else the pool is of an earlier policy
    if (ranked && keyspace_.journal.wants_candidates()) losers = pool_.filled();
    farewell.lost_to_it = &losers;
    farewell.stale_score = ranked && score(*victim.entry) < victim.score;
  }
  const std::string_view key = leaving_.assign(victim.entry->key());
  const std::string_view cause = keyspace_.moment.cause;
  keyspace_.moment.cause = settings_.chosen().name;
  // What telling everybody costs does not count against it: else the messages to tracking clients
  // would evict further keys, whose messages… (evict.c, performEvictions).
  const std::int64_t before = keyspace_.ledger.used();
  victim.database->remove(*victim.entry, farewell);
  const std::int64_t freed = before - keyspace_.ledger.used();
  keyspace_.moment.cause = cause;
  ++keyspace_.stats.evicted;
  keyspace_.listener.key_left(*victim.database, key);
  keyspace_.listener.key_event({EventClass::evicted, "evicted"}, key, victim.database->index());
  return freed;
}

}  // namespace outlive
