#include "keyspace/keyspace.hpp"


#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <chrono>
#include <string>

#include "keyspace/access.hpp"
#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("the ledger agrees with a recount of everything after any mixture of writes") {
  const auto profile = GENERATE(from_range(profiles)).name;
  CAPTURE(profile);
  TestEngine engine{{.profile = profile}};
  engine.run({"SET", "first", "1", "EX", "100"});
  engine.run({"FLUSHALL", "SYNC"});
  // The first error of a kind takes a counter for good.
  engine.run({"RENAME", "none", "other"});
  const std::int64_t heads = engine.used() - engine.recount();
  Random random(11);
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = "key:" + std::to_string(random.below(3000));
    const std::string value(random.below(200), 'v');
    switch (random.below(9)) {
      case 0: engine.run({"DEL", key}); break;
      case 1: engine.run({"APPEND", key, value}); break;
      case 2: engine.run({"SETRANGE", key, "5", value}); break;
      case 3: engine.run({"EXPIRE", key, "1000"}); break;
      case 4: engine.run({"PERSIST", key}); break;
      case 5: engine.run({"INCR", "n" + key}); break;
      case 7: engine.run({"HSET", "h" + key, "field" + value, value, value, "x"}); break;
      case 6: engine.run({"RENAME", key, key + "'"}); break;
      default: engine.run({"SET", key, value, "EX", "500"});
    }
  }
  CHECK(engine.used() - engine.recount() == heads);
  engine.run({"FLUSHALL", "SYNC"});
  CHECK(engine.used() == heads);
}

TEST_CASE("FLUSHALL ASYNC frees the tables' heads as well") {
  TestEngine engine;
  engine.run({"PING"});
  engine.run({"FLUSHALL", "SYNC"});
  engine.run({"SET", "warm", "up", "EX", "9"});
  engine.run({"FLUSHALL", "ASYNC"});
  const std::int64_t before = engine.used();
  engine.run({"SET", "k", "v", "EX", "9"});
  engine.run({"FLUSHALL", "SYNC"});
  CHECK(engine.used() > before);
  engine.run({"FLUSHALL", "ASYNC"});
  CHECK(engine.used() == before);
}

TEST_CASE("a key past its expiry is gone for whoever looks, and the journal says why") {
  TestEngine engine;
  engine.engine.options.keyspace.hz = 1;
  engine.run({"SET", "key", "value", "PX", "500"});
  engine.advance(milliseconds{400});
  CHECK(engine.run({"PTTL", "key"}) == ":100\r\n");
  engine.advance(milliseconds{101});
  CHECK(engine.run({"GET", "key"}) == "$-1\r\n");
  const Departure* departure = engine.engine.keyspace.journal.last_of("key", 0);
  REQUIRE(departure);
  CHECK(departure->reason == Departure::Reason::expired_lazily);
  CHECK(departure->cause == "get");
}

TEST_CASE("the cron removes what nobody looks at") {
  TestEngine engine;
  for (int i = 0; i < 1000; ++i) engine.run({"SET", "k" + std::to_string(i), "v", "EX", "10"});
  engine.advance(seconds{20});
  CHECK(engine.engine.keyspace.total_keys() == 0);
  CHECK(engine.engine.keyspace.stats.expired_actively == 1000);
  CHECK(engine.engine.keyspace.journal.departures().back().reason ==
        Departure::Reason::expired_actively);
}

TEST_CASE("a table that has emptied shrinks with time") {
  TestEngine engine;
  for (int i = 0; i < 10'000; ++i) engine.run({"SET", "k" + std::to_string(i), "v"});
  const auto full = engine.engine.keyspace.database(0).keys().table_bytes();
  for (int i = 0; i < 9'990; ++i) engine.run({"DEL", "k" + std::to_string(i)});
  engine.advance(minutes{1});
  CHECK(engine.engine.keyspace.database(0).keys().table_bytes() * 100 < full);
  CHECK(engine.run({"GET", "k9995"}) == "$1\r\nv\r\n");
}

TEST_CASE("a table does not grow past maxmemory") {
  TestEngine engine;
  for (int i = 0; i < 448; ++i) engine.run({"SET", "k" + std::to_string(i), "v"});
  const auto before = engine.engine.keyspace.database(0).keys().buckets(0);
  engine.set_maxmemory(engine.used() + 2000);
  engine.run({"SET", "one more", "v"});
  CHECK(engine.engine.keyspace.database(0).keys().buckets(0) == before);
  engine.set_maxmemory(0);
  engine.run({"SET", "and another", "v"});
  CHECK(engine.engine.keyspace.database(0).keys().rehashing());
}

TEST_CASE("the journal is bounded and forgets the oldest first") {
  TestEngine engine;
  engine.engine.keyspace.journal.set_limit(2);
  for (const auto* key : {"a", "b", "c"}) {
    engine.run({"SET", key, "v"});
    engine.run({"DEL", key});
  }
  CHECK(engine.engine.keyspace.journal.recorded() == 3);
  CHECK(engine.engine.keyspace.journal.departures().front().key == "b");
  CHECK_FALSE(engine.engine.keyspace.journal.last_of("a", 0));
}

TEST_CASE("idle time follows the clock and outlives a wrap of its 24 bits") {
  Moment then = Moment::at(instant_from_ms(0xffffffLL * 1000 - 5000));
  const std::uint32_t bits = then.lru_clock();
  Moment later = Moment::at(instant_from_ms(0xffffffLL * 1000 + 10'000));
  CHECK(access::idle_ms(bits, later) == 14'000);
}
