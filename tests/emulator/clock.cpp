// Everything that depends on time goes by the emulated clock.
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "outlive/emulator.hpp"

using outlive::Departure;
using outlive::Emulator;
using outlive::Reply;
using namespace std::chrono_literals;

namespace {

std::int64_t expired_actively(Emulator& valkey) {
  const std::string info = valkey.run({"INFO", "stats"}).text;
  const std::string field = "expired_keys:";
  return std::stoll(info.substr(info.find(field) + field.size()));
}

}  // namespace

TEST_CASE("a clock that stands still stands still for TIME, TTLs and idle times") {
  Emulator valkey{{.start = outlive::Time{1'700'000'000s}}};
  valkey.run({"SET", "key", "value", "PX", "1"});
  const Reply time = valkey.run({"TIME"});
  CHECK(time.elements.at(0).text == "1700000000");
  CHECK(time.elements.at(1).text == "0");
  for (int i = 0; i < 1000; ++i) valkey.run({"PING"});
  CHECK(valkey.run({"TIME"}) == time);
  CHECK(valkey.run({"PTTL", "key"}).integer == 1);
}

TEST_CASE("active expiry removes within the time that is lived through, at the moment it would") {
  Emulator valkey;
  for (int i = 0; i < 500; ++i) valkey.run({"SETEX", "key:" + std::to_string(i), "60", "v"});
  const outlive::Time written = valkey.now();
  valkey.advance(59s);
  CHECK(expired_actively(valkey) == 0);
  valkey.advance(1h);
  CHECK(expired_actively(valkey) == 500);
  for (const Departure& departure : valkey.departures()) {
    CHECK(departure.reason == Departure::Reason::expired_actively);
    CHECK(departure.when >= written + 60s);
    CHECK(departure.when < written + 62s);
  }
}

TEST_CASE("after a jump what is due goes at the new time, however far it was") {
  Emulator valkey;
  valkey.run({"SETEX", "key", "60", "v"});
  const outlive::Time then = valkey.now() + std::chrono::hours{24 * 365 * 50};
  valkey.set_time(then);
  REQUIRE(valkey.departures().size() == 1);
  CHECK(valkey.departures().front().when == then);
  valkey.set_time(outlive::Time{1s});
  CHECK(valkey.run({"TIME"}).elements.at(0).text == "1");
  valkey.run({"SETEX", "late", "1", "v"});
  valkey.advance(10s);
  CHECK(valkey.departures().back().key == "late");
}

TEST_CASE("LFU counters decay, and LRU idle times grow, by the clock that was moved") {
  Emulator valkey{{.directives = {{"maxmemory-policy", "allkeys-lfu"}, {"lfu-decay-time", "10"}}}};
  valkey.run({"SET", "key", "value"});
  valkey.advance(25min);
  CHECK(valkey.run({"OBJECT", "FREQ", "key"}).integer == 3);
  valkey.run({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  valkey.run({"SET", "key", "value"});
  valkey.advance(1h);
  CHECK(valkey.run({"OBJECT", "IDLETIME", "key"}).integer == 3600);
}

TEST_CASE("a blocked client is answered when the clock has gone far enough") {
  Emulator valkey;
  auto client = valkey.connect();
  CHECK(client.run({"WAIT", "1", "5000"}).is_null());
  CHECK(client.run({"PING"}).text.starts_with("ERR this connection waits"));
  valkey.advance(4999ms);
  CHECK(client.take_pushed().empty());
  valkey.advance(1ms);
  const std::vector<Reply> late = client.take_pushed();
  REQUIRE(late.size() == 1);
  CHECK(late[0].integer == 0);
  CHECK(client.run({"PING"}).text == "PONG");
}

TEST_CASE("a paused client's command runs when the pause is over, and not before") {
  Emulator valkey;
  auto client = valkey.connect();
  valkey.run({"SET", "key", "old", "PX", "100"});
  valkey.run({"CLIENT", "PAUSE", "1000", "WRITE"});
  CHECK(client.run({"SET", "key", "new"}).is_null());
  valkey.advance(900ms);
  CHECK(valkey.run({"EXISTS", "key"}).integer == 0);
  CHECK(valkey.departures().empty());  // a pause hides what has expired, and removes nothing
  valkey.advance(200ms);
  CHECK(client.take_pushed().at(0).is_ok());
  CHECK(valkey.run({"GET", "key"}).text == "new");
}

TEST_CASE("a clock may be let run, and frozen again") {
  Emulator valkey{{.virtual_time = false}};
  valkey.freeze();
  const outlive::Time at = valkey.now();
  CHECK(valkey.now() == at);
  valkey.advance(1h);
  CHECK(valkey.now() == at + 1h);
  valkey.resume();
  CHECK(valkey.now() >= at + 1h);
  CHECK_THROWS_AS(valkey.advance(1h), outlive::UserError);
  CHECK(valkey.run({"OUTLIVE", "CLOCK", "SYSTEM"}).is_ok());
  CHECK(valkey.now() < at + 1h);
}

TEST_CASE("OUTLIVE CLOCK refuses what is no time") {
  Emulator valkey;
  for (const char* bad : {"-1", "soon", "253402300800000"}) {
    CHECK(valkey.run({"OUTLIVE", "CLOCK", "SET", bad}).text ==
          "ERR the time is not an integer or out of range");
  }
  CHECK(valkey.run({"OUTLIVE", "CLOCK", "ADVANCE", "253402300799999"}).is_error());
  CHECK(valkey.run({"OUTLIVE", "CLOCK", "ADVANCE"}).text == "ERR syntax error");
  CHECK(valkey.run({"OUTLIVE", "CLOCK", "STOP"}).text == "ERR syntax error");
}

TEST_CASE("by the system's clock a command that waits is waited for") {
  Emulator valkey{{.virtual_time = false}};
  CHECK(valkey.run({"WAIT", "1", "10"}).integer == 0);
}

TEST_CASE("a long eviction takes time, and stands still with the clock between commands") {
  Emulator valkey{{.directives = {{"maxmemory-policy", "allkeys-random"}}}};
  for (int i = 0; i < 3000; ++i) valkey.run({"SET", "key:" + std::to_string(i), "v"});
  valkey.run({"CONFIG", "SET", "maxmemory", "1"});
  const auto evicted = [&] { return valkey.departures().size(); };
  CHECK(evicted() == 0);
  valkey.advance(1us);  // a round is 500 us and the rest of 16 keys, at one a microsecond
  CHECK(evicted() == 512);
  valkey.advance(511us);
  CHECK(evicted() == 512);
  valkey.advance(1us);
  CHECK(evicted() == 1024);
  valkey.run({"PING"});
  CHECK(evicted() == 1536);
  valkey.advance(1s);
  CHECK(evicted() == 3000);
}

TEST_CASE("a clock that is set back while keys are being evicted holds no eviction up") {
  Emulator valkey{{.directives = {{"maxmemory-policy", "allkeys-random"}}}};
  for (int i = 0; i < 3000; ++i) valkey.run({"SET", "key:" + std::to_string(i), "v"});
  valkey.run({"CONFIG", "SET", "maxmemory", "1"});
  valkey.set_time(outlive::Time{1s});
  valkey.advance(1s);
  CHECK(valkey.departures().size() == 3000);
}
