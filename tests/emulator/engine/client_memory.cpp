#include "engine/client_memory.hpp"

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <string>

#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;
using namespace std::chrono_literals;

// The figures are those of Valkey 8.1.1, Debian's build, by CLIENT LIST.

TEST_CASE("an idle client's reply buffer shrinks to a kilobyte") {
  TestEngine engine;
  Session& client = engine.open();
  CHECK(client_memory(client, profile_default).total == 640 + 16384);
  const std::int64_t busy = engine.used();
  engine.advance(1s);
  CHECK(client.reply_buffer.size() == 1024);
  CHECK(client_memory(client, profile_default).total == 640 + 1024);
  CHECK(engine.used() == busy - 2 * 15360);
}

TEST_CASE("a buffer that is filled to the brim doubles") {
  TestEngine engine;
  engine.run({"SET", "k", std::string(2000, 'v')});
  engine.advance(6s);
  Session& client = engine.session();
  CHECK(client.reply_buffer.size() == 1024);
  engine.run({"GET", "k"});
  engine.advance(100ms);
  CHECK(client.reply_buffer.size() == 2048);
}

TEST_CASE("a request in pieces gets a buffer of its own, which goes when the client idles") {
  TestEngine engine;
  engine.advance(1s);
  Session& client = engine.session();
  engine.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$10\r\nabc");
  const ClientMemory partial = client_memory(client, profile_default);
  CHECK(partial.query_buffer == 3);
  CHECK(partial.query_buffer_free == 20471);
  CHECK(partial.arguments == 4);
  engine.send("defghij\r\n");
  CHECK(client_memory(client, profile_default).query_buffer_free == 20474);
  engine.advance(4s);
  CHECK(client_memory(client, profile_default).query_buffer_free == 0);
  CHECK(client_memory(client, profile_default).total == 640 + 1024);
}

TEST_CASE("a pipeline gets a buffer of its own before its first command runs") {
  TestEngine engine;
  engine.advance(1s);
  const std::int64_t before = engine.used();
  engine.send("PING\r\n");
  CHECK(client_memory(engine.session(), profile_default).query_buffer_free == 0);
  engine.send("PING\r\nPING\r\n");
  CHECK(client_memory(engine.session(), profile_default).query_buffer == 0);
  CHECK(client_memory(engine.session(), profile_default).query_buffer_free == 20474);
  CHECK(engine.used() == before + 20480);
  engine.advance(4s);
  CHECK(engine.used() == before);
}

TEST_CASE("while a pipeline runs, all of it is in the buffer") {
  TestEngine engine;
  const std::string pipeline = "PING\r\nCLIENT INFO\r\nCLIENT INFO\r\n";
  const std::string told = "qbuf=" + std::to_string(pipeline.size()) + " qbuf-free=";
  for (const char* again : {"in the shared buffer", "in its own"}) {
    INFO(again);
    const std::string said = engine.send(pipeline);
    CHECK(said.find(told) != std::string::npos);
    CHECK(said.find(told) != said.rfind(told));
  }
}

TEST_CASE("a big argument leaves a buffer of its size behind") {
  TestEngine engine;
  const std::int64_t before = engine.used();
  engine.run({"ECHO", std::string(100'000, 'x')});
  CHECK(client_memory(engine.session(), profile_default).query_buffer_free == 114678);
  CHECK(engine.used() - before >= 114'688);
}

TEST_CASE("what waits for EXEC is weighed, and forgotten with DISCARD") {
  TestEngine engine;
  engine.advance(1s);
  const std::int64_t before = engine.used();
  engine.run({"MULTI"});
  engine.run({"SET", "k", std::string(100, 'v')});
  CHECK(client_memory(engine.session(), profile_default).queued == 128);
  CHECK(client_memory(engine.session(), profile_default).total == 640 + 1024 + 128 + 2 * 24);
  const std::int64_t queued = engine.used();
  CHECK(queued > before);
  engine.run({"DISCARD"});
  CHECK(client_memory(engine.session(), profile_default).queued == 0);
  CHECK(engine.used() < queued);
}

TEST_CASE("unread replies fill blocks until the client is cut off") {
  TestEngine engine;
  engine.run({"SET", "k", std::string(40'000, 'v')});
  engine.engine.options.output_normal.hard = 100'000;
  Session& idler = engine.open();
  const std::string get = "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
  const std::int64_t before = engine.used();
  engine.engine.receive(idler, get + get, engine.engine.now());
  CHECK(client_memory(idler, profile_default).reply_blocks == 2);
  CHECK(engine.used() - before > 60'000);
  engine.engine.receive(idler, get + get, engine.engine.now());
  CHECK(idler.closed);
  CHECK(engine.engine.stats.output_buffer_limit_disconnections == 1);
  CHECK(engine.used() < before);
}

TEST_CASE("maxmemory-clients ends the largest clients first") {
  TestEngine engine;
  Session& small = engine.open();
  Session& large = engine.open();
  Session& spared = engine.open();
  CHECK(engine.run_on(spared, {"CLIENT", "NO-EVICT", "ON"}) == "+OK\r\n");
  // What is neither ON nor OFF changes nothing.
  CHECK(engine.run_on(spared, {"CLIENT", "NO-EVICT", "maybe"}) == "-ERR syntax error\r\n");
  CHECK(engine.run({"CONFIG", "SET", "maxmemory-clients", "1mb"}) == "+OK\r\n");
  const auto announce = [&](Session& client, std::size_t size) {
    engine.send_on(client, "*1\r\n$" + std::to_string(size) + "\r\nv");
  };
  announce(small, 200'000);
  announce(spared, 500'000);
  announce(large, 900'000);
  engine.engine.evict_clients();
  CHECK(large.closed);
  CHECK_FALSE(small.closed);
  CHECK_FALSE(spared.closed);
  CHECK(engine.engine.stats.evicted_clients == 1);
}

TEST_CASE("what clients take goes with them, whatever they did") {
  TestEngine engine;
  const auto round = [&engine] {
    std::vector<Session*> crowd;
    for (int i = 0; i < 40; ++i) {
      Session& client = engine.open();
      crowd.push_back(&client);
      const std::string mine = "own:" + std::to_string(i);
      engine.run_on(client, {"HELLO", "3", "SETNAME", mine});
      engine.run_on(client, {"CLIENT", "SETINFO", "lib-name", "library"});
      engine.run_on(client, {"WATCH", "common", mine});
      engine.run_on(client, {"SUBSCRIBE", "common", mine});
      engine.run_on(client, {"PSUBSCRIBE", "common*", mine});
      if (i % 2 == 0) {
        engine.run_on(client, {"CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", mine, "PREFIX", "c"});
      }
      engine.run_on(client, {"MULTI"});
      engine.run_on(client, {"SET", mine, std::string(100, 'v')});
    }
    for (Session* client : crowd) engine.engine.close(*client);
    return engine.used();
  };
  // The first round makes what stays: tables of watched keys and of channels, tracking's trees.
  const std::int64_t after_one = round();
  CHECK(round() == after_one);
  CHECK(round() == after_one);
}

TEST_CASE("a table that was emptied gets its first bucket from the cron") {
  TestEngine engine;
  engine.run({"SET", "key", "value", "EX", "100"});
  engine.advance(2s);
  const std::int64_t with_buckets = engine.used();
  engine.run({"FLUSHALL", "SYNC"});
  const std::int64_t without = engine.used();
  engine.advance(200ms);
  CHECK(engine.used() == without + 2 * 64);
  engine.run({"SET", "key", "value", "EX", "100"});
  CHECK(engine.used() == with_buckets);
}

TEST_CASE("min-string-size-avoid-copy-reply says which strings a reply only refers to") {
  TestEngine engine{{.profile = "valkey-9.1"}};
  engine.run({"SET", "k", std::string(20'000, 'v')});
  const Profile& profile = *find_profile("valkey-9.1");
  const auto copied = [&](std::string_view least) {
    engine.run({"CONFIG", "SET", "min-string-size-avoid-copy-reply", least});
    engine.run({"GET", "k"});
    return client_memory(engine.session(), profile).output > 0;
  };
  CHECK(!copied("16384"));
  CHECK(copied("20001"));
  CHECK(!copied("20000"));
  CHECK(copied("0"));
}
