#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/test_engine.hpp"

using outlive::test::TestEngine;

namespace {

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

}  // namespace

TEST_CASE("a script's value becomes a reply") {
  TestEngine engine;
  const auto eval = [&](std::string_view script) { return engine.run({"EVAL", script, "0"}); };
  CHECK(eval("return 'hello'") == bulk("hello"));
  CHECK(eval("return 100.9") == ":100\r\n");
  CHECK(eval("return -3.9") == ":-3\r\n");
  CHECK(eval("return true") == ":1\r\n");
  CHECK(eval("return false") == "$-1\r\n");
  CHECK(eval("return nil") == "$-1\r\n");
  CHECK(eval("return {ok='fine'}") == "+fine\r\n");
  CHECK(eval("return {err='ERR no'}") == "-ERR no\r\n");
  CHECK(eval("return {1,2,{'a'},nil,5}") == "*3\r\n:1\r\n:2\r\n*1\r\n$1\r\na\r\n");
  CHECK(eval("return {double=3.5}") == bulk("3.5"));
  CHECK(eval("return {map={a=1}}") == "*2\r\n$1\r\na\r\n:1\r\n");
  CHECK(eval("return {set={a=true}}") == "*1\r\n$1\r\na\r\n");
  CHECK(eval("return {big_number='12\\r\\n3'}") == bulk("12  3"));
  CHECK(eval("return {verbatim_string={format='txt',string='x'}}") == bulk("x"));
  CHECK(eval("return math.huge") == ":-9223372036854775808\r\n");
}

TEST_CASE("a script that speaks RESP3 to a client that does gets its types through") {
  TestEngine engine;
  engine.run({"HELLO", "3"});
  const auto eval = [&](std::string_view script) { return engine.run({"EVAL", script, "0"}); };
  CHECK(eval("return true") == ":1\r\n");
  CHECK(eval("redis.setresp(3) return true") == "#t\r\n");
  CHECK(eval("return {double=3.5}") == ",3.5\r\n");
  CHECK(eval("return {map={a=1}}") == "%1\r\n$1\r\na\r\n:1\r\n");
  CHECK(eval("return {big_number='12'}") == "(12\r\n");
  CHECK(eval("return {verbatim_string={format='txt',string='x'}}") == "=5\r\ntxt:x\r\n");
  engine.run({"HSET", "h", "f", "v"});
  CHECK(eval("redis.setresp(3) return redis.call('hgetall', 'h')") ==
        "%1\r\n$1\r\nf\r\n$1\r\nv\r\n");
  CHECK(eval("return redis.call('hgetall', 'h')") == "*2\r\n$1\r\nf\r\n$1\r\nv\r\n");
}

TEST_CASE("replies reach a script as Lua values") {
  TestEngine engine;
  const auto eval = [&](std::string_view script) { return engine.run({"EVAL", script, "0"}); };
  CHECK(eval("return type(redis.call('get', 'none'))") == bulk("boolean"));
  CHECK(eval("return redis.call('set', 'k', 'v').ok") == bulk("OK"));
  CHECK(eval("return redis.call('incr', 'n') + 1") == ":2\r\n");
  CHECK(eval("return redis.pcall('incr', 'k').err") ==
        bulk("ERR value is not an integer or out of range"));
  CHECK(eval("return redis.call('mget', 'k', 'none', 'n')") ==
        "*3\r\n$1\r\nv\r\n$-1\r\n$1\r\n1\r\n");
  CHECK(eval("redis.call('set', 'd', 1795421703868560) return redis.call('get', 'd')") ==
        bulk("1795421703868560"));
  CHECK(eval("redis.call('set', 'd', 0.1) return redis.call('get', 'd')") == bulk("0.1"));
}

TEST_CASE("keys and arguments are told apart") {
  TestEngine engine;
  CHECK(engine.run({"EVAL", "return {#KEYS, KEYS[1], #ARGV, ARGV[1]}", "1", "k", "a"}) ==
        "*4\r\n:1\r\n$1\r\nk\r\n:1\r\n$1\r\na\r\n");
  CHECK(engine.run({"EVAL", "return 1", "x"}) ==
        "-ERR value is not an integer or out of range\r\n");
  CHECK(engine.run({"EVAL", "return 1", "2", "k"}) ==
        "-ERR Number of keys can't be greater than number of args\r\n");
  CHECK(engine.run({"EVAL", "return 1", "-1"}) == "-ERR Number of keys can't be negative\r\n");
}

TEST_CASE("errors say which script and line they come from") {
  TestEngine engine;
  const auto eval = [&](std::string_view script) { return engine.run({"EVAL", script, "0"}); };
  CHECK(eval("\nerror('boo')") ==
        "-ERR user_script:2: boo script: 1eb7cbe234766c32ffb5c9aca078c0b6508599de, on "
        "@user_script:2.\r\n");
  CHECK(
      eval("redis.call('nosuch')").starts_with("-ERR Unknown command called from script script: "));
  CHECK(eval("redis.call('get')")
            .starts_with("-ERR Wrong number of args calling command from script script: "));
  CHECK(eval("return redis.call()").starts_with("-ERR Please specify at least one argument"));
  CHECK(eval("return redis.call('get', {})")
            .starts_with("-ERR Command arguments must be strings or integers script: "));
  CHECK(eval("return x +")
            .starts_with("-ERR Error compiling script (new function): user_script:1: unexpected "
                         "symbol near '<eof>'"));
  engine.run({"HSET", "h", "f", "v"});
  CHECK(eval("redis.call('get', 'h')")
            .starts_with("-WRONGTYPE Operation against a key holding the wrong kind of value "
                         "script: "));
}

TEST_CASE("pcall hands out an error's text, xpcall the table") {
  TestEngine engine;
  const auto eval = [&](std::string_view script) { return engine.run({"EVAL", script, "0"}); };
  CHECK(eval("local ok, e = pcall(redis.call, 'nosuch') return e") ==
        bulk("ERR Unknown command called from script"));
  CHECK(eval("local ok, e = pcall(function() return foo end) return e") ==
        bulk("user_script:1: Script attempted to access nonexistent global variable 'foo'"));
  CHECK(eval("return select('#', pcall(function() return 1, 2, 3 end))") == ":4\r\n");
}

TEST_CASE("a script is found by its digest, whatever the case, until the cache is flushed") {
  TestEngine engine;
  constexpr std::string_view digest = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
  CHECK(engine.run({"EVALSHA", digest, "0"}) ==
        "-NOSCRIPT No matching script.\r\n");
  CHECK(engine.run({"SCRIPT", "LOAD", "return 1"}) == bulk(digest));
  CHECK(engine.run({"EVALSHA", "E0E1F9FABFC9D4800C877A703B823AC0578FF8DB", "0"}) == ":1\r\n");
  CHECK(engine.run({"SCRIPT", "EXISTS", digest, "x"}) == "*2\r\n:1\r\n:0\r\n");
  CHECK(engine.run({"SCRIPT", "SHOW", digest}) == bulk("return 1"));
  CHECK(engine.run({"SCRIPT", "FLUSH"}) == "+OK\r\n");
  CHECK(engine.run({"SCRIPT", "EXISTS", digest}) == "*1\r\n:0\r\n");
}

TEST_CASE("of more than 500 scripts that EVAL brought the one unused for longest goes") {
  TestEngine engine;
  const auto before = engine.used();
  engine.run({"EVAL", "return 1", "0"});
  engine.run({"SCRIPT", "LOAD", "return 'kept'"});
  for (int i = 2; i <= 500; ++i) engine.run({"EVAL", "return " + std::to_string(i), "0"});
  engine.run({"EVAL", "return 1", "0"});
  engine.run({"EVAL", "return 501", "0"});
  CHECK(engine.engine.stats.evicted_scripts == 1);
  CHECK(engine.engine.scripts->memory().cached_scripts == 501);
  // "return 2" went, "return 1" was used since.
  CHECK(engine.run({"SCRIPT", "EXISTS", "7f923f79fe76194c868d7e1d0820de36700eb649",
                    "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"}) == "*2\r\n:0\r\n:1\r\n");
  engine.run({"SCRIPT", "FLUSH", "SYNC"});
  CHECK(engine.used() == before);
}

TEST_CASE("read-only scripts refuse commands that write") {
  TestEngine engine;
  CHECK(engine.run({"EVAL_RO", "return redis.call('set', 'k', 1)", "0"})
            .starts_with("-ERR Write commands are not allowed from read-only scripts. script: "));
  CHECK(engine.run({"EVAL", "#!lua flags=no-writes\nreturn redis.call('set', 'k', 1)", "0"})
            .starts_with("-ERR Write commands are not allowed from read-only scripts. script: "));
  CHECK(engine.run({"EVAL_RO", "#!lua\nreturn 1", "0"}) ==
        "-ERR Can not execute a script with write flag using *_ro command.\r\n");
  CHECK(engine.run({"EVAL", "return redis.call('multi')", "0"})
            .starts_with("-ERR This Redis command is not allowed from script script: "));
}

TEST_CASE("a shebang names the engine and the flags") {
  TestEngine engine;
  const auto eval = [&](std::string_view script) { return engine.run({"EVAL", script, "0"}); };
  CHECK(eval("#!lua\nreturn 1") == ":1\r\n");
  CHECK(eval("#!not-lua\nreturn 1") == "-ERR Could not find scripting engine 'not-lua'\r\n");
  CHECK(eval("#!lua badger=data\nreturn 1") == "-ERR Unknown lua shebang option: badger=data\r\n");
  CHECK(eval("#!lua flags=allow-oom,what?\nreturn 1") ==
        "-ERR Unexpected flag in script shebang: what?\r\n");
  CHECK(eval("#!lua return 1") == "-ERR Invalid script shebang\r\n");
}

TEST_CASE("at the cap a script runs by what it declares") {
  TestEngine engine;
  engine.run({"SET", "x", "123"});
  engine.set_maxmemory(1);
  const auto eval = [&](std::string_view script) { return engine.run({"EVAL", script, "0"}); };
  CHECK(eval("return redis.call('set', 'x', 1)")
            .starts_with("-OOM command not allowed when used memory > 'maxmemory'. script: "));
  CHECK(eval("return redis.call('get', 'x')") == bulk("123"));
  CHECK(eval("#!lua flags=\nreturn 1") ==
        "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  CHECK(eval("#!lua flags=no-writes\nreturn 1") == ":1\r\n");
  CHECK(eval("#!lua flags=allow-oom\nreturn redis.call('set', 'x', 1)") == "+OK\r\n");
  // Once a script wrote it may go on.
  CHECK(eval("redis.call('del', 'x') return redis.call('set', 'x', 1)") == "+OK\r\n");
}

TEST_CASE("time stands still while a script runs") {
  TestEngine engine;
  CHECK(engine.run({"EVAL",
                    "redis.call('set', 'k', 1, 'px', 1) for i = 1, 300000 do end "
                    "return redis.call('pttl', 'k')",
                    "0"}) == ":1\r\n");
}

TEST_CASE("a busy script lets others in, who can end it") {
  TestEngine engine;
  engine.engine.options.busy_reply_threshold_ms = 5;
  outlive::Session& other = engine.open();
  std::string ping;
  std::string kill;
  engine.engine.on_busy = [&] {
    if (!kill.empty()) return true;
    ping = engine.run_on(other, {"PING"});
    kill = engine.run_on(other, {"SCRIPT", "KILL"});
    return true;
  };
  CHECK(engine.run({"EVAL", "while true do pcall(function() while true do end end) end", "0"})
            .starts_with("-ERR Script killed by user with SCRIPT KILL. script: "));
  CHECK(ping ==
        "-BUSY Valkey is busy running a script. You can only call SCRIPT KILL or SHUTDOWN "
        "NOSAVE.\r\n");
  CHECK(kill == "+OK\r\n");
  CHECK(engine.run({"SCRIPT", "KILL"}) == "-NOTBUSY No scripts in execution right now.\r\n");
}

TEST_CASE("a script that wrote can't be killed, nor by the other kind's command") {
  TestEngine engine;
  engine.engine.options.busy_reply_threshold_ms = 5;
  outlive::Session& other = engine.open();
  std::string kill;
  engine.engine.on_busy = [&] {
    kill = engine.run_on(other, {"SCRIPT", "KILL"});
    return true;
  };
  engine.run({"EVAL", "redis.call('set', 'k', 1) for i = 1, 2000000 do end", "0"});
  CHECK(kill.starts_with("-UNKILLABLE Sorry the script already executed write commands"));
  engine.engine.on_busy = [&] {
    kill = engine.run_on(other, {"FUNCTION", "KILL"});
    return true;
  };
  engine.run({"EVAL", "for i = 1, 2000000 do end", "0"});
  CHECK(kill.starts_with("-BUSY Valkey is busy running a script. You can only call SCRIPT KILL"));
}

TEST_CASE("a server that goes down ends a script that never would") {
  TestEngine engine;
  engine.engine.options.busy_reply_threshold_ms = 5;
  engine.engine.on_busy = [] { return false; };
  CHECK(
      engine.run({"EVAL", "while true do end", "0"}).starts_with("-ERR Script ended by SHUTDOWN."));
}

TEST_CASE("a client that leaves while its script is slow is forgotten once it is over") {
  TestEngine engine;
  engine.engine.options.busy_reply_threshold_ms = 5;
  outlive::Session& leaving = engine.open();
  const auto id = leaving.id;
  engine.engine.on_busy = [&] {
    if (!leaving.closed) engine.engine.close(leaving);
    return true;
  };
  engine.engine.receive(leaving, "EVAL \"redis.call('set','k',1) for i=1,1e6 do end\" 0\r\n",
                        engine.engine.now());
  CHECK(engine.engine.session_by_id(id) == nullptr);
  CHECK(engine.run({"GET", "k"}) == "$1\r\n1\r\n");
}

TEST_CASE("an error is counted once, where it happened") {
  TestEngine engine;
  engine.set_maxmemory(1);
  engine.run({"EVAL", "return redis.pcall('set', 'x', 'y')", "0"});
  CHECK(engine.engine.stats.error_replies == 1);
  CHECK(engine.engine.stats.errors["OOM"] == 1);
  const auto& table = engine.engine.table();
  CHECK(engine.engine.stats.of(table.index_of(*table.find("set"))).rejected == 1);
  CHECK(engine.engine.stats.of(table.index_of(*table.find("eval"))).failed == 1);
}

TEST_CASE("a table that contains itself ends at Lua's stack limit") {
  TestEngine engine;
  const std::string reply = engine.run({"EVAL", "local a = {} a[1] = {a} return a", "0"});
  CHECK(reply.ends_with("*1\r\n-ERR reached lua stack limit\r\n"));
  CHECK(engine.run({"PING"}) == "+PONG\r\n");
}

TEST_CASE("a script's first write fails where too few replicas follow, its reads do not") {
  TestEngine engine;
  engine.run({"SET", "x", "old"});
  engine.run({"CONFIG", "SET", "min-replicas-to-write", "1"});
  CHECK(engine.run({"EVAL", "return redis.call('get', 'x')", "1", "x"}) == "$3\r\nold\r\n");
  CHECK(engine.run({"EVAL", "return redis.call('set', 'x', 'new')", "1", "x"})
            .starts_with("-NOREPLICAS Not enough good replicas to write."));
  CHECK(engine.run({"GET", "x"}) == "$3\r\nold\r\n");
}

TEST_CASE("a script that has written goes on when replicas are missed meanwhile") {
  TestEngine engine;
  engine.engine.switches.scripts_may_all = true;
  CHECK(engine.run({"EVAL",
                    "redis.call('set', 'x', 1) redis.call('config', 'set', "
                    "'min-replicas-to-write', '1') return redis.call('incr', 'x')",
                    "1", "x"}) == ":2\r\n");
}
