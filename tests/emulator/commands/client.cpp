// CLIENT: who is connected, who may stay, who must wait.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "support/test_engine.hpp"

namespace outlive::test {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

TEST_CASE("CLIENT LIST tells every field of 8.1 in its order") {
  TestEngine engine;
  engine.session().address = "127.0.0.1:50000";
  engine.run({"CLIENT", "SETNAME", "teller"});
  const std::string line = engine.run({"CLIENT", "LIST"});
  std::string names;
  std::size_t at = line.find("id=");
  REQUIRE(at != std::string::npos);
  while (at < line.size()) {
    const std::size_t equals = line.find('=', at);
    if (equals == std::string::npos) break;
    names += line.substr(at, equals - at) + " ";
    at = line.find(' ', equals);
    if (at == std::string::npos) break;
    ++at;
  }
  CHECK(names ==
        "id addr laddr fd name age idle flags capa db sub psub ssub multi watch qbuf qbuf-free "
        "argv-mem multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp lib-name "
        "lib-ver tot-net-in tot-net-out tot-cmds ");
  CHECK_THAT(line, ContainsSubstring("addr=127.0.0.1:50000 ") &&
                       ContainsSubstring("name=teller ") && ContainsSubstring("flags=N ") &&
                       ContainsSubstring("cmd=client|list "));
}

TEST_CASE("CLIENT LIST shows those who meet all its conditions") {
  TestEngine engine;
  Session& listener = engine.open();
  engine.run_on(listener, {"SUBSCRIBE", "news"});
  engine.advance(std::chrono::seconds(10));
  Session& young = engine.open();
  const std::string id = std::to_string(young.id);
  const std::string old = "2";  // the engine's own session's; a script's client comes first

  CHECK_THAT(engine.run({"CLIENT", "LIST", "TYPE", "pubsub"}),
             ContainsSubstring("flags=P ") && !ContainsSubstring("flags=N "));
  CHECK_THAT(engine.run({"CLIENT", "LIST", "ID", id, old}),
             ContainsSubstring("id=" + id + " ") && ContainsSubstring("id=" + old + " "));
  CHECK_THAT(engine.run({"CLIENT", "LIST", "MAXAGE", "10"}),
             ContainsSubstring("id=" + old + " ") && !ContainsSubstring("id=" + id + " "));
  CHECK(engine.run({"CLIENT", "LIST", "ID", id, "SKIPME", "YES", "TYPE", "pubsub"}) ==
        "$0\r\n\r\n");
  CHECK(engine.run({"CLIENT", "LIST", "ID"}) == "-ERR syntax error\r\n");
  CHECK(engine.run({"CLIENT", "LIST", "ID", "0"}) == "-ERR client-id should be greater than 0\r\n");
  CHECK(engine.run({"CLIENT", "LIST", "TYPE", "king"}) == "-ERR Unknown client type 'king'\r\n");
}

TEST_CASE("CLIENT KILL ends others, by address also oneself") {
  TestEngine engine;
  Session& other = engine.open();
  other.address = "127.0.0.1:50001";
  engine.session().address = "127.0.0.1:50000";
  CHECK(engine.run({"CLIENT", "KILL", "10.0.0.1:1"}) == "-ERR No such client\r\n");
  CHECK(engine.run({"CLIENT", "KILL", "TYPE", "normal"}) == ":1\r\n");
  CHECK(other.closed);
  CHECK_FALSE(engine.session().close_after_reply);
  CHECK_THAT(engine.run({"CLIENT", "LIST"}), !ContainsSubstring("50001"));
  CHECK(engine.run({"CLIENT", "KILL", "127.0.0.1:50000"}) == "+OK\r\n");
  CHECK(engine.session().close_after_reply);
}

TEST_CASE("CLIENT REPLY keeps replies back") {
  TestEngine engine;
  CHECK(engine.run({"CLIENT", "REPLY", "SKIP"}) == "");
  CHECK(engine.run({"PING"}) == "");
  CHECK(engine.run({"PING"}) == "+PONG\r\n");
  CHECK(engine.run({"CLIENT", "REPLY", "OFF"}) == "");
  CHECK(engine.run({"PING"}) == "");
  CHECK(engine.run({"CLIENT", "REPLY", "ON"}) == "+OK\r\n");
}

TEST_CASE("CLIENT PAUSE WRITE holds writes until its time is over, reads go on") {
  TestEngine engine;
  Session& writer = engine.open();
  CHECK(engine.run({"CLIENT", "PAUSE", "1000", "WRITE"}) == "+OK\r\n");
  CHECK(engine.send_on(writer, "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n") == "");
  CHECK(engine.run({"GET", "k"}) == "$-1\r\n");
  CHECK_THAT(engine.run({"CLIENT", "LIST"}), ContainsSubstring("flags=b "));
  engine.advance(std::chrono::milliseconds(1100));
  CHECK(TestEngine::take(writer) == "+OK\r\n");
  CHECK(engine.run({"GET", "k"}) == "$1\r\nv\r\n");
  CHECK(engine.run({"CLIENT", "PAUSE", "-1"}) == "-ERR timeout is negative\r\n");
  CHECK(engine.run({"CLIENT", "PAUSE", "9", "READ"}) ==
        "-ERR CLIENT PAUSE mode must be WRITE or ALL\r\n");
}

TEST_CASE("CLIENT PAUSE holds expiry too") {
  TestEngine engine;
  engine.run({"SET", "k", "v", "PX", "50"});
  engine.run({"CLIENT", "PAUSE", "1000", "WRITE"});
  engine.advance(std::chrono::milliseconds(500));
  CHECK(engine.run({"DBSIZE"}) == ":1\r\n");
  CHECK(engine.run({"CLIENT", "UNPAUSE"}) == "+OK\r\n");
  engine.advance(std::chrono::milliseconds(500));
  CHECK(engine.run({"DBSIZE"}) == ":0\r\n");
}

TEST_CASE("CLIENT SETINFO keeps the library's name and version") {
  TestEngine engine;
  CHECK(engine.run({"CLIENT", "SETINFO", "LIB-NAME", "redis-py"}) == "+OK\r\n");
  CHECK(engine.run({"CLIENT", "SETINFO", "lib-ver", "1.2.3"}) == "+OK\r\n");
  CHECK_THAT(engine.run({"CLIENT", "INFO"}), ContainsSubstring("lib-name=redis-py lib-ver=1.2.3 "));
  CHECK(engine.run({"CLIENT", "SETINFO", "lib-name", "redis py"}) ==
        "-ERR lib-name cannot contain spaces, newlines or special characters.\r\n");
  CHECK(engine.run({"CLIENT", "SETINFO", "badger", "x"}) ==
        "-ERR Unrecognized option 'badger'\r\n");
}

TEST_CASE("CLIENT INFO tells a name as far as a zero byte") {
  TestEngine engine;
  engine.run({"CLIENT", "SETNAME", std::string_view("a\0b", 3)});
  CHECK_THAT(engine.run({"CLIENT", "INFO"}), ContainsSubstring(" name=a age="));
}

TEST_CASE("CLIENT INFO tells in EXEC of the transaction that runs") {
  TestEngine engine;
  engine.run({"MULTI"});
  engine.run({"PING"});
  engine.run({"CLIENT", "INFO"});
  CHECK_THAT(engine.run({"EXEC"}), ContainsSubstring("flags=x ") && ContainsSubstring(" multi=2 "));
  CHECK_THAT(engine.run({"CLIENT", "INFO"}),
             ContainsSubstring("flags=N ") && ContainsSubstring(" multi=0 "));
}

TEST_CASE("the commands of a script count as those of its caller") {
  TestEngine engine;
  engine.run({"EVAL", "redis.call('GET', 'a') return redis.call('GET', 'b')", "0"});
  CHECK(engine.session().commands_processed == 3);
}

}  // namespace outlive::test
