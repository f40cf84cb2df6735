#include <catch2/catch_test_macros.hpp>

#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view done = "*1\r\n+PONG\r\n";
constexpr std::string_view dirty = "*-1\r\n";

// PING in a transaction, with this done before EXEC by nobody in particular.
std::string ping_in_transaction(TestEngine& engine) {
  engine.run({"MULTI"});
  engine.run({"PING"});
  return engine.run({"EXEC"});
}

// Active expiry is off, so that only looking at a key, or not, makes the difference.
TestEngine& without_active_expiry(TestEngine& engine) {
  engine.engine.switches.active_expiry = false;
  return engine;
}

}  // namespace

TEST_CASE("a watched key that is changed by another client spoils the transaction") {
  TestEngine engine;
  engine.run({"WATCH", "key"});
  engine.run_on(engine.open(), {"SET", "key", "value"});
  CHECK(ping_in_transaction(engine) == dirty);
}

TEST_CASE("whose watched key changed watches nothing any more, and keeps nothing queued") {
  TestEngine engine;
  Session& other = engine.open();
  engine.run({"WATCH", "one", "two"});
  engine.run({"MULTI"});
  engine.run({"SET", "three", "value"});
  const auto facts = [&] {
    const std::string all = engine.run_on(other, {"CLIENT", "LIST"});
    const std::size_t at = all.find(" multi=");
    return all.substr(at, all.find(" qbuf", at) - at);
  };
  CHECK(facts() == " multi=1 watch=2");
  engine.run_on(other, {"SET", "two", "value"});
  CHECK(facts() == " multi=0 watch=0");
  CHECK(engine.run({"GET", "one"}) == "+QUEUED\r\n");
  CHECK(facts() == " multi=0 watch=0");
  CHECK(engine.run({"EXEC"}) == dirty);
}

TEST_CASE("a key that expires while it is watched spoils the transaction") {
  TestEngine engine;
  without_active_expiry(engine).run({"SET", "key", "value", "PX", "10"});
  engine.run({"WATCH", "key"});
  engine.advance(20ms);
  CHECK(ping_in_transaction(engine) == dirty);
}

TEST_CASE("a key that had expired when it was watched may go") {
  TestEngine engine;
  without_active_expiry(engine).run({"SET", "key", "value", "PX", "10"});
  engine.advance(20ms);
  engine.run({"WATCH", "key"});
  SECTION("by DEL") {
    engine.run({"DEL", "key"});
  }
  SECTION("by FLUSHALL") {
    engine.run({"FLUSHALL"});
  }
  SECTION("by SWAPDB") {
    engine.run({"SWAPDB", "0", "1"});
  }
  CHECK(ping_in_transaction(engine) == done);
}

TEST_CASE("a key that had expired when it was watched spoils the transaction once it is set anew") {
  TestEngine engine;
  without_active_expiry(engine).run({"SET", "key", "value", "PX", "10"});
  engine.advance(20ms);
  engine.run({"WATCH", "key"});
  engine.run({"SET", "key", "other"});
  CHECK(ping_in_transaction(engine) == dirty);
}

TEST_CASE(
    "SWAPDB that brings a living key spoils the transaction, one that brings a stale one doesn't") {
  TestEngine engine;
  without_active_expiry(engine);
  engine.run({"SELECT", "1"});
  engine.run({"SET", "stale", "value", "PX", "10"});
  engine.run({"SET", "alive", "value"});
  engine.run({"SELECT", "0"});
  engine.advance(20ms);
  SECTION("stale") {
    engine.run({"WATCH", "stale"});
    engine.run({"SWAPDB", "0", "1"});
    CHECK(ping_in_transaction(engine) == done);
  }
  SECTION("alive") {
    engine.run({"WATCH", "alive"});
    engine.run({"SWAPDB", "0", "1"});
    CHECK(ping_in_transaction(engine) == dirty);
  }
}
