#include "play/player.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "play/limiter.hpp"
#include "target/embedded.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

constexpr Time start{1'000'000s};

Traffic limited() {
  Traffic traffic;
  traffic.kind = TrafficKind::rate_limit;
  traffic.users = 3;
  traffic.limits = {
      Limit{.window = 24h, .capacity = 2, .refill = 2},
      Limit{.resource = "token", .window = 168h, .capacity = 100, .refill = 100, .tickets = 40}};
  return traffic;
}

// One user's requests on a limiter of either engine, and what they leave in the keyspace.
class LimiterBench {
 public:
  explicit LimiterBench(Engine engine) : traffic_{limited()}, roster_{scenario()} {
    load_rate_limits(target, engine);
    limiter_.emplace(traffic_, target, roster_);
  }
  Observer::Outcome ask(Time at) {
    target.advance_to(at);
    const KeyId buckets[] = {roster_.bucket(0, 0, 1), roster_.bucket(0, 1, 1)};
    return limiter_->consume(buckets, at).outcome;
  }
  std::string left() {
    std::string all;
    for (const std::size_t limit : {0U, 1U}) {
      const std::string_view key = roster_.name(roster_.bucket(0, limit, 1));
      const Answer fields = target.run({"HMGET", key, "balance", "last_refilled"});
      all.append(fields.text).append(" ").append(fields.second).append(" ");
      all.append(target.run({"TTL", key}).text).append("\n");
    }
    return all;
  }

  EmbeddedTarget target{Instance{}, start, 1};

 private:
  Scenario scenario() const {
    Scenario scenario;
    scenario.traffic = {traffic_};
    return scenario;
  }

  Traffic traffic_;
  Roster roster_;
  std::optional<Limiter> limiter_;
};

TEST_CASE(
    "a bucket is taken from, refused and refilled alike by the function and by the commands") {
  for (const Engine engine : {Engine::lua, Engine::native}) {
    CAPTURE(static_cast<int>(engine));
    LimiterBench bench{engine};
    CHECK(bench.ask(start) == Observer::Outcome::granted);
    CHECK(bench.left() == "1 1000000000000 172800\n60 1000000000000 1209600\n");
    CHECK(bench.ask(start + 1h) == Observer::Outcome::granted);
    CHECK(bench.ask(start + 2h) == Observer::Outcome::refused);  // the day's tickets are gone
    CHECK(bench.left() == "0 1000000000000 169200\n20 1000000000000 1206000\n");  // not renewed
    CHECK(bench.ask(start + 25h) == Observer::Outcome::refused);  // the week's do not suffice
    CHECK(bench.ask(start + 169h) == Observer::Outcome::granted);
    // The day's bucket has expired and begins anew; the week's refill came after a whole window.
    CHECK(bench.left() == "1 1608400000000 172800\n60 1604800000000 1209600\n");
  }
}

TEST_CASE("a full server fails requests for tickets with its own words") {
  for (const Engine engine : {Engine::lua, Engine::native}) {
    CAPTURE(static_cast<int>(engine));
    LimiterBench bench{engine};
    REQUIRE_FALSE(bench.target.run({"CONFIG", "SET", "maxmemory", "1"}).is_error());
    CHECK(bench.ask(start) == Observer::Outcome::failed);
  }
}

Scenario small_scenario() {
  Scenario scenario;
  scenario.start = start;
  scenario.duration = 30min;
  scenario.instances = {{.name = "valkey",
                         .directives = {{"maxmemory", "2mb"}, {"maxmemory-policy", "allkeys-lru"}},
                         .line = 1}};
  scenario.primary = scenario.cache = "valkey";
  Traffic& traffic = scenario.traffic.emplace_back(limited());
  traffic.kind = TrafficKind::gateway;
  traffic.rate = {5, 1s};
  traffic.users = 500;
  traffic.prompts = 5'000;
  Check& check = scenario.checks.emplace_back();
  check.keys = "tensorzero_ratelimit:*";
  check.others = "tensorzero_cache:*";
  return scenario;
}

TEST_CASE("a play has one digest, whoever plays it, and a seed of its own another") {
  const Scenario scenario = small_scenario();
  const TargetKind embedded{"embedded"};
  const Observations first = play(scenario, embedded, {.seed = 1});
  CHECK(first.digest == play(scenario, embedded, {.seed = 1}).digest);
  CHECK(first.digest != play(scenario, embedded, {.seed = 2}).digest);
  CHECK(first.requests > 8'000);
}

TEST_CASE("traffic that changes with time has one digest, and all who ever come are in the books") {
  Scenario scenario = small_scenario();
  Traffic& traffic = scenario.traffic[0];
  traffic.phases = {{10min, {1, 1s}, {9, 1s}}, {5min, {30, 1s}, {30, 1s}}};
  traffic.repeats = true;
  traffic.user_turnover = {600, 1h};
  traffic.prompt_popularity = {
      .shape = Popularity::Shape::hot, .hot = 50, .share = 0.9, .moves = {600, 1h}};
  traffic.sizes.shape = Sizes::Shape::histogram;
  traffic.sizes.bins = {{100, 1}, {5'000, 1}};
  const TargetKind embedded{"embedded"};
  const Observations first = play(scenario, embedded, {.seed = 1});
  CHECK(first.digest == play(scenario, embedded, {.seed = 1}).digest);
  CHECK(first.digest != play(scenario, embedded, {.seed = 2}).digest);
  CHECK(std::abs(static_cast<double>(first.requests) - 2 * (3'000 + 9'000)) < 700);
  const PatternTally& buckets = first.instances[0].patterns[0];
  CHECK(buckets.written > 2 * 500);  // two limits each, and nearly 300 new users
  CHECK(buckets.written <= 2 * 800);
}

TEST_CASE("the books of a play agree with the keys that are there at the end") {
  const Observations seen = play(small_scenario(), TargetKind{"embedded"}, {.seed = 1});
  for (const PatternTally& tally : seen.instances[0].patterns) {
    CHECK(tally.vanished == 0);
    CHECK(tally.resident == tally.found);
    CHECK(tally.evicted > 0);
  }
  CHECK(seen.cache.hits > 0);
  CHECK(seen.admission.granted + seen.admission.refused == seen.admission.asked);
}

TEST_CASE("a key that is due at the end has expired, whether the server has noticed or not") {
  Scenario scenario = small_scenario();
  scenario.instances[0].directives = {{"maxmemory", "0"}};
  scenario.traffic[0].kind = TrafficKind::cache;
  scenario.traffic[0].ttl = 10min;
  const Observations seen = play(scenario, TargetKind{"embedded"}, {.seed = 1});
  const PatternTally& answers = seen.instances[0].patterns[1];
  CHECK(answers.vanished == 0);
  CHECK(answers.expired > 1'000);
  CHECK(answers.resident == answers.found);
}

TEST_CASE("the beginning of a play is played alike when the rest is left out") {
  Scenario scenario = small_scenario();
  const Observations whole = play(scenario, TargetKind{"embedded"}, {.seed = 1});
  const Loss& first = whole.instances[0].patterns[0].first_losses.at(0);
  const auto until = [&](Span end) {
    return play(scenario, TargetKind{"embedded"}, {.seed = 1, .until = end})
        .instances[0]
        .patterns[0]
        .evicted;
  };
  CHECK(until(first.at) > 0);
  CHECK(until(first.at - 1us) == 0);
}

TEST_CASE("the timeline shows the course of a play in equal slices") {
  const Observations seen = play(small_scenario(), TargetKind{"embedded"}, {.seed = 1});
  REQUIRE(seen.timeline.size() == slice_count);
  CHECK(seen.timeline.front().at == 18s);
  CHECK(seen.timeline.back().at == 30min);
  CHECK(seen.timeline.back().hits == seen.cache.hits);
  CHECK(seen.timeline.back().instances.at(0).used_memory == seen.instances[0].used_memory);
  CHECK(seen.timeline.back().instances.at(0).patterns.at(0).evicted ==
        seen.instances[0].patterns[0].evicted);
  const auto used = [](const Slice& slice) { return slice.instances.at(0).used_memory; };
  const std::uint64_t peak = used(std::ranges::max(seen.timeline, {}, used));
  CHECK(used(seen.timeline.front()) < peak);
}

TEST_CASE("where a check is about it, each new key is asked for its TTL") {
  Scenario scenario = small_scenario();
  scenario.checks[0].kind = CheckKind::ttl;
  const Observations seen = play(scenario, TargetKind{"embedded"}, {.seed = 1});
  const TtlTally& limits = seen.instances[0].patterns[0].ttl;
  CHECK(limits.asked == seen.instances[0].patterns[0].written);
  CHECK(limits.without == 0);
  CHECK(limits.least_ms == 48 * 3'600'000);       // a day's bucket
  CHECK(limits.most_ms == 2 * 168 * 3'600'000L);  // a week's
  CHECK(seen.instances[0].patterns[1].ttl.most_ms == 24 * 3'600'000);
}

TEST_CASE("an event changes a directive at its moment") {
  Scenario scenario = small_scenario();
  scenario.instances[0].directives = {{"maxmemory-policy", "allkeys-lru"}};
  Event& event = scenario.events.emplace_back();
  event.at = 20min;
  event.instance = "valkey";
  event.directives = {{"maxmemory", "used"}};
  const Observations seen = play(scenario, TargetKind{"embedded"}, {.seed = 1});
  REQUIRE_FALSE(seen.instances[0].patterns[1].first_losses.empty());
  CHECK(seen.instances[0].patterns[1].first_losses[0].at >= 20min);
}

// A flushed, restarted or unreachable server, in a play whose gateway starts anew at the 25th
// minute.
Observations played_with(EventKind kind) {
  Scenario scenario = small_scenario();
  scenario.instances[0].directives = {{"maxmemory", "0"}};
  Event& event = scenario.events.emplace_back();
  event.kind = kind;
  event.at = 20min;
  event.lasting = 1min;
  event.instance = "valkey";
  Event& again = scenario.events.emplace_back();
  again.kind = EventKind::gateway_restart;
  again.at = 25min;
  return play(scenario, TargetKind{"embedded"}, {.seed = 1});
}

const OperationTally& consumed(const Observations& seen) {
  return seen.instances[0].operations[static_cast<std::size_t>(Operation::consume)];
}

TEST_CASE("after a flush keys are gone, functions are not") {
  const Observations seen = played_with(EventKind::flush);
  CHECK(seen.instances[0].patterns[0].removed > 0);
  CHECK(seen.instances[0].patterns[0].vanished == 0);
  CHECK(consumed(seen).errors.empty());
  CHECK(seen.admission.excess > 0);
}

TEST_CASE("a server without persistence comes back without functions, until the gateway restarts") {
  const Observations seen = played_with(EventKind::restart);
  const auto& errors = consumed(seen).errors;
  REQUIRE(errors.contains("connection refused"));
  REQUIRE(errors.contains("ERR Function not found"));
  CHECK(errors.at("connection refused").last_at < 21min);
  CHECK(errors.at("ERR Function not found").first_at >= 21min);
  CHECK(errors.at("ERR Function not found").last_at < 25min);
  CHECK(consumed(seen).last_success > 29min);
  CHECK(seen.instances[0].patterns[0].resident == seen.instances[0].patterns[0].found);
}

TEST_CASE("an outage loses nothing and gives nobody too much") {
  const Observations seen = played_with(EventKind::outage);
  CHECK(consumed(seen).errors.contains("timed out"));
  CHECK(seen.instances[0].patterns[0].removed == 0);
  CHECK(seen.admission.excess == 0);
  CHECK_FALSE(seen.delays.requests.empty());
}

TEST_CASE("a gateway that cannot load its functions fails its requests and tries again") {
  Scenario scenario = small_scenario();
  Event& outage = scenario.events.emplace_back();
  outage.kind = EventKind::outage;
  outage.at = 20min;
  outage.lasting = 1min;
  outage.instance = "valkey";
  Event& restart = scenario.events.emplace_back();
  restart.kind = EventKind::gateway_restart;
  restart.at = 20min + 30s;
  const Observations seen = play(scenario, TargetKind{"embedded"}, {.seed = 1});
  const auto& down =
      consumed(seen).errors.at("the gateway does not run: it could not load its functions");
  CHECK(down.first_at >= 20min + 30s);
  CHECK(down.last_at < 21min + 10s);
  CHECK(down.last_at > 21min);  // the server was there again, the gateway not yet
  CHECK(consumed(seen).last_success > 29min);
}

TEST_CASE("a server's clock set forward gives limits back early") {
  Scenario scenario = small_scenario();
  scenario.instances[0].directives = {{"maxmemory", "0"}};
  Event& step = scenario.events.emplace_back();
  step.kind = EventKind::clock;
  step.at = 20min;
  step.instance = "valkey";
  step.by = 170h;  // a week and a bit
  const Observations seen = play(scenario, TargetKind{"embedded"}, {.seed = 1});
  CHECK(seen.admission.excess > 0);
  CHECK(seen.admission.first_excess_at >= 20min);
}

TEST_CASE("the same events in another order are the same play") {
  Scenario scenario = small_scenario();
  for (const EventKind kind : {EventKind::drop, EventKind::slow, EventKind::flush}) {
    Event& event = scenario.events.emplace_back();
    event.kind = kind;
    event.at = 20min;
    event.lasting = 1min;
    event.instance = "valkey";
    event.by = 5ms;
    event.share = 0.5;
  }
  const auto digest = [&] { return play(scenario, TargetKind{"embedded"}, {.seed = 1}).digest; };
  const std::uint64_t first = digest();
  std::ranges::reverse(scenario.events);
  CHECK(digest() == first);
}

TEST_CASE("a server that is down can't be told of directives: where that stands is said") {
  Scenario scenario = small_scenario();
  Event& restart = scenario.events.emplace_back();
  restart.kind = EventKind::restart;
  restart.at = 10min;
  restart.lasting = 10min;
  restart.instance = "valkey";
  Event& config = scenario.events.emplace_back();
  config.at = 15min;
  config.instance = "valkey";
  config.line = 12;
  CHECK_THROWS_AS(play(scenario, TargetKind{"embedded"}, {.seed = 1}), UserError);
}

}  // namespace
}  // namespace outlive::harness
