// The limiter in C++ against the one in Lua: one play of each, and all that they leave.
#include "play/native_limiter.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "base/random.hpp"
#include "outlive/emulator.hpp"
#include "play/player.hpp"
#include "traffic/rate_limit_library.hpp"

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

// An emulator at its cap, with the library loaded, and C++ in place of Lua or not.
Emulator limiter_at_cap(Engine engine, const std::string& policy) {
  Emulator emulator{
      {.directives = {{"maxmemory-policy", policy}, {"maxmemory", "1500kb"}}, .seed = 11}};
  if (engine == Engine::native) emulator.replace_function(consume_function, NativeLimiter{});
  emulator.run({"FUNCTION", "LOAD", rate_limit_library});
  return emulator;
}

// What one departure says, in words.
std::string line_of(const Departure& gone) {
  std::string line{to_string(gone.reason)};
  for (const std::string_view word : {std::string_view{gone.key}, std::string_view{gone.cause}}) {
    line.append(" ").append(word);
  }
  for (const std::int64_t number :
       {static_cast<std::int64_t>(gone.sequence), gone.when.time_since_epoch().count(), gone.ttl_ms,
        gone.idle_ms, static_cast<std::int64_t>(gone.size), static_cast<std::int64_t>(gone.score),
        static_cast<std::int64_t>(gone.client)}) {
    line.append(" ").append(std::to_string(number));
  }
  for (const Departure::Candidate& candidate : gone.lost_to_it) {
    line.append(" ").append(candidate.key).append(":").append(std::to_string(candidate.score));
  }
  return line;
}

struct Left {
  std::vector<std::string> replies;
  std::vector<std::string> journal;
  std::string statistics;
  std::uint64_t digest = 0;
  std::uint64_t used_memory = 0;
};

// Requests for tickets of one or two limits, between writes that push the memory over its cap;
// hours pass, so that buckets refill and answers expire.
Left play_on(Emulator emulator, std::uint64_t requests) {
  Random chance{5};
  Left left;
  const std::string answer(800, 'x');
  for (std::uint64_t i = 0; i < requests; ++i) {
    emulator.advance(std::chrono::seconds{chance.below(20)});
    const std::string user =
        R"({"key":"a/b","value":"u)" + std::to_string(chance.below(400)) + R"("})";
    const std::string other = user + " tokens";
    const std::vector<std::string_view> one{"FCALL", consume_function, "1", user, "1", "3",
                                            "2",     "3600000000"};
    const std::vector<std::string_view> two{
        "FCALL", consume_function, "2",   user,   other,  "1",           "3",
        "2",     "3600000000",     "900", "2000", "2000", "604800000000"};
    const Reply tickets = emulator.run(chance.below(2) == 0 ? one : two);
    // In which order Lua's tables have their members hangs on how Lua was built.
    left.replies.push_back(nlohmann::json::parse(tickets.text).dump());
    left.replies.push_back(
        emulator.run({"SETEX", "tensorzero_cache:" + std::to_string(i), "7200", answer}).text);
  }
  left.statistics = emulator.run({"INFO", "commandstats"}).text;
  left.statistics += emulator.run({"INFO", "errorstats"}).text;
  left.statistics += emulator.run({"INFO", "stats"}).text;
  for (const Departure& gone : emulator.departures()) left.journal.push_back(line_of(gone));
  left.digest = emulator.digest();
  left.used_memory = emulator.used_memory();
  return left;
}

std::string first_difference(const std::vector<std::string>& lua,
                             const std::vector<std::string>& native) {
  for (std::size_t i = 0; i < std::min(lua.size(), native.size()); ++i) {
    if (lua[i] != native[i]) return std::to_string(i) + ": " + lua[i] + " | " + native[i];
  }
  return lua.size() == native.size() ? "" : "one is longer";
}

void same_by_lua_and_natively(const std::string& policy) {
  const Left lua = play_on(limiter_at_cap(Engine::lua, policy), 4'000);
  const Left native = play_on(limiter_at_cap(Engine::native, policy), 4'000);
  CHECK(first_difference(lua.replies, native.replies) == "");
  CHECK(first_difference(lua.journal, native.journal) == "");
  CHECK(lua.statistics == native.statistics);
  CHECK(lua.digest == native.digest);
  CHECK(lua.used_memory == native.used_memory);
  CHECK(lua.journal.size() > 2'000);
  CHECK(lua.statistics.find("cmdstat_hmget") != std::string::npos);
}

TEST_CASE("C++ in place of Lua leaves the same keyspace, memory, journal and statistics") {
  SECTION("volatile-ttl") {
    same_by_lua_and_natively("volatile-ttl");
  }
  SECTION("allkeys-lru") {
    same_by_lua_and_natively("allkeys-lru");
  }
  SECTION("allkeys-lfu") {
    same_by_lua_and_natively("allkeys-lfu");
  }
}

TEST_CASE("C++ in place of Lua fails as the function fails, but names no line of Lua") {
  for (const Engine engine : {Engine::lua, Engine::native}) {
    Emulator emulator = limiter_at_cap(engine, "noeviction");
    emulator.run({"SET", "tensorzero_ratelimit:u", "a string"});
    const Reply wrong =
        emulator.run({"FCALL", consume_function, "1", "u", "1", "3", "2", "3600000000"});
    CHECK(wrong.is_error());
    CHECK(
        wrong.text.starts_with("WRONGTYPE Operation against a key holding the wrong kind of "
                               "value script: outlive_consume_tickets"));
    const Reply twice = emulator.run(
        {"FCALL", consume_function, "2", "v", "v", "1", "3", "2", "9", "1", "3", "2", "9"});
    CHECK(twice.is_error());
    CHECK(twice.text.find("Duplicate keys are not allowed in the input array") !=
          std::string::npos);
    emulator.run({"CONFIG", "SET", "maxmemory", "1"});
    CHECK(emulator.run({"FCALL", consume_function, "1", "w", "1", "3", "2", "9"}).text ==
          "OOM command not allowed when used memory > 'maxmemory'.");
  }
}

}  // namespace
}  // namespace outlive::harness
