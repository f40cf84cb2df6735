// Fields of hashes that expire: by themselves, unseen before that, and in the ledger.
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>

#include "base/random.hpp"
#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;
using namespace std::chrono_literals;

namespace {

constexpr TestOptions modern{.profile = "valkey-9.1"};

}  // namespace

TEST_CASE("a field that has expired is hidden at once, and gone once the cron has come by") {
  TestEngine engine{modern};
  engine.run({"HSETEX", "h", "PX", "1000", "FIELDS", "1", "brief", "1"});
  engine.run({"HSET", "h", "lasting", "2"});
  engine.engine.switches.active_expiry = false;
  engine.advance(1001ms);
  CHECK(engine.run({"HGET", "h", "brief"}) == "$-1\r\n");
  CHECK(engine.run({"HLEN", "h"}) == ":2\r\n");
  CHECK(engine.engine.keyspace.stats.expired_fields == 0);

  engine.engine.switches.active_expiry = true;
  engine.advance(1s);
  CHECK(engine.run({"HLEN", "h"}) == ":1\r\n");
  CHECK(engine.engine.keyspace.stats.expired_fields == 1);
}

TEST_CASE("a hash goes with its last field") {
  TestEngine engine{modern};
  engine.run({"HSETEX", "h", "PX", "1000", "FIELDS", "2", "a", "1", "b", "2"});
  engine.advance(2s);
  CHECK_FALSE(engine.has("h"));
  CHECK(engine.engine.keyspace.database(0).with_expiring_fields().empty());
}

TEST_CASE("thousands of fields expire over several cycles, however many a hash has") {
  TestEngine engine{modern};
  for (int i = 0; i < 5000; ++i) {
    engine.run({"HSETEX", "h" + std::to_string(i % 3), "PX", "1000", "FIELDS", "1",
                "field" + std::to_string(i), "x"});
  }
  engine.advance(10s);
  CHECK(engine.engine.keyspace.stats.expired_fields == 5000);
  CHECK(engine.engine.keyspace.database(0).size() == 0);
}

TEST_CASE("before 9.0 there are no such commands") {
  for (const std::string_view profile : {"valkey-8.1", "valkey-8.0", "redis-7.0"}) {
    TestEngine engine{{.profile = profile}};
    CHECK(
        engine.run({"HEXPIRE", "h", "10", "FIELDS", "1", "f"}).starts_with("-ERR unknown command"));
    CHECK(engine.run({"DELIFEQ", "k", "v"}).starts_with("-ERR unknown command"));
  }
}

TEST_CASE("what fields that expire weigh is given back, whatever becomes of them") {
  TestEngine engine{modern};
  engine.run({"SET", "key", "v", "EX", "1000"});
  engine.run({"HSETEX", "h", "EX", "1000", "FIELDS", "1", "f", "v"});
  // What else moves: the first error is counted, and the idle client's reply buffer shrinks.
  engine.run({"COPY", "h", "h"});
  engine.advance(20s);
  const std::int64_t base = engine.used() - engine.recount();
  Random random(7);
  for (int step = 0; step < 20'000; ++step) {
    const std::string key = "h" + std::to_string(random.below(20));
    const std::string field = "f" + std::to_string(random.below(200));
    const std::string value(random.below(90), 'x');
    switch (random.below(9)) {
      case 0:
        engine.run({"HSETEX", key, "PX", "5000", "FIELDS", "1", field, value});
        break;
      case 1:
        engine.run({"HSET", key, field, value});
        break;
      case 2:
        engine.run({"HEXPIRE", key, "3", "FIELDS", "1", field});
        break;
      case 3:
        engine.run({"HPERSIST", key, "FIELDS", "1", field});
        break;
      case 4:
        engine.run({"HDEL", key, field});
        break;
      case 5:
        engine.run({"HGETDEL", key, "FIELDS", "1", field});
        break;
      case 6:
        engine.run({"COPY", key, "h3", "REPLACE"});
        break;
      case 7:
        engine.advance(1ms);
        break;
      default:
        engine.run({"HSETEX", key, "KEEPTTL", "FIELDS", "1", field, value});
    }
    if (step % 1000 == 0) REQUIRE(engine.used() - engine.recount() == base);
  }
  engine.run({"FLUSHALL", "SYNC"});
  CHECK(engine.engine.keyspace.database(0).with_expiring_fields().empty());
}
