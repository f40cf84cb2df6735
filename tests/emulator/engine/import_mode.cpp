#include <catch2/catch_test_macros.hpp>

#include "engine/directives.hpp"
#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;
using namespace std::chrono_literals;

TEST_CASE("in import mode expired keys are hidden, but stay") {
  TestEngine engine;
  REQUIRE(engine.run({"CONFIG", "SET", "import-mode", "yes"}) == "+OK\r\n");
  engine.run({"SET", "key", "value", "PX", "10"});
  engine.advance(1s);
  CHECK(engine.run({"GET", "key"}) == "$-1\r\n");
  CHECK(engine.run({"DBSIZE"}) == ":1\r\n");

  SECTION("an import source sees them") {
    REQUIRE(engine.run({"CLIENT", "IMPORT-SOURCE", "ON"}) == "+OK\r\n");
    CHECK(engine.run({"GET", "key"}) == "$5\r\nvalue\r\n");
    CHECK(engine.run({"TTL", "key"}) == ":0\r\n");
  }
  SECTION("a write takes their place") {
    CHECK(engine.run({"APPEND", "key", "new"}) == ":3\r\n");
    CHECK(engine.run({"DBSIZE"}) == ":1\r\n");
  }
  SECTION("they go once it is over") {
    engine.run({"CONFIG", "SET", "import-mode", "no"});
    engine.advance(1s);
    CHECK(engine.run({"DBSIZE"}) == ":0\r\n");
  }
}

TEST_CASE("nobody is an import source outside import mode") {
  TestEngine engine;
  CHECK(engine.run({"CLIENT", "IMPORT-SOURCE", "ON"}) == "-ERR Server is not in import mode\r\n");
  CHECK(engine.run({"CLIENT", "IMPORT-SOURCE", "OFF"}) == "+OK\r\n");
}

TEST_CASE("import mode holds evictions: a full server refuses writes") {
  TestEngine engine({.policy = "allkeys-lru"});
  engine.run({"SET", "key", "value"});
  engine.run({"CONFIG", "SET", "import-mode", "yes"});
  engine.set_maxmemory(1);
  CHECK(engine.run({"SET", "other", "value"}) ==
        "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  CHECK(engine.has("key"));
}
