#include "engine/tracking.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;

namespace {

std::string invalidated(std::string_view key) {
  std::string bytes;
  ReplyWriter push(bytes, Protocol::resp3);
  push.push(2);
  push.bulk("invalidate");
  push.array(1);
  push.bulk(key);
  return bytes;
}

// A client in RESP3 that tracks what it reads, or as it says.
Session& tracking_client(TestEngine& engine, std::initializer_list<std::string_view> words = {
                                                 "CLIENT", "TRACKING", "ON"}) {
  Session& client = engine.open();
  engine.run_on(client, {"HELLO", "3"});
  CHECK(engine.run_on(client, words) == "+OK\r\n");
  return client;
}

}  // namespace

TEST_CASE("a client that is about to be hung up on hears of no more changes") {
  TestEngine engine;
  Session& client = tracking_client(engine, {"CLIENT", "TRACKING", "ON", "BCAST"});
  CHECK(engine.send_on(client, "SET key 1\r\n") == "+OK\r\n" + invalidated("key"));
  CHECK(engine.send_on(client, "SET key 2\r\nCLIENT KILL SKIPME no USER default\r\n") ==
        "+OK\r\n:2\r\n");
}

TEST_CASE("a client hears once of a change to a key that it has read") {
  TestEngine engine;
  Session& reader = tracking_client(engine);
  engine.run({"SET", "seen", "1"});
  engine.run_on(reader, {"GET", "seen"});
  engine.run({"SET", "other", "1"});
  CHECK(engine.take(reader).empty());
  engine.run({"SET", "seen", "2"});
  engine.run({"SET", "seen", "3"});
  CHECK(engine.take(reader) == invalidated("seen"));
}

TEST_CASE("keys that expire or are evicted are told, too") {
  TestEngine engine{{.policy = "allkeys-random"}};
  Session& reader = tracking_client(engine);
  engine.run({"SET", "brief", "1", "PX", "10"});
  engine.run_on(reader, {"GET", "brief"});
  SECTION("when the clock runs out") {
    engine.advance(std::chrono::seconds{1});
    CHECK(engine.take(reader) == invalidated("brief"));
  }
  SECTION("when memory is full") {
    engine.set_maxmemory(1);
    engine.run({"PING"});
    CHECK(engine.take(reader) == invalidated("brief"));
  }
}

TEST_CASE("FLUSHALL tells every tracking client that all is gone") {
  TestEngine engine;
  Session& reader = tracking_client(engine);
  engine.run({"FLUSHALL"});
  CHECK(engine.take(reader) == ">2\r\n$10\r\ninvalidate\r\n_\r\n");
  CHECK(engine.engine.tracking.keys() == 0);
}

TEST_CASE("a client's own change is told after the reply, and not at all with NOLOOP") {
  TestEngine engine;
  SECTION("as it is") {
    Session& reader = tracking_client(engine);
    engine.run_on(reader, {"GET", "k"});
    CHECK(engine.run_on(reader, {"SET", "k", "1"}) == "+OK\r\n" + invalidated("k"));
  }
  SECTION("NOLOOP") {
    Session& reader = tracking_client(engine, {"CLIENT", "TRACKING", "ON", "NOLOOP"});
    engine.run_on(reader, {"GET", "k"});
    CHECK(engine.run_on(reader, {"SET", "k", "1"}) == "+OK\r\n");
  }
}

TEST_CASE("with OPTIN only what follows CLIENT CACHING YES is remembered") {
  TestEngine engine;
  Session& reader = tracking_client(engine, {"CLIENT", "TRACKING", "ON", "OPTIN"});
  engine.run_on(reader, {"GET", "a"});
  engine.run_on(reader, {"CLIENT", "CACHING", "YES"});
  engine.run_on(reader, {"GET", "b"});
  engine.run_on(reader, {"GET", "c"});
  engine.run({"MSET", "a", "1", "b", "1", "c", "1"});
  CHECK(engine.take(reader) == invalidated("b"));
}

TEST_CASE("with BCAST the keys of a prefix are told together, unread as they are") {
  TestEngine engine;
  Session& listener =
      tracking_client(engine, {"CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "user:"});
  engine.run({"MSET", "user:2", "x", "item:1", "x", "user:1", "x"});
  CHECK(engine.take(listener) ==
        ">2\r\n$10\r\ninvalidate\r\n*2\r\n$6\r\nuser:1\r\n$6\r\nuser:2\r\n");
  CHECK(engine.run_on(listener, {"CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", "user:7"}) ==
        "-ERR Prefix 'user:7' overlaps with an existing prefix 'user:'. Prefixes for a single "
        "client must not overlap.\r\n");
}

TEST_CASE("in RESP2 the messages go to the subscribed client that was named") {
  TestEngine engine;
  Session& subscriber = engine.open();
  engine.run_on(subscriber, {"SUBSCRIBE", "__redis__:invalidate"});
  const std::string id = std::to_string(subscriber.id);
  engine.run({"CLIENT", "TRACKING", "ON", "REDIRECT", id});
  engine.run({"GET", "k"});
  engine.run({"SET", "k", "1"});
  CHECK(engine.take(subscriber) ==
        "*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n*1\r\n$1\r\nk\r\n");
  SECTION("once that client is gone the redirection is broken") {
    engine.run({"GET", "k"});
    engine.engine.close(subscriber);
    engine.run({"SET", "k", "2"});
    CHECK(engine.run({"CLIENT", "TRACKINGINFO"}).find("broken_redirect") != std::string::npos);
  }
}

TEST_CASE("tracking-table-max-keys is held, and the readers of what it costs are told") {
  TestEngine engine;
  engine.engine.options.tracking_table_max_keys = 10;
  Session& reader = tracking_client(engine);
  for (int i = 0; i < 30; ++i) engine.run_on(reader, {"GET", "k" + std::to_string(i)});
  engine.take(reader);
  engine.run({"PING"});
  CHECK(engine.engine.tracking.keys() == 10);
}

TEST_CASE("what the messages to tracking clients take does not evict further keys") {
  TestEngine engine{{.policy = "allkeys-lru"}};
  engine.engine.options.latency_tracking = false;
  Session& reader = tracking_client(engine);
  constexpr int keys = 300;
  for (int i = 0; i < keys; ++i) {
    const std::string key = std::to_string(i) + std::string(1000, 'x');
    engine.run({"SET", key, "v"});
    engine.run_on(reader, {"GET", key});
  }
  engine.advance(std::chrono::seconds{6});
  // The reader does not read: some twenty messages of a kilobyte overflow its buffer.
  engine.engine.options.eviction.tenacity = 100;
  engine.set_maxmemory(engine.used() - 25'000);
  engine.run({"PING"});
  const auto evicted = engine.engine.keyspace.stats.evicted;
  CHECK(evicted >= 15);
  CHECK(evicted <= 30);
}

TEST_CASE("remembered keys weigh until they are told of or flushed") {
  TestEngine engine;
  engine.engine.options.latency_tracking = false;
  Session& reader = tracking_client(engine);
  Session& other = tracking_client(engine);
  const std::int64_t before = engine.used();
  engine.run_on(reader, {"GET", "a"});
  engine.run_on(other, {"GET", "a"});
  engine.run_on(reader, {"GET", "b"});
  // A tree for the keys, which now has two letters, and a tree of readers for each of them.
  constexpr std::int64_t keys_tree = 40;
  constexpr std::int64_t two_readers = 128;
  constexpr std::int64_t one_reader = 64;
  CHECK(engine.used() - before == keys_tree + two_readers + one_reader);
  engine.run({"DEL", "a"});
  engine.run({"FLUSHALL", "SYNC"});
  CHECK(engine.engine.tracking.keys() == 0);
  CHECK(engine.used() == before);
}

TEST_CASE("what a client read that is gone is forgotten when it changes") {
  TestEngine engine;
  Session& reader = tracking_client(engine);
  engine.run({"SET", "seen", "1"});
  engine.run_on(reader, {"GET", "seen"});
  engine.run_on(reader, {"QUIT"});
  engine.engine.close(reader);
  CHECK(engine.engine.tracking.keys() == 1);
  engine.run({"SET", "seen", "2"});
  CHECK(engine.engine.tracking.keys() == 0);
}
