#include "eviction/evictor.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>
#include <string>

#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;
using std::chrono::seconds;

namespace {

const std::string payload(1000, 'x');

// Lowers maxmemory until one more key has to go, and says which went.
std::string evict_one(TestEngine& engine) {
  const auto departed = engine.engine.keyspace.journal.recorded();
  engine.set_maxmemory(engine.used() - 1);
  engine.run({"PING"});
  engine.set_maxmemory(0);
  REQUIRE(engine.engine.keyspace.journal.recorded() == departed + 1);
  return engine.engine.keyspace.journal.departures().back().key;
}

}  // namespace

TEST_CASE("volatile-ttl evicts the key that would have expired first") {
  TestEngine engine{{.policy = "volatile-ttl", .samples = 10, .seed = 7}};
  engine.run({"SET", "late", payload, "EX", "3600"});
  engine.run({"SET", "soon", payload, "EX", "60"});
  engine.run({"SET", "never", payload});
  CHECK(evict_one(engine) == "soon");
  CHECK(evict_one(engine) == "late");
  engine.set_maxmemory(1);
  CHECK(engine.run({"SET", "more", "x"}) ==
        "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  CHECK(engine.has("never"));
}

TEST_CASE("allkeys-lru evicts the key that was idle longest") {
  TestEngine engine{{.policy = "allkeys-lru", .samples = 10}};
  for (const auto* key : {"a", "b", "c"}) {
    engine.run({"SET", key, payload});
    engine.advance(seconds{10});
  }
  engine.run({"GET", "a"});
  CHECK(evict_one(engine) == "b");
}

TEST_CASE("allkeys-lfu evicts the key that was used least") {
  TestEngine engine{{.policy = "allkeys-lfu", .samples = 10}};
  for (const auto* key : {"a", "b", "c"}) engine.run({"SET", key, payload});
  for (int i = 0; i < 100; ++i) {
    engine.run({"GET", "a"});
    engine.run({"GET", "c"});
  }
  CHECK(evict_one(engine) == "b");
}

TEST_CASE("a volatile policy never evicts a key without a TTL") {
  const auto* policy =
      GENERATE("volatile-lru", "volatile-lfu", "volatile-ttl", "volatile-random");
  TestEngine engine{{.policy = policy}};
  for (int i = 0; i < 100; ++i) engine.run({"SET", "keep" + std::to_string(i), payload});
  for (int i = 0; i < 100; ++i) {
    engine.run({"SET", "go" + std::to_string(i), payload, "EX", "1000"});
  }
  engine.set_maxmemory(1);
  CHECK(engine.run({"SET", "new", "v"}).starts_with("-OOM"));
  CHECK(engine.engine.keyspace.total_keys() == 100);
  CHECK(engine.engine.keyspace.stats.evicted == 100);
}

TEST_CASE("noeviction refuses what needs memory and lets the rest pass") {
  TestEngine engine;
  engine.run({"SET", "key", "value"});
  engine.set_maxmemory(1);
  CHECK(engine.run({"SET", "key", "other"}).starts_with("-OOM"));
  CHECK(engine.run({"GET", "key"}) == "$5\r\nvalue\r\n");
  CHECK(engine.run({"EXPIRE", "key", "100"}) == ":1\r\n");
  CHECK(engine.run({"DEL", "key"}) == ":1\r\n");
  CHECK(engine.engine.keyspace.stats.evicted == 0);
}

TEST_CASE("a transaction that would need memory is refused when it is executed") {
  TestEngine engine;
  engine.run({"MULTI"});
  engine.run({"SET", "key", "value"});
  engine.set_maxmemory(1);
  CHECK(engine.run({"EXEC"}) ==
        "-EXECABORT Transaction discarded because of: OOM command not allowed when used memory > "
        "'maxmemory'.\r\n");
  CHECK_FALSE(engine.has("key"));
}

TEST_CASE("the pool goes by the score a key had when it was sampled, even after its TTL grew") {
  TestEngine engine{{.policy = "volatile-ttl", .samples = 10}};
  for (int i = 0; i < 10; ++i) {
    engine.run({"SET", "p" + std::to_string(i), payload, "EX", std::to_string(1000 + 100 * i)});
  }
  CHECK(evict_one(engine) == "p0");
  engine.run({"EXPIRE", "p1", "1000000"});
  CHECK(evict_one(engine) == "p1");
  CHECK(engine.engine.keyspace.journal.departures().back().stale_score);
  CHECK(evict_one(engine) == "p2");
  CHECK_FALSE(engine.engine.keyspace.journal.departures().back().stale_score);
}

TEST_CASE("the same seed evicts the same keys, another seed others") {
  const auto victims = [](std::uint64_t seed) {
    TestEngine engine{{.policy = "allkeys-random", .seed = seed}};
    for (int i = 0; i < 200; ++i) engine.run({"SET", "k" + std::to_string(i), payload});
    engine.set_maxmemory(engine.used() / 2);
    for (int i = 0; i < 10; ++i) engine.run({"PING"});
    std::string all;
    for (const auto& departure : engine.engine.keyspace.journal.departures()) {
      all += departure.key + " ";
    }
    return all;
  };
  CHECK(victims(1) == victims(1));
  CHECK(victims(1) != victims(2));
}

TEST_CASE("an eviction tells its score, its rivals and its cause") {
  TestEngine engine{{.policy = "allkeys-lru", .samples = 10}};
  engine.run({"SET", "old", payload});
  engine.advance(seconds{30});
  engine.run({"SET", "new", payload});
  evict_one(engine);
  const Departure& departure = engine.engine.keyspace.journal.departures().back();
  CHECK(departure.reason == Departure::Reason::evicted);
  CHECK(departure.cause == "allkeys-lru");
  CHECK(departure.idle_ms == 30'000);
  CHECK(departure.score == 30'000);
  CHECK(departure.size > payload.size());
  REQUIRE(departure.lost_to_it.size() == 1);
  CHECK(departure.lost_to_it[0].key == "new");
}

TEST_CASE("an eviction fires its event after the key has gone") {
  TestEngine engine{{.policy = "allkeys-lru", .samples = 10}};
  engine.engine.options.notify_keyspace_events =
      bits(EventClass::keyevent) | bits(EventClass::evicted);
  Session& listener = engine.open();
  engine.engine.publisher.subscribe(listener, Channel::plain, "__keyevent@0__:evicted");
  engine.run({"SET", "gone", payload});
  evict_one(engine);
  CHECK(TestEngine::take(listener) ==
        "*3\r\n$7\r\nmessage\r\n$22\r\n__keyevent@0__:evicted\r\n$4\r\ngone\r\n");
}

TEST_CASE("one round stops when its time is over and goes on later") {
  TestEngine engine{{.policy = "allkeys-random"}};
  for (int i = 0; i < 5000; ++i) engine.run({"SET", "k" + std::to_string(i), payload});
  engine.set_maxmemory(1);
  engine.run({"PING"});
  const auto first_round = engine.engine.keyspace.stats.evicted;
  CHECK(first_round > 100);
  CHECK(first_round < 5000);
  engine.advance(seconds{1});
  CHECK(engine.engine.keyspace.total_keys() == 0);
}
