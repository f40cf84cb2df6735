#include "doctor/gentle_client.hpp"

#include <catch2/catch_test_macros.hpp>

#include "outlive/emulator.hpp"

using namespace outlive;
using namespace outlive::harness;

namespace {

// A client of an emulator on a socket, by a clock that only sleeping moves.
struct Fixture {
  Emulator valkey{{.port = 0}};
  std::int64_t now_us = 0;

  GentleClient client(double commands_per_second) {
    std::string why;
    auto connection = Connection::open({.port = valkey.port()}, why);
    REQUIRE(connection);
    return {std::move(connection),
            commands_per_second,
            {[this] { return now_us; }, [this](Span span) { now_us += span.count(); }}};
  }
};

}  // namespace

TEST_CASE("only commands that read are gentle") {
  CHECK(is_gentle({"INFO"}));
  CHECK(is_gentle({"CONFIG", "GET", "maxmemory"}));
  CHECK(is_gentle({"OBJECT", "IDLETIME", "k"}));
  for (const char* name : {"SET", "DEL", "EXPIRE", "FLUSHALL", "EVAL", "GET", "KEYS", "MONITOR"}) {
    CAPTURE(name);
    CHECK_FALSE(is_gentle({name, "k"}));
  }
  CHECK_FALSE(is_gentle({"CONFIG", "SET", "maxmemory", "1"}));
  CHECK_FALSE(is_gentle({"MEMORY", "PURGE"}));
  CHECK_FALSE(is_gentle({"CONFIG"}));
  CHECK_FALSE(is_gentle({}));
}

TEST_CASE("no more commands are sent a second than were allowed") {
  Fixture fixture;
  GentleClient client = fixture.client(100);
  for (int i = 0; i < 50; ++i) client.ask({"INFO", "server"});
  CHECK(fixture.now_us == 490'000);  // the first at once
  client.ask_all(std::vector<GentleClient::Words>(10, {"INFO", "server"}));
  client.ask({"INFO", "server"});
  CHECK(fixture.now_us == 600'000);
  CHECK(client.sent() == 61);
}
