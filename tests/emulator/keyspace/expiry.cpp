// Active expiry finds what is due, whatever it passes over on the way.
#include <catch2/catch_test_macros.hpp>

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
