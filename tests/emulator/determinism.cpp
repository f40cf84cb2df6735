// One seed, one script, one clock: one run, byte for byte.
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "outlive/emulator.hpp"

using outlive::Departure;
using outlive::Emulator;
using namespace std::chrono_literals;

namespace {

// All that a run lets one see.
struct Trace {
  std::vector<std::string> departures;
  std::string replies;
  std::uint64_t digest = 0;
  std::uint64_t journal_digest = 0;

  friend bool operator==(const Trace&, const Trace&) = default;
};

std::string text_of(const Departure& departure) {
  std::string text = std::to_string(departure.sequence) + " " +
                     std::to_string(departure.when.time_since_epoch().count()) + " " +
                     std::string(to_string(departure.reason)) + " " +
                     std::to_string(departure.database) + " " + departure.key + " " +
                     departure.cause + " " + std::to_string(departure.ttl_ms) + " " +
                     std::to_string(departure.idle_ms) + " " + std::to_string(departure.frequency) +
                     " " + std::to_string(departure.size) + " " + std::to_string(departure.score);
  for (const Departure::Candidate& loser : departure.lost_to_it) {
    text += " " + loser.key + "=" + std::to_string(loser.score);
  }
  return text;
}

// Writes, reads, chance on the wire and in Lua, expiry and evictions, in two databases.
Trace play(std::string policy, std::uint64_t seed) {
  Emulator valkey{{.directives = {{"maxmemory", "2mb"}, {"maxmemory-policy", std::move(policy)}},
                   .seed = seed}};
  Trace trace;
  const std::string value(300, 'v');
  const auto run = [&](std::initializer_list<std::string_view> words) {
    trace.replies += to_string(valkey.run(words)) + "\n";
  };
  for (int i = 0; i < 6000; ++i) {
    const std::string n = std::to_string(i);
    run({"SELECT", i % 3 == 0 ? "1" : "0"});
    run({"SETEX", "key:" + n, std::to_string(1 + i % 7000), value});
    if (i % 5 == 0) run({"GET", "key:" + std::to_string(i / 2)});
    if (i % 50 == 0) run({"RANDOMKEY"});
    if (i % 60 == 0) run({"SCAN", "0", "COUNT", "20"});
    if (i % 100 == 0) {
      run({"EVAL", "return redis.call('HSET', KEYS[1], math.random(1000), ARGV[1])", "1", "hash",
           n});
      run({"HRANDFIELD", "hash"});
    }
    if (i % 10 == 0) valkey.advance(700ms);
  }
  run({"DBSIZE"});
  run({"INFO", "memory"});
  for (const Departure& departure : valkey.departures()) {
    trace.departures.push_back(text_of(departure));
  }
  trace.digest = valkey.digest();
  trace.journal_digest = valkey.journal_digest();
  return trace;
}

}  // namespace

TEST_CASE("the same seed and script give the same run under every policy, another seed another") {
  for (const char* policy : {"volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl",
                             "allkeys-lru", "allkeys-lfu", "allkeys-random"}) {
    INFO(policy);
    const Trace first = play(policy, 7);
    const Trace again = play(policy, 7);
    const Trace other = play(policy, 8);
    REQUIRE(first.departures.size() > 100);
    const bool same = first == again;
    CHECK(same);
    CHECK(first.digest != other.digest);
    CHECK(first.journal_digest != other.journal_digest);
    const bool others_left = first.departures != other.departures;
    CHECK(others_left);
  }
}

TEST_CASE("OUTLIVE DIGEST tells two runs apart, and knows two that are one") {
  const auto digest_after = [](std::initializer_list<std::string_view> last) {
    Emulator valkey{{.seed = 7}};
    valkey.run({"SET", "a", "1"});
    valkey.run({"HSET", "h", "f", "v", "g", "w"});
    valkey.run(last);
    return valkey.run({"OUTLIVE", "DIGEST"});
  };
  CHECK(digest_after({"PING"}) == digest_after({"GET", "a"}));
  CHECK(digest_after({"PING"}) != digest_after({"SET", "a", "2"}));
  CHECK(digest_after({"PING"}) != digest_after({"EXPIRE", "a", "9"}));
  CHECK(digest_after({"PING"}) != digest_after({"HSET", "h", "f", "w", "g", "v"}));
}

TEST_CASE("the seed may come by directive, and is told") {
  Emulator valkey{{.directives = {{"outlive-seed", "12345"}}}};
  CHECK(valkey.seed() == 12345);
  CHECK(valkey.run({"OUTLIVE", "SEED"}).text == "12345");
  CHECK(valkey.run({"OUTLIVE", "SEED", "x"}).is_error());
  CHECK(Emulator{}.seed() != Emulator{}.seed());
}
