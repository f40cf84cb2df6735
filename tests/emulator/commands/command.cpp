// COMMAND: what clients learn of the commands.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "engine/key_positions.hpp"
#include "support/test_engine.hpp"

namespace outlive::test {

using Catch::Matchers::ContainsSubstring;

TEST_CASE("COMMAND INFO tells arity, flags, keys and categories as 8.1.1 does") {
  TestEngine engine;
  CHECK(engine.run({"COMMAND", "INFO", "get"}) ==
        "*1\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n"
        "*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n"
        "+access\r\n$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n*2\r\n"
        "$5\r\nindex\r\n:1\r\n$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n"
        "*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n");
  CHECK(engine.run({"COMMAND", "INFO", "nothing", "get|x"}) == "*2\r\n$-1\r\n$-1\r\n");
}

TEST_CASE("COMMAND COUNT, COMMAND and COMMAND LIST agree") {
  TestEngine engine;
  const std::string count = engine.run({"COMMAND", "COUNT"});
  const std::string all = engine.run({"COMMAND"});
  CHECK(all.substr(1, all.find('\r')) == count.substr(1, count.find('\r')));
  const std::string list = engine.run({"COMMAND", "LIST"});
  CHECK_THAT(list, ContainsSubstring("$3\r\nget\r\n") && ContainsSubstring("client|list"));
}

TEST_CASE("COMMAND LIST filters by category, pattern and module") {
  TestEngine engine;
  CHECK_THAT(engine.run({"COMMAND", "LIST", "FILTERBY", "ACLCAT", "hash"}),
             ContainsSubstring("hget") && !ContainsSubstring("client"));
  CHECK(engine.run({"COMMAND", "LIST", "FILTERBY", "PATTERN", "GETRAN*"}) ==
        "*1\r\n$8\r\ngetrange\r\n");
  CHECK(engine.run({"COMMAND", "LIST", "FILTERBY", "MODULE", "json"}) == "*0\r\n");
  CHECK(engine.run({"COMMAND", "LIST", "FILTERBY", "ACLCAT", "nonsense"}) == "*0\r\n");
  CHECK(engine.run({"COMMAND", "LIST", "BAD"}) == "-ERR syntax error\r\n");
}

TEST_CASE("COMMAND GETKEYS finds the keys of a request") {
  TestEngine engine;
  CHECK(engine.run({"COMMAND", "GETKEYS", "MSET", "a", "1", "b", "2"}) ==
        "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  CHECK(engine.run({"COMMAND", "GETKEYSANDFLAGS", "SET", "k", "v"}) ==
        "*1\r\n*2\r\n$1\r\nk\r\n*2\r\n+OW\r\n+update\r\n");
  CHECK(engine.run({"COMMAND", "GETKEYSANDFLAGS", "SET", "k", "v", "GET"}) ==
        "*1\r\n*2\r\n$1\r\nk\r\n*3\r\n+RW\r\n+access\r\n+update\r\n");
  CHECK(engine.run({"COMMAND", "GETKEYS", "PING"}) == "-ERR The command has no key arguments\r\n");
  CHECK(engine.run({"COMMAND", "GETKEYS", "NOSUCH", "a"}) == "-ERR Invalid command specified\r\n");
  CHECK(engine.run({"COMMAND", "GETKEYS", "GET", "a", "b"}) ==
        "-ERR Invalid number of arguments specified for command\r\n");
}

TEST_CASE("Keys that follow a number or a keyword are found") {
  const std::vector<std::string_view> eval{"eval", "return 1", "2", "one", "two", "three"};
  const Command counted{.name = "eval", .arity = -3, .keys = {KeySpec::counted(keyflag::rw, 2)}};
  auto keys = key_positions(counted, eval);
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].index == 3);
  CHECK(keys[1].index == 4);

  const std::vector<std::string_view> too_many{"eval", "return 1", "9", "one"};
  CHECK(key_positions(counted, too_many).empty());

  const Command keyed{.name = "xread",
                      .arity = -4,
                      .keys = {KeySpec{.flags = keyflag::ro,
                                       .begin = KeySpec::Begin::keyword,
                                       .begin_at = 1,
                                       .keyword = "STREAMS",
                                       .last = -1,
                                       .limit = 2}}};
  const std::vector<std::string_view> xread{"xread", "count", "1", "streams", "a", "b", "0", "0"};
  keys = key_positions(keyed, xread);
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].index == 4);
  CHECK(keys[1].index == 5);
  CHECK(key_range(keyed).movable);
}

TEST_CASE("COMMAND DOCS tells what a command is for") {
  TestEngine engine;
  engine.run({"HELLO", "3"});
  CHECK(engine.run({"COMMAND", "DOCS", "dbsize", "nothing"}) ==
        "%1\r\n$6\r\ndbsize\r\n%4\r\n$7\r\nsummary\r\n$43\r\nReturns the number of keys in the "
        "database.\r\n$5\r\nsince\r\n$5\r\n1.0.0\r\n$5\r\ngroup\r\n$6\r\nserver\r\n"
        "$10\r\ncomplexity\r\n$4\r\nO(1)\r\n");
}

}  // namespace outlive::test
