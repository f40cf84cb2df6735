// INFO: sections as they are asked for, and figures that move.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "support/test_engine.hpp"

namespace outlive::test {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("INFO without words leaves out what is told on request alone") {
  TestEngine engine;
  const std::string plain = engine.run({"INFO"});
  CHECK_THAT(plain, ContainsSubstring("# Server\r\n") && ContainsSubstring("# Keyspace\r\n"));
  CHECK_THAT(plain, !ContainsSubstring("# Commandstats") && !ContainsSubstring("# Latencystats"));
  const std::string two = engine.run({"INFO", "keyspace", "COMMANDSTATS"});
  CHECK_THAT(two, ContainsSubstring("# Keyspace\r\n") && ContainsSubstring("cmdstat_info:calls=1"));
  CHECK_THAT(two, !ContainsSubstring("# Server\r\n"));
  CHECK(engine.run({"INFO", "nothing"}) == "$0\r\n\r\n");
}

std::int64_t used_told(TestEngine& engine, std::initializer_list<std::string_view> words) {
  const std::string info = engine.run(words);
  const std::string_view field = "\r\nused_memory:";
  return std::stoll(info.substr(info.find(field) + field.size()));
}

TEST_CASE("used_memory holds what INFO takes while it tells it") {
  TestEngine engine;
  const std::int64_t rest = engine.used();
  // Three words, a dictionary with one section, a text that is still empty: by the image's
  // allocator.
  constexpr std::int64_t words = 16 + 24 + 32, names = 56 + 32 + 24 + 8, text = 8;
  CHECK(used_told(engine, {"INFO", "memory"}) - rest == words + names + text);
  CHECK(engine.used() == rest);
}

TEST_CASE("the sections of an INFO without words stay") {
  TestEngine engine;
  const std::int64_t rest = engine.used();
  engine.run({"INFO"});
  const std::int64_t kept = engine.used() - rest;
  CHECK(kept == 56 + 16 * 8 + 11 * 24 + 4 * 8 + 7 * 16);
  engine.run({"INFO"});
  CHECK(engine.used() - rest == kept);
}

TEST_CASE("latencystats tells the percentiles that are set, of commands that were called") {
  TestEngine engine;
  engine.engine.options.latency_tracking = true;
  std::int64_t now = 0;
  engine.engine.stopwatch = [&] { return now += 100; };  // microseconds
  engine.run({"PING"});
  CHECK_THAT(engine.run({"INFO", "latencystats"}),
             ContainsSubstring("latency_percentiles_usec_ping:p50=100.351,p99=100.351,p99.9="));
  engine.run({"CONFIG", "SET", "latency-tracking-info-percentiles", "0.0 100"});
  const std::string changed = engine.run({"INFO", "latencystats"});
  CHECK_THAT(changed,
             ContainsSubstring("latency_percentiles_usec_ping:p0=100.351,p100=100.351\r\n"));
  CHECK_THAT(changed, ContainsSubstring("latency_percentiles_usec_config|set:"));
  engine.run({"CONFIG", "SET", "latency-tracking-info-percentiles", ""});
  CHECK_THAT(engine.run({"INFO", "latencystats"}), !ContainsSubstring("percentiles"));
}

TEST_CASE("stats count reads and failures to sign in") {
  TestEngine engine;
  engine.send("PING\r\n");
  engine.send("AUTH a b\r\n");
  const std::string stats = engine.run({"INFO", "stats"});
  CHECK_THAT(stats, ContainsSubstring("total_reads_processed:2\r\n"));
  CHECK_THAT(stats, ContainsSubstring("acl_access_denied_auth:1\r\n"));
}

TEST_CASE("a script that answers with errors its commands had counted fails once for each") {
  TestEngine engine;
  engine.run({"EVAL", "return {redis.pcall('nothing'), redis.pcall('nothing')}", "0"});
  CHECK_THAT(engine.run({"INFO", "commandstats"}),
             ContainsSubstring("rejected_calls=0,failed_calls=2"));
}

TEST_CASE("failures to sign in are ACL's, which CONFIG RESETSTAT leaves alone") {
  TestEngine engine;
  engine.run({"AUTH", "nobody", "x"});
  engine.run({"CONFIG", "RESETSTAT"});
  CHECK_THAT(engine.run({"INFO", "stats"}), ContainsSubstring("acl_access_denied_auth:1"));
}

}  // namespace outlive::test
