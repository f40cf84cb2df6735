// Why a key left: what the journal records at each door, and what EXPLAIN makes of it.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "outlive/emulator.hpp"

using outlive::Departure;
using outlive::Emulator;
using outlive::Reply;
using Reason = outlive::Departure::Reason;
using namespace std::chrono_literals;

namespace {

bool has_field(const Reply& reply, std::string_view name) {
  for (std::size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    if (reply.elements[i].text == name) return true;
  }
  return false;
}

// The value of a field in a reply of names and values.
const Reply& field(const Reply& reply, std::string_view name) {
  for (std::size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    if (reply.elements[i].text == name) return reply.elements[i + 1];
  }
  FAIL("no field " << name << " in " << to_string(reply));
  return reply;
}

Departure last(const Emulator& valkey) {
  const auto departures = valkey.departures();
  REQUIRE_FALSE(departures.empty());
  return departures.back();
}

void overfill(Emulator& valkey) {
  const std::string value(500, 'v');
  for (int i = 0; i < 3000; ++i) {
    valkey.run(
        {"SETEX", "key:" + std::to_string(i), std::to_string(1000 + i * 7919 % 3000), value});
  }
}

}  // namespace

TEST_CASE("each way out is recorded with the command that took it and its client") {
  struct Row {
    std::vector<std::string_view> command;
    Reason reason;
    std::string_view cause;
    bool touches = false;  // the command looked the key up first, which ends its idle time
  };
  const Row rows[] = {
      {{"DEL", "key"}, Reason::deleted, "del"},
      {{"UNLINK", "key"}, Reason::deleted, "unlink"},
      {{"GETDEL", "key"}, Reason::deleted, "getdel", true},
      // 8.1 tells of it as of an expiry (db.c, deleteExpiredKeyFromOverwriteAndPropagate).
      {{"EXPIRE", "key", "-1"}, Reason::expired_lazily, "expire", true},
      {{"SET", "key", "other"}, Reason::overwritten, "set", true},
      {{"MSET", "key", "other"}, Reason::overwritten, "mset", true},
      {{"RENAME", "key", "elsewhere"}, Reason::renamed, "rename", true},
      {{"MOVE", "key", "1"}, Reason::moved, "move", true},
      {{"FLUSHDB"}, Reason::flushed, "flushdb"},
      {{"FLUSHALL"}, Reason::flushed, "flushall"},
      {{"EVAL", "return redis.call('DEL', KEYS[1])", "1", "key"}, Reason::deleted, "del"}};
  for (const Row& row : rows) {
    Emulator valkey;
    auto client = valkey.connect();
    const auto id = client.run({"CLIENT", "ID"}).integer;
    valkey.run({"SETEX", "key", "100", "value"});
    valkey.advance(40s);
    INFO(row.command.front());
    client.run(row.command);
    const Departure departure = last(valkey);
    CHECK(departure.key == "key");
    CHECK(departure.reason == row.reason);
    CHECK(departure.cause == row.cause);
    CHECK(departure.client == static_cast<std::uint64_t>(id));
    CHECK(departure.when == valkey.now());
    CHECK(departure.ttl_ms == 60'000);
    CHECK(departure.idle_ms == (row.touches ? 0 : 40'000));
    CHECK(departure.size > 0);
  }
}

TEST_CASE("a key that nobody looks for expires actively, one that is looked for lazily") {
  Emulator valkey;
  valkey.run({"DEBUG", "SET-ACTIVE-EXPIRE", "0"});
  valkey.run({"SETEX", "lazy", "1", "v"});
  valkey.advance(10s);
  CHECK(valkey.departures().empty());
  // EXPLAIN looks past the door, so that it changes nothing.
  CHECK(valkey.explain("lazy") == "its TTL is over: it goes when it is looked for, or by the cron");
  CHECK(valkey.departures().empty());
  valkey.run({"GET", "lazy"});
  CHECK(last(valkey).reason == Reason::expired_lazily);
  CHECK(last(valkey).cause == "get");
  CHECK(valkey.explain("lazy").starts_with("expired: its TTL was over when GET of client"));
  valkey.run({"DEBUG", "SET-ACTIVE-EXPIRE", "1"});
  valkey.run({"SETEX", "active", "1", "v"});
  valkey.advance(10s);
  CHECK(last(valkey).reason == Reason::expired_actively);
  CHECK(last(valkey).client == 0);
}

TEST_CASE("an eviction names its policy, its score and the candidates that lost to it") {
  Emulator valkey{
      {.directives = {{"maxmemory", "1900kb"}, {"maxmemory-policy", "allkeys-lru"}}, .seed = 7}};
  const std::string value(500, 'v');
  for (int i = 0; i < 3000; ++i) {
    valkey.run({"SET", "key:" + std::to_string(i), value});
    valkey.advance(100ms);
  }
  std::size_t with_losers = 0;
  for (const Departure& departure : valkey.departures()) {
    REQUIRE(departure.reason == Reason::evicted);
    CHECK(departure.cause == "allkeys-lru");
    if (!departure.stale_score) CHECK(departure.score <= std::uint64_t(departure.idle_ms));
    for (const Departure::Candidate& loser : departure.lost_to_it) {
      CHECK(loser.score <= departure.score);
    }
    with_losers += departure.lost_to_it.empty() ? 0 : 1;
  }
  CHECK(with_losers > 10);
}

TEST_CASE("EXPLAIN gives a key that left and one that is still there") {
  Emulator valkey{
      {.directives = {{"maxmemory", "1900kb"}, {"maxmemory-policy", "volatile-ttl"}}, .seed = 7}};
  overfill(valkey);
  const Departure victim = last(valkey);
  const Reply gone = valkey.run({"OUTLIVE", "EXPLAIN", victim.key});
  CHECK(field(gone, "state").text == "evicted");
  CHECK(field(gone, "cause").text == "volatile-ttl");
  CHECK(field(gone, "sequence").integer == static_cast<std::int64_t>(victim.sequence));
  CHECK(field(gone, "score").text == std::to_string(victim.score));
  CHECK(field(gone, "lost_to_it").elements.size() == victim.lost_to_it.size());
  REQUIRE_FALSE(victim.lost_to_it.empty());

  // Once below the cap, asking does not evict. The best candidates that are still there:
  valkey.run({"CONFIG", "SET", "maxmemory", "100mb"});
  std::string candidate;
  for (const auto& loser : victim.lost_to_it) {
    const Reply told = valkey.run({"OUTLIVE", "EXPLAIN", loser.key});
    if (has_field(told, "pooled_score")) candidate = loser.key;
  }
  REQUIRE_FALSE(candidate.empty());
  const Reply here = valkey.run({"OUTLIVE", "EXPLAIN", candidate});
  CHECK(field(here, "state").text == "resident");
  CHECK(field(here, "why").text == "volatile-ttl may take it");
  CHECK(field(here, "pooled_score").text == field(here, "score").text);
  // Renewed, it still goes by the score that it had when it was sampled.
  valkey.run({"EXPIRE", candidate, "100000"});
  const Reply renewed = valkey.run({"OUTLIVE", "EXPLAIN", candidate});
  CHECK(field(renewed, "pooled_score").text != field(renewed, "score").text);
}

TEST_CASE("OUTLIVE EVICTIONS gives the last ones, OUTLIVE JOURNAL GET all from one on") {
  Emulator valkey{
      {.directives = {{"maxmemory", "1900kb"}, {"maxmemory-policy", "volatile-ttl"}}, .seed = 7}};
  overfill(valkey);
  valkey.run({"SET", "plain", "1"});
  valkey.run({"DEL", "plain"});
  const Reply evictions = valkey.run({"OUTLIVE", "EVICTIONS", "3"});
  REQUIRE(evictions.elements.size() == 3);
  auto departures = valkey.departures();
  std::erase_if(departures, [](const auto& gone) { return gone.reason != Reason::evicted; });
  CHECK(field(evictions.elements[0], "key").text == departures.back().key);
  CHECK(valkey.run({"OUTLIVE", "EVICTIONS"}).elements.size() == 10);
  const Reply from = valkey.run({"OUTLIVE", "JOURNAL", "GET", "5", "2"});
  REQUIRE(from.elements.size() == 2);
  CHECK(field(from.elements[0], "sequence").integer == 5);
  CHECK(field(from.elements[1], "sequence").integer == 6);
  CHECK(valkey.run({"OUTLIVE", "EVICTIONS", "0"}).is_error());
  CHECK(valkey.run({"OUTLIVE", "EVICTIONS", "1", "2"}).is_error());
}

TEST_CASE("with the journal off nothing is kept, and the same keys leave") {
  const auto play = [](std::size_t limit) {
    Emulator valkey{{.directives = {{"maxmemory", "1900kb"}, {"maxmemory-policy", "volatile-ttl"}},
                     .seed = 7,
                     .journal_limit = limit}};
    overfill(valkey);
    CHECK(valkey.departures().size() <= limit);
    return valkey.digest();
  };
  CHECK(play(0) == play(100'000));
  CHECK(play(0) == play(3));
}

TEST_CASE("a listener hears of each departure while it is set") {
  Emulator valkey{{.journal_limit = 0}};
  std::vector<std::string> heard;
  valkey.on_departure([&](const Departure& departure) { heard.push_back(departure.key); });
  valkey.run({"MSET", "a", "1", "b", "2"});
  valkey.run({"DEL", "a", "b"});
  valkey.on_departure({});
  valkey.run({"MSET", "c", "1"});
  valkey.run({"DEL", "c"});
  CHECK(heard == std::vector<std::string>{"a", "b"});
}
