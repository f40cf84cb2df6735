// The front door for C++, and the emulator's own commands behind it.
#include "outlive/emulator.hpp"

#include <asio/connect.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <thread>
#include <vector>

using outlive::Departure;
using outlive::Emulator;
using namespace std::chrono_literals;

namespace {

// A blocking client on a socket, for replies of one line.
class Client {
 public:
  explicit Client(int port) : socket_(io_) {
    socket_.connect({asio::ip::make_address("127.0.0.1"), static_cast<unsigned short>(port)});
  }
  std::string ask(const std::string& line) {
    asio::write(socket_, asio::buffer(line + "\r\n"));
    return read();
  }
  std::string read() {
    const std::size_t size = asio::read_until(socket_, asio::dynamic_buffer(in_), "\r\n");
    const std::string answer = in_.substr(0, size - 2);
    in_.erase(0, size);
    return answer;
  }

 private:
  asio::io_context io_;
  asio::ip::tcp::socket socket_;
  std::string in_;
};

// Fills an instance beyond its cap.
void overfill(Emulator& valkey) {
  const std::string value(500, 'v');
  for (int i = 0; i < 3000; ++i) valkey.run({"SETEX", "key:" + std::to_string(i), "1000", value});
}

Emulator::Options capped(std::uint64_t seed) {
  return {.directives = {{"maxmemory", "1900kb"}, {"maxmemory-policy", "volatile-ttl"}},
          .seed = seed};
}

std::vector<std::string> evicted(const Emulator& valkey) {
  std::vector<std::string> keys;
  for (const Departure& departure : valkey.departures()) {
    if (departure.reason == Departure::Reason::evicted) keys.push_back(departure.key);
  }
  return keys;
}

}  // namespace

TEST_CASE("an emulator answers without a socket, and its clock moves when it is moved") {
  Emulator valkey;
  CHECK(valkey.port() == 0);
  CHECK(valkey.run({"PING"}).text == "PONG");
  CHECK(valkey.run({"SET", "greeting", "hello", "EX", "60"}).is_ok());
  valkey.advance(59s);
  CHECK(valkey.run({"GET", "greeting"}).text == "hello");
  valkey.advance(2s);
  CHECK(valkey.run({"GET", "greeting"}).is_null());
}

TEST_CASE("the same seed and commands evict the same keys; another seed evicts others") {
  Emulator one(capped(7));
  Emulator same(capped(7));
  Emulator other(capped(8));
  for (Emulator* valkey : {&one, &same, &other}) overfill(*valkey);
  REQUIRE_FALSE(evicted(one).empty());
  const bool equal = evicted(one) == evicted(same);
  CHECK(equal);
  CHECK(one.digest() == same.digest());
  const bool differ = evicted(one) != evicted(other);
  CHECK(differ);
}

TEST_CASE("values of a lent text read, weigh and go as copies would") {
  const auto text = std::make_shared<const std::string>([] {
    std::string letters;
    while (letters.size() < 60'000) letters += std::to_string(letters.size()) + " sheep, ";
    return letters;
  }());
  const std::string before = *text;
  Emulator lent(capped(7));
  Emulator copying(capped(7));
  lent.lend(text);
  for (Emulator* valkey : {&lent, &copying}) {
    for (std::size_t i = 0; i < 3'000; ++i) {
      const std::string_view value = std::string_view{*text}.substr(i, i % 50 == 0 ? 13'000 : i);
      valkey->run({"SETEX", "key:" + std::to_string(i), "1000", value});
    }
    valkey->run({"APPEND", "key:2990", " and more"});
    valkey->run({"SETRANGE", "key:2991", "5", "wolf"});
    valkey->run({"SETBIT", "key:2992", "1", "0"});
    valkey->run({"COPY", "key:2993", "copy"});
    valkey->run({"SET", "key:2994", std::string_view{*text}.substr(7, 900), "KEEPTTL"});
  }
  REQUIRE_FALSE(evicted(lent).empty());
  const bool same_went = evicted(lent) == evicted(copying);
  CHECK(same_went);
  CHECK(lent.digest() == copying.digest());
  CHECK(lent.used_memory() == copying.used_memory());
  for (const std::string key : {"key:2990", "key:2991", "key:2994", "copy"}) {
    CHECK(lent.run({"GET", key}).text == copying.run({"GET", key}).text);
    CHECK(lent.run({"DUMP", key}).text == copying.run({"DUMP", key}).text);
    CHECK(lent.run({"MEMORY", "USAGE", key}).integer ==
          copying.run({"MEMORY", "USAGE", key}).integer);
  }
  CHECK(*text == before);
}

TEST_CASE("OUTLIVE SEED brings servers that began differently onto one path") {
  Emulator one(capped(1));
  Emulator other(capped(2));
  for (Emulator* valkey : {&one, &other}) {
    overfill(*valkey);
    CHECK(valkey->run({"OUTLIVE", "SEED", "7"})
              .text.starts_with("ERR a seed decides where keys are kept"));
    valkey->run({"FLUSHALL"});
    valkey->run({"OUTLIVE", "JOURNAL", "RESET"});
    CHECK(valkey->run({"OUTLIVE", "SEED", "7"}).is_ok());
    overfill(*valkey);
  }
  CHECK(one.seed() == 7);
  const bool equal = evicted(one) == evicted(other);
  CHECK(equal);
}

TEST_CASE("the clock follows OUTLIVE CLOCK, back too, and everything follows the clock") {
  Emulator valkey;
  valkey.run({"SET", "key", "value", "PX", "5000"});
  CHECK(valkey.run({"OUTLIVE", "CLOCK", "ADVANCE", "4999"}).is_ok());
  CHECK(valkey.run({"PTTL", "key"}).integer == 1);
  CHECK(valkey.run({"OUTLIVE", "CLOCK", "ADVANCE", "200"}).is_ok());
  // The cron came by on the way.
  REQUIRE(valkey.departures().size() == 1);
  CHECK(valkey.departures().back().reason == Departure::Reason::expired_actively);
  CHECK(valkey.run({"OUTLIVE", "CLOCK", "SET", "1000"}).is_ok());
  CHECK(valkey.run({"TIME"}).elements.at(0).text == "1");
  CHECK(valkey.now() == outlive::Time{1s});
  valkey.run({"SET", "late", "value", "PX", "100"});
  valkey.advance(10s);  // the cron goes on from the time that was set
  CHECK(valkey.departures().back().key == "late");
}

TEST_CASE("idle time and the LFU counter follow the clock") {
  Emulator lru({.directives = {{"maxmemory-policy", "allkeys-lru"}}});
  lru.run({"SET", "key", "value"});
  lru.advance(90s);
  CHECK(lru.run({"OBJECT", "IDLETIME", "key"}).integer == 90);
  Emulator lfu({.directives = {{"maxmemory-policy", "allkeys-lfu"}}});
  lfu.run({"SET", "key", "value"});
  CHECK(lfu.run({"OBJECT", "FREQ", "key"}).integer == 5);
  lfu.advance(3min);
  CHECK(lfu.run({"OBJECT", "FREQ", "key"}).integer == 2);
}

TEST_CASE("OUTLIVE EXPLAIN says why a key left") {
  Emulator valkey(capped(7));
  overfill(valkey);
  const std::string victim = evicted(valkey).front();
  const outlive::Reply why = valkey.run({"OUTLIVE", "EXPLAIN", victim});
  CHECK(why.elements.at(1).text == "evicted");
  CHECK(why.elements.at(3).text.starts_with("evicted by volatile-ttl to make room"));
  valkey.run({"SET", "gone", "1"});
  valkey.run({"DEL", "gone"});
  CHECK(valkey.run({"OUTLIVE", "EXPLAIN", "gone"})
            .elements.at(3)
            .text.starts_with("deleted by DEL of client"));
  valkey.run({"SET", "here", "1"});
  CHECK(valkey.run({"OUTLIVE", "EXPLAIN", "here"}).elements.at(3).text ==
        "volatile-ttl takes only keys with a TTL, and this one has none");
  CHECK(valkey.run({"OUTLIVE", "EXPLAIN", "never"}).elements.at(1).text == "unknown");
}

TEST_CASE("the journal is bounded, and off when told") {
  Emulator valkey({.journal_limit = 2});
  for (const char* key : {"a", "b", "c"}) {
    valkey.run({"SET", key, "1"});
    valkey.run({"DEL", key});
  }
  REQUIRE(valkey.departures().size() == 2);
  CHECK(valkey.departures().front().key == "b");
  CHECK(valkey.departures().back().sequence == 3);
  CHECK(valkey.run({"OUTLIVE", "JOURNAL", "LIMIT", "0"}).is_ok());
  CHECK(valkey.run({"OUTLIVE", "EVICTIONS"}).is_error());
}

TEST_CASE("with a port any client is served, beside calls from the process") {
  Emulator valkey({.port = 0});
  REQUIRE(valkey.port() != 0);
  Client client(valkey.port());
  CHECK(client.ask("PING") == "+PONG");
  valkey.run({"SET", "from", "inside", "EX", "10"});
  CHECK(client.ask("STRLEN from") == ":6");
  valkey.advance(11s);
  CHECK(client.ask("EXISTS from") == ":0");
  CHECK(client.ask("SUBSCRIBE news") == "*3");
  for (int line = 0; line < 5; ++line) client.read();
  CHECK(valkey.run({"PUBLISH", "news", "hello"}).integer == 1);
  CHECK(client.read() == "*3");
}

TEST_CASE("many threads may ask one emulator, and several emulators share a process") {
  Emulator quiet;
  Emulator loud({.port = 0});
  std::vector<std::thread> threads;
  for (Emulator* valkey : {&quiet, &loud}) {
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([valkey] {
        for (int n = 0; n < 200; ++n) valkey->run({"INCR", "counter"});
      });
    }
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(quiet.run({"GET", "counter"}).text == "800");
  CHECK(loud.run({"GET", "counter"}).text == "800");
}

TEST_CASE("by the system's clock time passes of itself and cannot be moved") {
  Emulator valkey({.virtual_time = false});
  CHECK(valkey.now() > outlive::Time{std::chrono::seconds{1'700'000'000}});
  CHECK_THROWS_AS(valkey.advance(1s), outlive::UserError);
}

TEST_CASE("a directive that Valkey would refuse, and a port that is taken, are told at once") {
  CHECK_THROWS_AS(Emulator({.directives = {{"maxmemory", "lots"}}}), outlive::UserError);
  Emulator first({.port = 0});
  CHECK_THROWS_AS(Emulator({.port = first.port()}), outlive::UserError);
}
