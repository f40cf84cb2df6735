#include "play/observer.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

// Two users and two prompts on one instance, watched by kind.
Scenario watched() {
  Scenario scenario;
  scenario.instances = {{.name = "valkey", .directives = {}, .line = 1}};
  Traffic& traffic = scenario.traffic.emplace_back();
  traffic.users = 2;
  traffic.limits = {Limit{.capacity = 1, .refill = 1}};
  traffic.prompts = 2;
  Check& check = scenario.checks.emplace_back();
  check.keys = "tensorzero_ratelimit:*";
  check.others = "tensorzero_cache:*";
  return scenario;
}

class Bench {
 public:
  Departure departure(KeyId key, Departure::Reason reason) const {
    Departure left;
    left.key = roster.name(key);
    left.reason = reason;
    left.ttl_ms = 5'000;
    return left;
  }
  void evict(KeyId key) { observer.departed(0, departure(key, Departure::Reason::evicted)); }
  void expire(KeyId key) {
    observer.departed(0, departure(key, Departure::Reason::expired_actively));
  }

  Scenario scenario = watched();
  Roster roster{scenario};
  Observer observer{scenario, roster};
  KeyId bucket = roster.bucket(0, 0, 1);
  KeyId entry = roster.entry(0, 1);
};

TEST_CASE("an eviction is booked beside the patterns that were resident then") {
  Bench bench;
  bench.observer.wrote(0, bench.bucket);
  bench.observer.wrote(0, bench.entry);
  bench.observer.request(Time{90s});
  bench.evict(bench.bucket);
  bench.evict(bench.entry);
  const Observations seen = bench.observer.take(1);
  const PatternTally& limits = seen.instances[0].patterns[seen.place_of("tensorzero_ratelimit:*")];
  const PatternTally& cache = seen.instances[0].patterns[seen.place_of("tensorzero_cache:*")];
  CHECK(limits.evicted == 1);
  CHECK(limits.evicted_beside.at(0).count == 0);
  CHECK(limits.evicted_beside.at(1).count == 1);
  CHECK(limits.evicted_beside.at(1).first_at == 90s);
  CHECK(cache.evicted_beside.at(0).count == 0);  // the bucket had gone before
  CHECK(limits.first_losses.at(0).at == 90s);
  CHECK(limits.first_losses.at(0).ttl_ms == 5'000);
}

TEST_CASE("a key that comes back and goes again is one key and two evictions") {
  Bench bench;
  for (int i = 0; i < 2; ++i) {
    bench.observer.wrote(0, bench.bucket);
    bench.observer.wrote(0, bench.bucket);  // renewed: it was there
    bench.evict(bench.bucket);
  }
  const Observations seen = bench.observer.take(1);
  const PatternTally& tally = seen.instances[0].patterns[0];
  CHECK(tally.written == 1);
  CHECK(tally.lost == 1);
  CHECK(tally.evicted == 2);
  CHECK(tally.resident == 0);
}

TEST_CASE("a departure is booked before what is told after it") {
  Bench bench;
  bench.observer.wrote(0, bench.bucket);
  bench.observer.request(Time{90s});
  bench.evict(bench.bucket);
  bench.observer.wrote(0, bench.bucket);  // it is back
  bench.evict(bench.bucket);
  bench.observer.request(Time{120s});
  const Observations seen = bench.observer.take(1);
  const PatternTally& tally = seen.instances[0].patterns[0];
  CHECK(tally.resident == 0);
  REQUIRE(tally.first_losses.size() == 2);
  CHECK(tally.first_losses[0].at == 90s);
  CHECK(tally.first_losses[1].at == 90s);  // before the request that came next
  CHECK(tally.first_losses[1].request == 1);
}

TEST_CASE("expiry is no loss, and an overwritten value no departure") {
  Bench bench;
  bench.observer.wrote(0, bench.entry);
  bench.observer.departed(0, bench.departure(bench.entry, Departure::Reason::overwritten));
  bench.expire(bench.entry);
  const Observations seen = bench.observer.take(1);
  const PatternTally& tally = seen.instances[0].patterns[1];
  CHECK(tally.expired == 1);
  CHECK(tally.evicted == 0);
}

TEST_CASE("by looking, a key that vanished without a word is seen") {
  Bench bench;
  bench.observer.wrote(0, bench.bucket);
  bench.observer.wrote(0, bench.entry);
  bench.observer.look(0, {std::string{bench.roster.name(bench.entry)}, "tensorzero_cache:strange"});
  const Observations seen = bench.observer.take(1);
  CHECK(seen.instances[0].patterns[0].vanished == 1);
  CHECK(seen.instances[0].patterns[1].vanished == 0);
  CHECK(seen.instances[0].patterns[1].found == 2);
}

TEST_CASE("errors are booked by operation and message, with the first time") {
  Bench bench;
  for (const auto at : {10s, 20s}) {
    bench.observer.request(Time{at});
    bench.observer.failed(0, Operation::cache_write, "OOM command not allowed");
  }
  const Observations seen = bench.observer.take(1);
  const auto& tally =
      seen.instances[0].operations[static_cast<std::size_t>(Operation::cache_write)];
  CHECK(tally.count == 2);
  CHECK(tally.errors.at("OOM command not allowed").count == 2);
  CHECK(tally.errors.at("OOM command not allowed").first_at == 10s);
}

TEST_CASE("the digest tells one course of events from another") {
  const auto digest = [](auto happen) {
    Bench bench;
    happen(bench);
    return bench.observer.take(1).digest;
  };
  const auto hit = [](Bench& bench) { bench.observer.looked_up(true); };
  const auto miss = [](Bench& bench) { bench.observer.looked_up(false); };
  CHECK(digest(hit) == digest(hit));
  CHECK(digest(hit) != digest(miss));
}

}  // namespace
}  // namespace outlive::harness
