#include "play/node.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "target/embedded.hpp"

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

constexpr Time start{1'000'000s};

// A server with one gateway's link to it.
struct Bench {
  Answer ask(std::initializer_list<std::string_view> words) { return link.run(words); }
  bool has(std::string_view key) { return node.server().run({"EXISTS", key}).text == "1"; }

  Node node{std::make_unique<EmbeddedTarget>(Instance{}, start, 1), Random{1}};
  Link link{node, 0};
};

Event event_of(EventKind kind) {
  Event event;
  event.kind = kind;
  event.lasting = 10s;
  return event;
}

TEST_CASE("nobody reaches a server in an outage, and it loses nothing") {
  Bench bench;
  REQUIRE_FALSE(bench.ask({"SET", "k", "v"}).is_error());
  const Event outage = event_of(EventKind::outage);
  bench.node.begin(outage, start);
  CHECK(bench.ask({"GET", "k"}).text == "timed out");
  CHECK(bench.node.take_wait() == 500ms);
  bench.node.end(outage, start + 10s);
  CHECK(bench.ask({"GET", "k"}).text == "v");
  CHECK(bench.node.take_wait() == 0s);
}

TEST_CASE("a server that is down refuses, and comes back empty") {
  Bench bench;
  bench.ask({"SET", "k", "v"});
  const Event restart = event_of(EventKind::restart);
  bench.node.begin(restart, start);
  CHECK_FALSE(bench.node.runs());
  CHECK(bench.ask({"GET", "k"}).text == "connection refused");
  bench.node.end(restart, start + 10s);
  CHECK(bench.node.runs());
  CHECK(bench.ask({"GET", "k"}).is_null());
}

TEST_CASE("a restart in good order saves at its end, a crash loads what was saved before") {
  for (const EventKind kind : {EventKind::restart, EventKind::crash}) {
    CAPTURE(to_string(kind));
    Bench bench;
    bench.ask({"SET", "early", "v", "EX", "3600"});
    bench.node.save();
    bench.ask({"SET", "late", "v"});
    Event event = event_of(kind);
    event.persistent = true;
    event.lasting = 0s;
    bench.node.begin(event, start + 60s);
    CHECK(bench.ask({"TTL", "early"}).text == "3540");
    CHECK(bench.has("late") == (kind == EventKind::restart));
  }
}

TEST_CASE("two events that keep a server down are both waited for") {
  Bench bench;
  const Event first = event_of(EventKind::restart), second = event_of(EventKind::failover);
  bench.node.begin(first, start);
  bench.node.begin(second, start + 5s);
  bench.node.end(first, start + 10s);
  CHECK_FALSE(bench.node.runs());
  bench.node.end(second, start + 15s);
  CHECK(bench.node.runs());
}

TEST_CASE("a slow reply is waited for, and one that is too slow is for nobody") {
  Bench bench;
  Event slow = event_of(EventKind::slow);
  slow.by = 200ms;
  bench.node.begin(slow, start);
  CHECK_FALSE(bench.ask({"SET", "a", "v"}).is_error());
  CHECK(bench.node.take_wait() == 200ms);
  bench.node.end(slow, start);
  slow.by = 2s;
  bench.node.begin(slow, start);
  CHECK(bench.ask({"SET", "b", "v"}).text == "timed out");
  CHECK(bench.node.take_wait() == 500ms);
  CHECK(bench.node.done_unheard());
  CHECK(bench.has("b"));
}

TEST_CASE("of commands whose connection breaks, half have been carried out") {
  Bench bench;
  Event drop = event_of(EventKind::drop);
  bench.node.begin(drop, start);
  int done = 0;
  for (int i = 0; i < 1'000; ++i) {
    const std::string key = std::to_string(i);
    CHECK(bench.ask({"SET", key, "v"}).text == "broken pipe");
    CHECK(bench.has(key) == bench.node.done_unheard());
    done += bench.node.done_unheard();
  }
  CHECK(done > 400);
  CHECK(done < 600);
}

TEST_CASE("a fault hits the commands and keys that it names, and they are not carried out") {
  Bench bench;
  Event fault = event_of(EventKind::fault);
  fault.command = "setex";
  fault.keys = "cache:*";
  fault.error = "LOADING soon";
  bench.node.begin(fault, start);
  CHECK(bench.ask({"SETEX", "cache:1", "9", "v"}).text == "LOADING soon");
  CHECK_FALSE(bench.has("cache:1"));
  CHECK_FALSE(bench.ask({"SETEX", "other", "9", "v"}).is_error());
  CHECK_FALSE(bench.ask({"SET", "cache:1", "v"}).is_error());
}

TEST_CASE("a fault names a bucket by its key, though FCALL leaves the prefix out") {
  Bench bench;
  Event fault = event_of(EventKind::fault);
  fault.keys = "tensorzero_ratelimit:*";
  fault.error = "LOADING soon";
  bench.node.begin(fault, start);
  CHECK(bench.ask({"FCALL", "f", "1", "anything"}).text == "LOADING soon");
  CHECK(bench.ask({"GET", "anything"}).is_null());
}

TEST_CASE("a share of the commands is hit, the same ones with the same chance") {
  Event fault = event_of(EventKind::fault);
  fault.share = 0.25;
  fault.error = "LOADING soon";
  const auto hits = [&fault] {
    Bench bench;
    bench.node.begin(fault, start);
    std::string all;
    for (int i = 0; i < 1'000; ++i) all += bench.ask({"GET", "k"}).is_error() ? 'x' : '.';
    return all;
  };
  const std::string first = hits();
  CHECK(hits() == first);
  const auto hit = std::ranges::count(first, 'x');
  CHECK(hit > 200);
  CHECK(hit < 300);
}

TEST_CASE("links of one server may speak to different databases") {
  Bench bench;
  Link other{bench.node, 5};
  bench.ask({"SET", "k", "first"});
  other.run({"SET", "k", "other"});
  CHECK(bench.ask({"GET", "k"}).text == "first");
  CHECK(other.run({"GET", "k"}).text == "other");
  CHECK(bench.node.server().databases() == std::vector{0, 5});
}

}  // namespace
}  // namespace outlive::harness
