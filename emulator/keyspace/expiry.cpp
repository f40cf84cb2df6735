#include "keyspace/expiry.hpp"

#include <algorithm>

namespace outlive {
namespace {

// What Valkey reads off a clock is modelled, so that a run repeats on any machine: a look at a key
// and the removal of one, in microseconds, about what 8.1.1 takes.
constexpr double us_per_look = 0.05;
constexpr double us_per_removal = 0.8;

constexpr std::size_t databases_per_cycle = 16;  // CRON_DBS_PER_CALL

}  // namespace

// active-expire-effort 1 to 10 rescaled (expire.c).
struct ActiveExpiry::Effort {
  explicit Effort(int setting) : extra(static_cast<std::size_t>(setting) - 1) {}
  std::size_t extra;
  std::size_t keys_per_loop() const { return 20 + 20 / 4 * extra; }
  double fast_us() const { return 1000.0 + 250.0 * static_cast<double>(extra); }
  double slow_percent() const { return 25.0 + 2.0 * static_cast<double>(extra); }
  double acceptable_stale() const { return 10.0 - static_cast<double>(extra); }
};

void ActiveExpiry::slow_cycle() {
  const Effort effort(keyspace_.settings.active_expire_effort);
  cycle(effort.slow_percent() * 1'000'000 / keyspace_.settings.hz / 100);
}

void ActiveExpiry::fast_cycle() {
  const Effort effort(keyspace_.settings.active_expire_effort);
  if (!keys_.out_of_time && keyspace_.stats.expired_stale_percent < effort.acceptable_stale())
    return;
  const std::int64_t now = unix_us(keyspace_.moment.now);
  if (now < last_fast_us_ + static_cast<std::int64_t>(2 * effort.fast_us())) return;
  last_fast_us_ = now;
  cycle(effort.fast_us());
}

void ActiveExpiry::restart() {
  for (Round* round : {&keys_, &fields_}) {
    round->next_database = 0;
    round->out_of_time = false;
  }
  last_fast_us_ = 0;
  fields_first_ = false;
}

void ActiveExpiry::cycle(double limit_us) {
  if (keyspace_.expiry_held()) return;
  if (!keyspace_.ledger.profile().has("9.0.0")) {
    run(keys_, limit_us);
    return;
  }
  const double spent_us = run(fields_first_ ? fields_ : keys_, limit_us);
  if (spent_us < limit_us) run(fields_first_ ? keys_ : fields_, limit_us - spent_us);
  fields_first_ = !fields_first_;
}

// Over databases, from where the last round ended.
double ActiveExpiry::run(Round& round, double limit_us) {
  const Effort effort(keyspace_.settings.active_expire_effort);
  const std::size_t databases = keyspace_.databases();
  const std::size_t wanted =
      round.out_of_time ? databases : std::min(databases_per_cycle, databases);
  double spent_us = 0;
  round.sampled = round.stale = 0;
  round.out_of_time = false;
  std::size_t visited = 0;
  for (std::size_t i = 0; i < databases && visited < wanted && !round.out_of_time; ++i) {
    const std::size_t index = round.next_database;
    if (index >= keyspace_.databases_in_use()) {  // nor are those behind it
      const std::size_t passed = databases - std::max(index, i);
      round.next_database = (index + passed) % databases;
      i += passed - 1;
      continue;
    }
    round.next_database = index + 1 == databases ? 0 : index + 1;
    Database& database = keyspace_.database(index);
    auto goes_on = (this->*round.walk)(database, effort, spent_us);
    if (goes_on) ++visited;
    for (int walks = 1; goes_on.value_or(false); ++walks) {
      if (walks % round.walks_a_look == 0 && spent_us > limit_us) {
        round.out_of_time = true;
        ++keyspace_.stats.expire_time_cap_reached;
        break;
      }
      goes_on = (this->*round.walk)(database, effort, spent_us);
    }
  }
  // A running average in which the newest cycle weighs 5 % (expire.c).
  const double share =
      round.sampled ? static_cast<double>(round.stale) / static_cast<double>(round.sampled) : 0;
  double& known = keyspace_.stats.*round.stale_percent;
  known = share * 100 * 0.05 + known * 0.95;
  return spent_us;
}

// A run of buckets of the hashes with fields that expire; up to four times as many fields of each
// as keys are looked at.
std::optional<bool> ActiveExpiry::walk_fields(Database& database, const Effort& effort,
                                              double& spent_us) {
  Database::Table& table = database.with_expiring_fields();
  if (table.empty()) return {};
  const std::size_t wanted = std::min(table.size(), effort.keys_per_loop());
  const std::size_t fields_max = effort.keys_per_loop() * 4;
  std::size_t looked = 0, stale = 0, fields = 0;
  bool done = false;
  for (std::size_t buckets = 0; looked < wanted && buckets < wanted * 10 && !done; ++buckets) {
    bool more = false;
    const std::size_t next = table.scan(database.fields_cursor, [&](Entry* entry) {
      ++looked;
      const std::size_t gone = database.reclaim_fields(*entry, fields_max);
      if (gone == 0) return;
      more = gone == fields_max;
      ++stale;
      fields += gone;
    });
    if (!more) database.fields_cursor = next;
    done = database.fields_cursor == 0 && !more;
  }
  fields_.sampled += looked;
  fields_.stale += stale;
  spent_us +=
      us_per_look * static_cast<double>(looked) + us_per_removal * static_cast<double>(fields);
  if (done) return false;
  return looked == 0 || static_cast<double>(stale * 100 / looked) > effort.acceptable_stale();
}

std::optional<bool> ActiveExpiry::walk_keys(Database& database, const Effort& effort,
                                            double& spent_us) {
  Database::Table& table = database.expires();
  if (table.empty()) {
    database.average_ttl_ms = 0;
    return {};
  }
  const std::size_t wanted = std::min(table.size(), effort.keys_per_loop());
  std::size_t looked = 0;
  std::size_t gone = 0;
  std::uint64_t ttl_sum = 0;  // modulo 2^64: times to live may reach to the end of time
  std::int64_t ttl_samples = 0;
  std::size_t passed_over = 0;
  bool done = false;
  const std::int64_t now_ms = keyspace_.moment.now_ms;
  for (std::size_t buckets = 0; looked < wanted && buckets < wanted * 10; ++buckets) {
    const std::size_t cursor = database.expiry_cursor;
    const bool has_horizon = !table.rehashing();
    if (has_horizon) database.horizon.fit(table.buckets(0));
    if (has_horizon && !database.horizon.may_be_due(cursor, now_ms)) {
      const std::size_t keys =
          database.horizon.keys_in(cursor, [&] { return table.count_at(cursor); });
      looked += keys;
      passed_over += keys;
      database.expiry_cursor = next_cursor(cursor, table.buckets(0) - 1);
    } else {
      std::int64_t earliest = ExpiryHorizon::never;
      database.expiry_cursor = table.scan(cursor, [&](Entry* entry) {
        ++looked;
        const std::int64_t left = entry->expiry_ms - now_ms;
        if (left < 0) {
          database.expire(*entry, true);
          ++gone;
          return;
        }
        earliest = std::min(earliest, entry->expiry_ms);
        if (left > 0) {
          ttl_sum += static_cast<std::uint64_t>(left);
          ++ttl_samples;
        }
      });
      if (has_horizon && !table.rehashing()) database.horizon.was_read(cursor, earliest);
    }
    if (database.expiry_cursor == 0) {
      done = true;
      break;
    }
  }
  keys_.sampled += looked;
  keys_.stale += gone;
  spent_us +=
      us_per_look * static_cast<double>(looked) + us_per_removal * static_cast<double>(gone);
  if (passed_over > 0) {
    // Keys unread stand in the sample with the mean of all.
    ttl_sum += static_cast<std::uint64_t>(database.mean_ttl_ms(now_ms)) * passed_over;
    ttl_samples += static_cast<std::int64_t>(passed_over);
  }
  if (ttl_samples > 0) {
    const std::int64_t average =
        std::max<std::int64_t>(0, static_cast<std::int64_t>(ttl_sum) / ttl_samples);
    // The newest estimate weighs 2 % (expire.c, avg_ttl_factor).
    std::int64_t& known = database.average_ttl_ms;
    known = known == 0 ? average : known + (average - known) / 50;
  }
  if (done) return false;
  return looked == 0 || static_cast<double>(gone * 100 / looked) > effort.acceptable_stale();
}

}  // namespace outlive
