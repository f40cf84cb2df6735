#include "play/neighbour.hpp"

#include <catch2/catch_test_macros.hpp>

#include "play/player.hpp"
#include "support/scenarios.hpp"
#include "support/test_folder.hpp"

namespace outlive::harness {
namespace {

// A scenario of one hour without a gateway.
Scenario scenario_of(std::string_view traffic, std::string_view check = "a:*") {
  return parsed("title = \"t\"\nduration = \"1h\"\n[[instance]]\nname = \"valkey\"\n" +
                std::string{traffic} + "\n[[check]]\nkind = \"never-evicted\"\nkeys = \"" +
                std::string{check} +
                "\"\n[[check]]\nkind = \"ttl\"\nkeys = \"a:*\"\nat_most = \"1h\"\n");
}

std::string commands(std::string_view words) {
  return "[[traffic]]\nkind = \"commands\"\ninstance = \"valkey\"\nrate = \"2/s\"\nkeys = 200\n" +
         std::string{words} + "\n";
}

Observations played(const Scenario& scenario) {
  return play(scenario, TargetKind{"embedded"}, {.seed = 1});
}

const PatternTally& tally_of(const Observations& seen, const std::string& pattern) {
  return seen.instances.at(0).patterns.at(seen.place_of(pattern));
}

const OperationTally& commands_of(const Observations& seen) {
  return seen.instances.at(0).operations[static_cast<std::size_t>(Operation::command)];
}

TEST_CASE("keys that commands write and delete are in the books like any other") {
  const Observations seen =
      played(scenario_of(commands("commands = ['SET a:{key} {value}', 'DEL a:{key} a:{key+1}', "
                                  "'GET a:{key}', 'RENAMENX a:{key} a:0']")));
  const PatternTally& keys = tally_of(seen, "a:*");
  CHECK(keys.written > 190);
  CHECK(keys.written <= 200);
  CHECK(keys.removed > 1'000);
  CHECK(keys.resident > 20);
  CHECK(keys.resident == keys.found);
  CHECK(keys.vanished == 0);
  CHECK(keys.ttl.without == keys.ttl.asked);
  CHECK(seen.requests == commands_of(seen).count);
}

TEST_CASE("what commands say of expiry comes true") {
  const Observations seen = played(scenario_of(
      commands("commands = ['SET a:{key} {value} EX {60..120}', 'GETEX a:{key} PX 30000', "
               "'SETEX a:{key} 1 {value}', 'EXPIREAT a:{key} {now+5}']")));
  const PatternTally& keys = tally_of(seen, "a:*");
  CHECK(keys.expired > 1'000);
  CHECK(keys.removed == 0);
  CHECK(keys.vanished == 0);
  CHECK(keys.ttl.without == 0);
  CHECK(keys.ttl.most_ms == 120'000);
  CHECK(keys.ttl.least_ms == 1'000);
}

TEST_CASE("errors are counted by message, and a fault may hit") {
  Scenario scenario = scenario_of(
      commands("commands = ['SET a:{key} x', { weight = 1, command = 'HGET a:{key} f' }]") +
      "[[event]]\nkind = \"fault\"\nat = \"0s\"\nlasting = \"30m\"\ninstance = "
      "\"valkey\"\ncommand = \"SET\"\nerror = \"LOADING later\"\n");
  const Observations seen = played(scenario);
  const auto& errors = commands_of(seen).errors;
  REQUIRE(errors.size() == 2);
  CHECK(errors.begin()->first == "LOADING later");
  CHECK(errors.begin()->second.count > 1'500);
  CHECK(errors.rbegin()->first.starts_with("WRONGTYPE"));
}

TEST_CASE("after FLUSHDB nothing is there, and another database keeps what it has") {
  const Observations seen = played(scenario_of(
      commands("until = \"20m\"\ndatabase = 3\ncommands = ['SET a:kept{key} x']") +
          commands("until = \"20m\"\ncommands = ['SET a:{key} x']") +
          "[[traffic]]\nkind = \"commands\"\ninstance = \"valkey\"\nrate = \"1/s\"\narrivals = "
          "\"regular\"\nfrom = \"30m\"\nuntil = \"30m1s\"\ncommands = ['FLUSHDB']\n",
      "a:kept*"));
  CHECK(tally_of(seen, "a:kept*").resident > 190);
  CHECK(tally_of(seen, "a:*").resident == tally_of(seen, "a:kept*").resident);
  CHECK(tally_of(seen, "a:*").vanished == 0);
}

TEST_CASE("by turnover ever new keys are written") {
  const Observations seen =
      played(scenario_of(commands("key_turnover = \"600/h\"\ncommands = ['SET a:{key} x EX 60']")));
  CHECK(tally_of(seen, "a:*").written > 600);
  CHECK(tally_of(seen, "a:*").written <= 800);
}

TEST_CASE("commands come by their weights, and a seed gives one play") {
  const Scenario scenario = scenario_of(
      commands(
          "commands = [{ weight = 9, command = 'SET a:{key} {value}' }, 'SET b:{key} {1..100}']"),
      "b:*");
  const Observations first = played(scenario);
  CHECK(first.digest == played(scenario).digest);
  CHECK(first.digest != play(scenario, TargetKind{"embedded"}, {.seed = 2}).digest);
  CHECK(tally_of(first, "b:*").written > 180);  // of some 720, of 200 keys
}

TEST_CASE(
    "a command is followed by others where it gets a reply, and by others where it gets nil") {
  const Observations seen =
      played(scenario_of(commands("commands = [{ command = 'GET a:{key}', then = ['INCR a:{key}'], "
                                  "otherwise = ['SET a:{key} 1 EX 600', 'SET b:{key} {value}'] }]"),
                         "b:*"));
  const PatternTally& windows = tally_of(seen, "a:*");
  CHECK(windows.written >= 190);
  CHECK(windows.written == tally_of(seen, "b:*").written);
  CHECK(windows.ttl.without == 0);  // one that is counted up keeps its TTL
  CHECK(windows.expired > 600);
  // A look each, and after it one command or two.
  const std::uint64_t misses = commands_of(seen).count - 2 * seen.requests;
  CHECK(misses == windows.expired + windows.resident);
}

TEST_CASE("nothing follows an error") {
  const Observations seen =
      played(scenario_of(commands("commands = ['SET b:{key} text', { command = 'INCR b:{key}', "
                                  "then = ['SET a:{key} x'], otherwise = ['SET a:{key} y'] }]"),
                         "b:*"));
  REQUIRE(commands_of(seen).errors.size() == 1);
  // An INCR of what is not there yet succeeds, once a key at most.
  CHECK(tally_of(seen, "a:*").written < 200);
}

TEST_CASE("what follows a reply does not move what others draw") {
  const auto bytes_of = [](std::string_view otherwise) {
    const Observations seen = played(scenario_of(
        commands("size = { uniform = [1, 1000] }\ncommands = [{ command = 'GET x:{key}', otherwise "
                 "= [" +
                 std::string{otherwise} + "] }, 'SET a:{key} {value} EX {60..3000}']")));
    return tally_of(seen, "a:*").expired;
  };
  CHECK(bytes_of("'GET y'") == bytes_of("'SET y:{key} {value} EX 60', 'SET z:{key} {1..9} EX 60'"));
}

TEST_CASE("a transcript is said again, in its own time or faster, each line in its database") {
  const TestFolder folder;
  folder.write("t.log",
               "1700000000.000000 [0 127.0.0.1:1] \"SET\" \"a:1\" \"x\" \"EXAT\" \"1700000100\"\n"
               "1700000040.000000 [5 127.0.0.1:1] \"SET\" \"a:2\" \"x\" \"EX\" \"3000\"\n"
               "1700000060.000000 [0 127.0.0.1:1] \"PERSIST\" \"a:1\"\n"
               "1700007200.000000 [0 127.0.0.1:1] \"DEL\" \"a:1\"\n");
  const auto seen_at = [&folder](std::string_view speed) {
    const std::string file = folder.write(
        "t.toml",
        "title = \"t\"\nduration = \"1h\"\n[[instance]]\nname = \"valkey\"\n[[traffic]]\nkind = "
        "\"transcript\"\ninstance = \"valkey\"\nfrom = \"1m\"\nfile = \"t.log\"\nspeed = " +
            std::string{speed} + "\n[[check]]\nkind = \"ttl\"\nkeys = \"a:*\"\nat_most = \"1h\"\n");
    return played(load_scenario(file, KnownDirectives{}));
  };
  const Observations slow = seen_at("1");
  CHECK(slow.requests == 3);                   // the last is for later than an hour
  CHECK(tally_of(slow, "a:*").resident == 1);  // kept by PERSIST, and by the DEL that never came
  CHECK(tally_of(slow, "a:*").expired == 1);
  CHECK(tally_of(slow, "a:*").ttl.least_ms == 100'000);  // as long as it was then
  CHECK(tally_of(slow, "a:*").ttl.most_ms == 3'000'000);
  const Observations fast = seen_at("4.0");
  CHECK(fast.requests == 4);
  CHECK(tally_of(fast, "a:*").removed == 1);
  CHECK(tally_of(fast, "a:*").ttl.least_ms == 100'000);
}

}  // namespace
}  // namespace outlive::harness
