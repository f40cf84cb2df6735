#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <string>

#include "support/test_engine.hpp"

using namespace outlive;
using namespace outlive::test;

TEST_CASE("a pipeline is answered the same wherever its bytes are cut") {
  const std::string pipeline =
      "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nv\r\n\r\n\r\n"
      "PING\r\n\r\n\n"
      "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
      "ECHO \"two words\"\r\n"
      "*0\r\n*-1\r\n*1\r\n$4\r\nPING\r\n";
  const std::string expected = "+OK\r\n+PONG\r\n$5\r\nv\r\n\r\n\r\n$9\r\ntwo words\r\n+PONG\r\n";
  SECTION("in two pieces") {
    for (std::size_t cut = 0; cut <= pipeline.size(); ++cut) {
      TestEngine engine;
      std::string answered = engine.send(pipeline.substr(0, cut));
      answered += engine.send(pipeline.substr(cut));
      INFO("cut at " << cut);
      CHECK(answered == expected);
    }
  }
  SECTION("byte by byte") {
    TestEngine engine;
    std::string answered;
    for (const char byte : pipeline) answered += engine.send({&byte, 1});
    CHECK(answered == expected);
  }
}

TEST_CASE("a malformed frame gets Valkey's words and ends the connection") {
  const auto [bytes, error] = GENERATE(table<std::string, std::string>({
      {"*x\r\n", "invalid multibulk length"},
      {"*1\r\nPING\r\n", "expected '$', got 'P'"},
      {"*1\r\n$x\r\n", "invalid bulk length"},
      {"*1\r\n$-5\r\n", "invalid bulk length"},
      {"*1\r\n$600000000\r\n", "invalid bulk length"},
      {"ECHO \"open\r\n", "unbalanced quotes in request"},
  }));
  TestEngine engine;
  CHECK(engine.send("*1\r\n$4\r\nPING\r\n" + bytes) ==
        "+PONG\r\n-ERR Protocol error: " + error + "\r\n");
  CHECK(engine.session().close_after_reply);
}

TEST_CASE("before AUTH only few and short words are read") {
  TestEngine engine;
  engine.engine.options.requirepass = "secret";
  Session& stranger = engine.open();
  CHECK(engine.send_on(stranger, "GET k\r\n") == "-NOAUTH Authentication required.\r\n");
  CHECK(engine.send_on(stranger, "AUTH wrong\r\n") ==
        "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  CHECK(engine.send_on(stranger, "*11\r\n") ==
        "-ERR Protocol error: unauthenticated multibulk length\r\n");
  Session& friendly = engine.open();
  CHECK(engine.send_on(friendly, "AUTH secret\r\nGET k\r\n") == "+OK\r\n$-1\r\n");
}

TEST_CASE("what is no command is told with its first arguments") {
  TestEngine engine;
  CHECK(engine.run({"NOPE", "a", "b"}) ==
        "-ERR unknown command 'NOPE', with args beginning with: 'a' 'b' \r\n");
  CHECK(engine.run({"GET"}) == "-ERR wrong number of arguments for 'get' command\r\n");
}

TEST_CASE("a mistake while queueing spoils the transaction") {
  TestEngine engine;
  CHECK(engine.run({"MULTI"}) == "+OK\r\n");
  CHECK(engine.run({"SET", "k", "v"}) == "+QUEUED\r\n");
  CHECK(engine.run({"NOPE"}).starts_with("-ERR unknown command"));
  CHECK(engine.run({"EXEC"}) == "-EXECABORT Transaction discarded because of previous errors.\r\n");
  CHECK_FALSE(engine.has("k"));
}

TEST_CASE("EXEC answers null when a watched key changed, and runs otherwise") {
  TestEngine engine;
  Session& other = engine.open();
  engine.run({"WATCH", "k"});
  engine.run_on(other, {"SET", "k", "theirs"});
  engine.run({"MULTI"});
  engine.run({"SET", "k", "mine"});
  CHECK(engine.run({"EXEC"}) == "*-1\r\n");
  engine.run({"MULTI"});
  engine.run({"GET", "k"});
  CHECK(engine.run({"EXEC"}) == "*1\r\n$6\r\ntheirs\r\n");
}

TEST_CASE("a paused client's requests wait, in order, and then run") {
  TestEngine engine;
  using std::chrono::milliseconds;
  engine.engine.pause(engine.engine.now() + milliseconds{500}, false);
  CHECK(engine.send("GET k\r\nSET k v\r\nGET k\r\n") == "$-1\r\n");
  engine.advance(milliseconds{499});
  CHECK(TestEngine::take(engine.session()).empty());
  engine.advance(milliseconds{2});
  CHECK(TestEngine::take(engine.session()) == "+OK\r\n$1\r\nv\r\n");
}

TEST_CASE("MONITOR shows what others do, quoted") {
  TestEngine engine;
  Session& monitor = engine.open();
  engine.run_on(monitor, {"MONITOR"});
  engine.session().address = "127.0.0.1:5000";
  engine.run({"SET", "k", "a\nb"});
  CHECK(TestEngine::take(monitor) ==
        "+1750000000.000000 [0 127.0.0.1:5000] \"SET\" \"k\" \"a\\nb\"\r\n");
}

TEST_CASE("errors are counted by their code") {
  TestEngine engine;
  engine.run({"SET", "k", "v"});
  engine.run({"INCR", "k"});
  engine.run({"NOPE"});
  CHECK(engine.engine.stats.error_replies == 2);
  CHECK(engine.engine.stats.errors.at("ERR") == 2);
}

TEST_CASE("keys that a pipeline names behind OUTLIVE SEED are found later") {
  TestEngine engine;
  engine.engine.options.enable_outlive_command = Permission::yes;
  std::string pipeline = "OUTLIVE SEED 7\r\n";
  std::string answers = "+OK\r\n";
  for (int i = 0; i < 40; ++i) {
    pipeline += "SET key:" + std::to_string(i) + " v\r\n";
    answers += "+OK\r\n";
  }
  CHECK(engine.send(pipeline) == answers);
  for (int i = 0; i < 40; ++i) CHECK(engine.has("key:" + std::to_string(i)));
}

TEST_CASE("the empty key is one key, wherever its text begins") {
  TestEngine engine;
  engine.run({"SET", std::string_view{}, "v"});
  CHECK(engine.run({"GET", ""}) == "$1\r\nv\r\n");
}

TEST_CASE("a command's time is its own, in a pipeline, too") {
  TestEngine engine;
  std::int64_t microseconds = 0;
  engine.engine.stopwatch = [&] { return microseconds += 10; };
  engine.send("SET a 1\r\nINCR a\r\nGET a\r\nGET a\r\n");
  microseconds += 1'000'000;  // nothing was asked for meanwhile
  engine.run({"GET", "a"});
  microseconds += 1'000'000;
  engine.send("GET a\r\n");
  const auto& table = engine.engine.table();
  const auto spent = [&](std::string_view name) {
    return engine.engine.stats.of(table.index_of(*table.find(name))).microseconds;
  };
  CHECK(spent("set") == 10);
  CHECK(spent("incr") == 10);
  CHECK(spent("get") == 40);
}

TEST_CASE("a command's name may be written in any case") {
  TestEngine engine;
  CHECK(engine.send("SET k 1\r\nset k 2\r\nSeT k 3\r\nGet k\r\nGETX k\r\n")
            .starts_with("+OK\r\n+OK\r\n+OK\r\n$1\r\n3\r\n-ERR unknown command 'GETX'"));
}
