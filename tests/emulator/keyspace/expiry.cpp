// Active expiry finds what is due, whatever it passes over on the way.
#include <catch2/catch_test_macros.hpp>

#include "keyspace/horizon.hpp"
#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;
using namespace std::chrono_literals;

namespace {

void fill(TestEngine& server, int keys, std::string_view seconds) {
  for (int i = 0; i < keys; ++i) server.run({"SETEX", "key:" + std::to_string(i), seconds, "v"});
}

std::size_t expired(const TestEngine& server) {
  return server.engine.keyspace.stats.expired_actively;
}

}  // namespace

TEST_CASE("The cron removes keys that are due though nobody asks for them") {
  TestEngine server;
  fill(server, 1000, "60");
  server.advance(59s);
  CHECK(expired(server) == 0);
  server.advance(10s);
  CHECK(expired(server) == 1000);
}

TEST_CASE("A key whose TTL is cut is found in a bucket where nothing was due") {
  TestEngine server;
  fill(server, 1000, "86400");
  server.advance(1h);  // the cron has been through the table many times
  server.run({"EXPIRE", "key:7", "5"});
  server.advance(60s);
  CHECK(expired(server) == 1);
  CHECK(server.run({"DBSIZE"}) == ":999\r\n");
}

TEST_CASE("Keys written while the table grows expire in their time") {
  TestEngine server;
  fill(server, 100, "86400");
  server.advance(1h);
  for (int i = 0; i < 5000; ++i) {
    server.run({"SETEX", "late:" + std::to_string(i), "30", "v"});
    if (i % 50 == 0) server.advance(10ms);
  }
  server.advance(60s);
  CHECK(expired(server) == 5000);
}

TEST_CASE("avg_ttl stays a time where times to live reach to the end of all") {
  TestEngine server;
  for (const char* key : {"a", "b", "c"}) {
    server.run({"SET", key, "v", "PXAT", "9223372036854775807"});
  }
  server.run({"SET", "d", "v", "PX", "100000"});
  server.advance(1s);
  CHECK(server.engine.keyspace.database(0).average_ttl_ms >= 0);
}

TEST_CASE("avg_ttl follows keys that are passed over") {
  TestEngine server;
  fill(server, 1000, "1000");
  server.advance(400s);
  const std::int64_t left = server.engine.keyspace.database(0).average_ttl_ms;
  CHECK(left > 590'000);
  CHECK(left < 640'000);
}

TEST_CASE("The horizon looks into a bucket once, and then knows how many keys are in it") {
  ExpiryHorizon horizon;
  horizon.fit(4);
  int looks = 0;
  const auto look = [&looks] {
    ++looks;
    return std::size_t{3};
  };
  horizon.added(1);  // before it was ever counted: nothing is known
  CHECK(horizon.keys_in(1, look) == 3);
  horizon.added(5);  // the same bucket of four
  horizon.added(2);
  CHECK(horizon.keys_in(1, look) == 4);
  horizon.removed(1);
  horizon.removed(1);
  CHECK(horizon.keys_in(1, look) == 2);
  CHECK(looks == 1);
  horizon.fit(8);
  CHECK(horizon.keys_in(1, look) == 3);
  CHECK(looks == 2);
}

TEST_CASE("A bucket of more keys than the horizon can tell is looked into again") {
  ExpiryHorizon horizon;
  horizon.fit(1);
  CHECK(horizon.keys_in(0, [] { return std::size_t{254}; }) == 254);
  horizon.added(0);
  CHECK(horizon.keys_in(0, [] { return std::size_t{255}; }) == 255);
  CHECK(horizon.keys_in(0, [] { return std::size_t{300}; }) == 300);
}

TEST_CASE("The horizon takes any time, to the ends of a 64-bit clock") {
  ExpiryHorizon horizon;
  horizon.fit(1);
  CHECK(horizon.may_be_due(0, 0));  // not read yet
  horizon.was_read(0, ExpiryHorizon::never);
  CHECK_FALSE(horizon.may_be_due(0, 4'000'000'000'000));
  horizon.note(0, std::numeric_limits<std::int64_t>::max());
  CHECK_FALSE(horizon.may_be_due(0, 4'000'000'000'000));
  horizon.note(0, 5'000);
  CHECK_FALSE(horizon.may_be_due(0, 5'000));
  CHECK(horizon.may_be_due(0, 5'001));
}
