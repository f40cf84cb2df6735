#include "check/verdict.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

using Finding = Verdict::Finding;

// Observations made by hand: patterns "limit" and "cache" on two instances.
Observations observations() {
  Observations seen;
  seen.patterns = {"limit", "cache"};
  for (const char* name : {"one", "two"}) {
    InstanceObservations& instance = seen.instances.emplace_back();
    instance.name = name;
    instance.patterns.resize(2);
    for (PatternTally& tally : instance.patterns) tally.evicted_beside.resize(2);
  }
  return seen;
}

PatternTally& limits_on_one(Observations& seen) {
  return seen.instances[0].patterns[0];
}
PatternTally& cache_on_one(Observations& seen) {
  return seen.instances[0].patterns[1];
}

Verdict judged(const Check& check, const Observations& seen) {
  Scenario scenario;
  scenario.checks = {check};
  return judge(scenario, seen).at(0);
}

Check check_of(CheckKind kind) {
  Check check;
  check.kind = kind;
  check.keys = "limit";
  check.others = "cache";
  return check;
}

TEST_CASE("outlives holds while only the others are evicted") {
  Observations seen = observations();
  limits_on_one(seen).written = 10;
  cache_on_one(seen).written = cache_on_one(seen).evicted = 500;
  const Verdict verdict = judged(check_of(CheckKind::outlives), seen);
  CHECK(verdict.finding == Finding::holds);
  CHECK(verdict.seen == "0 of 10 lost, 500 evictions of the others");
}

TEST_CASE("outlives is violated by one eviction beside the others, and shows it") {
  Observations seen = observations();
  PatternTally& limits = limits_on_one(seen);
  limits.written = 8;
  limits.evicted = limits.lost = 1;
  limits.evicted_beside[1] = {.count = 1, .first_at = std::chrono::minutes{5}};
  limits.first_losses = {{.at = std::chrono::minutes{5},
                          .request = 77,
                          .key = "limit",
                          .ttl_ms = 60'000,
                          .idle_ms = -1}};
  cache_on_one(seen).written = 5;
  const Verdict verdict = judged(check_of(CheckKind::outlives), seen);
  CHECK(verdict.finding == Finding::violated);
  CHECK(verdict.seen == "1 of 8 lost (12.5 %), 0 evictions of the others");
  CHECK(verdict.first_at == std::chrono::minutes{5});
  CHECK(verdict.evidence ==
        std::vector<std::string>{"after 5 min (request 77) one evicted limit, TTL left 1 min"});
}

TEST_CASE("outlives holds when keys go after the last of the others has gone") {
  Observations seen = observations();
  limits_on_one(seen).written = limits_on_one(seen).evicted = limits_on_one(seen).lost = 3;
  cache_on_one(seen).written = 5;
  CHECK(judged(check_of(CheckKind::outlives), seen).finding == Finding::holds);
  CHECK(judged(check_of(CheckKind::never_evicted), seen).finding == Finding::violated);
}

TEST_CASE("a key that vanished unseen violates what watches over it") {
  Observations seen = observations();
  limits_on_one(seen).written = 3;
  limits_on_one(seen).vanished = 1;
  cache_on_one(seen).written = 5;
  CHECK(judged(check_of(CheckKind::outlives), seen).finding == Finding::violated);
  CHECK(judged(check_of(CheckKind::never_evicted), seen).finding == Finding::violated);
}

TEST_CASE("a check of what never came up says nothing, and is not as stated either way") {
  for (const CheckKind kind :
       {CheckKind::outlives, CheckKind::order, CheckKind::never_evicted, CheckKind::evicted_share,
        CheckKind::no_stale_pool, CheckKind::loses_nothing, CheckKind::resident, CheckKind::ttl,
        CheckKind::only_on, CheckKind::memory, CheckKind::over_admission, CheckKind::hit_ratio,
        CheckKind::errors, CheckKind::recovers_within}) {
    CAPTURE(to_string(kind));
    Check check = check_of(kind);
    check.at_most = 0.5;
    check.classes = {"limit", "cache"};
    CHECK(judged(check, observations()).finding == Finding::unjudged);
    CHECK_FALSE(judged(check, observations()).as_stated());
    check.expect_violated = true;
    CHECK_FALSE(judged(check, observations()).as_stated());
  }
}

TEST_CASE("over-admission is measured in all and for the worst client") {
  Observations seen = observations();
  seen.admission = {.asked = 50,
                    .granted = 40,
                    .clients = 9,
                    .clients_ahead = 2,
                    .excess = 7,
                    .worst_excess = 5,
                    .worst_client = "u1"};
  Check check = check_of(CheckKind::over_admission);
  CHECK(judged(check, seen).finding == Finding::violated);
  CHECK(judged(check, seen).seen ==
        "7 tickets too many, 40 requests granted; 2 of 9 clients got too many, the worst 5");
  check.at_most = 7;
  CHECK(judged(check, seen).finding == Finding::holds);
  check.worst_at_most = 4;
  CHECK(judged(check, seen).finding == Finding::violated);
  check.at_most.reset();
  check.worst_at_most = 5;
  CHECK(judged(check, seen).finding == Finding::holds);
}

TEST_CASE("the hit ratio is held between its bounds") {
  Observations seen = observations();
  seen.cache = {.hits = 30, .misses = 70};
  Check check = check_of(CheckKind::hit_ratio);
  check.at_least = 0.3;
  CHECK(judged(check, seen).finding == Finding::holds);
  check.at_least = 0.31;
  CHECK(judged(check, seen).finding == Finding::violated);
  check.at_least.reset();
  check.at_most = 0.2;
  CHECK(judged(check, seen).finding == Finding::violated);
}

TEST_CASE("only-on is violated by keys written or found elsewhere") {
  Observations seen = observations();
  limits_on_one(seen).written = 4;
  Check check = check_of(CheckKind::only_on);
  check.instance = "one";
  CHECK(judged(check, seen).finding == Finding::holds);
  seen.instances[1].patterns[0].found = 1;
  CHECK(judged(check, seen).finding == Finding::violated);
  CHECK(judged(check, seen).seen == "4 on one, 1 on two");
}

TEST_CASE("errors are counted by operation and by what they say") {
  Observations seen = observations();
  OperationTally& writes =
      seen.instances[0].operations[static_cast<std::size_t>(Operation::cache_write)];
  writes.count = 9;
  writes.errors["OOM command not allowed"] = {.count = 2, .first_at = std::chrono::seconds{3}};
  seen.instances[0].operations[static_cast<std::size_t>(Operation::cache_read)].count = 5;

  Check check = check_of(CheckKind::errors);
  CHECK(judged(check, seen).finding == Finding::violated);
  CHECK(judged(check, seen).seen == "2 in 14 commands");
  CHECK(
      judged(check, seen).evidence ==
      std::vector<std::string>{"2 × cache-write on one, first after 3 s: OOM command not allowed"});
  check.operation = Operation::cache_read;
  CHECK(judged(check, seen).finding == Finding::holds);
  check.operation = Operation::cache_write;
  check.saying = "OOM";
  check.at_least = 2;
  CHECK(judged(check, seen).finding == Finding::holds);
  check.saying = "READONLY";
  CHECK(judged(check, seen).finding == Finding::violated);
}

TEST_CASE("order is violated by a later class that goes while an earlier one is there") {
  Observations seen = observations();
  cache_on_one(seen).evicted = 9;
  Check check = check_of(CheckKind::order);
  check.classes = {"cache", "limit"};
  CHECK(judged(check, seen).finding == Finding::holds);
  CHECK(judged(check, seen).claim == "evictions take first cache, then limit");
  limits_on_one(seen).evicted = 3;
  limits_on_one(seen).evicted_beside[1] = {.count = 2, .first_at = std::chrono::hours{1}};
  const Verdict verdict = judged(check, seen);
  CHECK(verdict.finding == Finding::violated);
  CHECK(verdict.evidence ==
        std::vector<std::string>{
            "after 1 h limit was evicted while cache was there, 2 times in all"});
  CHECK(verdict.first_at == std::chrono::hours{1});
}

TEST_CASE("the evicted share is held between its bounds") {
  Observations seen = observations();
  limits_on_one(seen).written = 200;
  limits_on_one(seen).lost = limits_on_one(seen).evicted = 10;
  Check check = check_of(CheckKind::evicted_share);
  check.at_most = 0.05;
  CHECK(judged(check, seen).finding == Finding::holds);
  CHECK(judged(check, seen).claim == "at most 5.0 % of limit are evicted");
  check.at_most = 0.04;
  CHECK(judged(check, seen).finding == Finding::violated);
  check.at_least = 0.06;
  check.at_most.reset();
  CHECK(judged(check, seen).finding == Finding::violated);
}

TEST_CASE("a key that vanished is none of the evicted share, and violates it") {
  Observations seen = observations();
  limits_on_one(seen).written = 200;
  limits_on_one(seen).lost = limits_on_one(seen).evicted = 10;
  Check check = check_of(CheckKind::evicted_share);
  check.at_most = 0.05;
  limits_on_one(seen).vanished = 1;
  CHECK(judged(check, seen).finding == Finding::violated);
  CHECK(judged(check, seen).seen == "10 of 200 lost (5.0 %), 1 gone unseen");
}

TEST_CASE("a stale pool is seen where the target tells scores, and nowhere else judged") {
  Observations seen = observations();
  limits_on_one(seen).written = limits_on_one(seen).evicted = 4;
  const Check check = check_of(CheckKind::no_stale_pool);
  CHECK(judged(check, seen).finding == Finding::holds);
  limits_on_one(seen).stale = 1;
  limits_on_one(seen).stale_losses = {
      {.at = std::chrono::seconds{9}, .request = 3, .key = "limit"}};
  CHECK(judged(check, seen).finding == Finding::violated);
  CHECK(judged(check, seen).seen == "1 of 4 evictions on a void score");
  CHECK(judged(check, seen).first_at == std::chrono::seconds{9});
  seen.tells_scores = false;
  CHECK(judged(check, seen).finding == Finding::unjudged);
}

TEST_CASE("loses-nothing is violated by whatever takes a key but expiry") {
  for (std::uint64_t PatternTally::*way :
       {&PatternTally::evicted, &PatternTally::removed, &PatternTally::vanished}) {
    Observations seen = observations();
    limits_on_one(seen).written = 4;
    limits_on_one(seen).expired = 4;
    CHECK(judged(check_of(CheckKind::loses_nothing), seen).finding == Finding::holds);
    limits_on_one(seen).*way = 1;
    CHECK(judged(check_of(CheckKind::loses_nothing), seen).finding == Finding::violated);
  }
}

TEST_CASE("resident counts the keys that are really there, on one instance or on all") {
  Observations seen = observations();
  limits_on_one(seen).written = limits_on_one(seen).found = 4;
  seen.instances[1].patterns[0].found = 2;
  Check check = check_of(CheckKind::resident);
  check.at_least = 6;
  CHECK(judged(check, seen).finding == Finding::holds);
  check.instance = "one";
  CHECK(judged(check, seen).finding == Finding::violated);
  CHECK(judged(check, seen).claim == "at least 6 limit are there at the end on one");
}

TEST_CASE("a TTL is too short, too long or missing") {
  Observations seen = observations();
  limits_on_one(seen).ttl = {.asked = 3,
                             .without = 0,
                             .least_ms = 60'000,
                             .most_ms = 120'000,
                             .least_key = "a",
                             .most_key = "b",
                             .without_key = ""};
  Check check = check_of(CheckKind::ttl);
  check.at_least = 60;
  check.at_most = 120;
  CHECK(judged(check, seen).finding == Finding::holds);
  CHECK(judged(check, seen).seen == "from 1 min to 2 min, 3 keys");
  check.at_least = 61;
  CHECK(judged(check, seen).evidence == std::vector<std::string>{"the shortest: a"});
  check.at_least = 60;
  limits_on_one(seen).ttl.without = 1;
  limits_on_one(seen).ttl.without_key = "c";
  CHECK(judged(check, seen).finding == Finding::violated);
  check.at_most.reset();
  CHECK(judged(check, seen).finding == Finding::holds);  // what never expires lives long enough
}

TEST_CASE("memory is held between its bounds at the end of each slice") {
  Observations seen = observations();
  for (const std::uint64_t used : {100U, 300U, 200U}) {
    Slice& slice = seen.timeline.emplace_back();
    slice.at = std::chrono::seconds{used};
    slice.instances = {{.used_memory = used, .patterns = {}},
                       {.used_memory = 9'999, .patterns = {}}};
  }
  Check check = check_of(CheckKind::memory);
  check.instance = "one";
  check.at_most = 300;
  CHECK(judged(check, seen).finding == Finding::holds);
  check.at_most = 299;
  CHECK(judged(check, seen).finding == Finding::violated);
  CHECK(judged(check, seen).first_at == std::chrono::seconds{300});
}

TEST_CASE("what recovers fails no more after its deadline, and succeeds") {
  using std::chrono::minutes;
  Observations seen = observations();
  OperationTally& reads =
      seen.instances[0].operations[static_cast<std::size_t>(Operation::cache_read)];
  reads = {.count = 9, .last_success = minutes{60}, .errors = {}};
  reads.errors["Connection refused"] = {.count = 2, .first_at = minutes{1}, .last_at = minutes{12}};
  Check check = check_of(CheckKind::recovers_within);
  check.after = minutes{10};
  check.within = minutes{2};
  CHECK(judged(check, seen).finding == Finding::holds);
  check.within = minutes{1};
  CHECK(judged(check, seen).finding == Finding::violated);
  CHECK(
      judged(check, seen).evidence ==
      std::vector<std::string>{"after 12 min cache-read on one still failed: Connection refused"});
  check.within = minutes{2};
  reads.last_success = minutes{5};
  CHECK(judged(check, seen).finding == Finding::violated);
}

TEST_CASE("a violation that was stated is as stated") {
  Observations seen = observations();
  limits_on_one(seen).written = limits_on_one(seen).evicted = 1;
  Check check = check_of(CheckKind::never_evicted);
  CHECK_FALSE(judged(check, seen).as_stated());
  check.expect_violated = true;
  CHECK(judged(check, seen).as_stated());
}

}  // namespace
}  // namespace outlive::harness
