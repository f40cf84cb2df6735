#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/test_engine.hpp"

using outlive::test::TestEngine;

namespace {

std::string bulk(std::string_view text) {
  return "$" + std::to_string(text.size()) + "\r\n" + std::string(text) + "\r\n";
}

// The text of a bulk reply.
std::string text_of(const std::string& reply) {
  const std::size_t start = reply.find("\r\n") + 2;
  return reply.substr(start, reply.size() - start - 2);
}

std::string library(std::string_view name, std::string_view body) {
  return "#!lua name=" + std::string(name) + "\n" + std::string(body);
}

}  // namespace

TEST_CASE("a function is called by its name, whatever the case") {
  TestEngine engine;
  CHECK(engine.run({"FUNCTION", "LOAD",
                    library("lib",
                            "local n = 0 redis.register_function('count', function(keys, args) "
                            "n = n + 1 return {n, keys[1], args[1]} end)")}) == bulk("lib"));
  CHECK(engine.run({"FCALL", "count", "1", "k", "a"}) == "*3\r\n:1\r\n$1\r\nk\r\n$1\r\na\r\n");
  CHECK(engine.run({"FCALL", "COUNT", "0"}) == "*1\r\n:2\r\n");
  CHECK(engine.run({"FCALL", "nosuch", "0"}) == "-ERR Function not found\r\n");
  CHECK(engine.run({"FCALL", "count", "x"}) == "-ERR Bad number of keys provided\r\n");
}

TEST_CASE("a function's error names it and the line") {
  TestEngine engine;
  engine.run({"FUNCTION", "LOAD",
              library("lib",
                      "\nredis.register_function('f', function() error('boo') end)"
                      "\nredis.register_function('g', function() return redis.call('get', "
                      "'h') end)")});
  CHECK(engine.run({"FCALL", "f", "0"}) ==
        "-ERR user_function:3: boo script: f, on @user_function:3.\r\n");
  engine.run({"HSET", "h", "f", "v"});
  CHECK(engine.run({"FCALL", "g", "0"}) ==
        "-WRONGTYPE Operation against a key holding the wrong kind of value script: g, on "
        "@user_function:4.\r\n");
}

TEST_CASE("a library that can't be loaded leaves the old one in place") {
  TestEngine engine;
  const auto load = [&](std::string_view code) {
    return engine.run({"FUNCTION", "LOAD", "REPLACE", code});
  };
  load(library("lib", "redis.register_function('f', function() return 1 end)"));
  CHECK(load("return 1") == "-ERR Missing library metadata\r\n");
  CHECK(load("#!lua") == "-ERR Invalid library metadata\r\n");
  CHECK(load("#!lua\nreturn 1") == "-ERR Library name was not given\r\n");
  CHECK(load("#!lua name=a name=b\n") ==
        "-ERR Invalid metadata value, name argument was given multiple times\r\n");
  CHECK(load("#!lua name=a foo=bar\n") == "-ERR Invalid metadata value given: foo=bar\r\n");
  CHECK(load("#!js name=a\n") == "-ERR Engine 'js' not found\r\n");
  CHECK(load(library("a-b", "")).starts_with("-ERR Library names can only contain letters"));
  CHECK(
      load(library("lib", "x +")).starts_with("-ERR Error compiling function: user_function:2: "));
  CHECK(load(library("lib", "return 1")) == "-ERR No functions registered\r\n");
  CHECK(load(library("lib", "return math.pi")) ==
        "-ERR Error registering functions: ERR user_function:2: Script attempted to access "
        "nonexistent global variable 'math'\r\n");
  CHECK(load(library("lib", "redis.register_function()")) ==
        "-ERR Error registering functions: ERR wrong number of arguments to "
        "server.register_function\r\n");
  CHECK(load(library("lib", "while true do end")) ==
        "-ERR Error registering functions: ERR FUNCTION LOAD timeout\r\n");
  CHECK(load(library("other", "redis.register_function('f', function() end)")) ==
        "-ERR Function f already exists\r\n");
  CHECK(load(library("lib", "redis.register_function('f', print or 1)")).starts_with("-ERR "));
  CHECK(engine.run({"FUNCTION", "LOAD", library("lib", "")}) ==
        "-ERR Library 'lib' already exists\r\n");
  CHECK(engine.run({"FCALL", "f", "0"}) == ":1\r\n");
}

TEST_CASE("named arguments declare what a function does") {
  TestEngine engine;
  engine.run({"FUNCTION", "LOAD",
              library("lib",
                      "redis.register_function{function_name='r', callback=function() return "
                      "redis.call('set', 'k', 1) end, flags={'no-writes'}, "
                      "description='reads'}\n"
                      "redis.register_function('w', function() return 'done' end)")});
  CHECK(engine.run({"FCALL", "r", "0"})
            .starts_with("-ERR Write commands are not allowed from read-only scripts."));
  CHECK(engine.run({"FCALL_RO", "w", "0"}) ==
        "-ERR Can not execute a script with write flag using *_ro command.\r\n");
  CHECK(engine.run({"FUNCTION", "LIST"}) ==
        "*1\r\n*6\r\n" + bulk("library_name") + bulk("lib") + bulk("engine") + bulk("LUA") +
            bulk("functions") + "*2\r\n*6\r\n" + bulk("name") + bulk("r") + bulk("description") +
            bulk("reads") + bulk("flags") + "*1\r\n+no-writes\r\n*6\r\n" + bulk("name") +
            bulk("w") + bulk("description") + "$-1\r\n" + bulk("flags") + "*0\r\n");
  engine.set_maxmemory(1);
  CHECK(engine.run({"FCALL", "w", "0"}) ==
        "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
  CHECK(engine.run({"FUNCTION", "LOAD", "REPLACE", library("lib", "")}) ==
        "-OOM command not allowed when used memory > 'maxmemory'.\r\n");
}

TEST_CASE("libraries survive FLUSHALL and go by DELETE and FLUSH, with their memory") {
  TestEngine engine;
  engine.run({"FUNCTION", "DELETE", "none"});  // the first error takes a counter for good
  const auto before = engine.used();
  for (int i = 0; i < 10; ++i) {
    const std::string n = std::to_string(i);
    engine.run({"FUNCTION", "LOAD",
                library("lib" + n, "redis.register_function('f" + n + "', function() end)")});
  }
  const auto loaded = engine.used();
  CHECK(loaded > before + 10 * 400);
  engine.run({"FLUSHALL"});
  CHECK(engine.engine.scripts->memory().functions == 10);
  CHECK(engine.run({"FUNCTION", "DELETE", "lib3"}) == "+OK\r\n");
  CHECK(engine.run({"FUNCTION", "DELETE", "lib3"}) == "-ERR Library not found\r\n");
  CHECK(engine.run({"FCALL", "f3", "0"}) == "-ERR Function not found\r\n");
  CHECK(engine.run({"FUNCTION", "FLUSH", "SYNC"}) == "+OK\r\n");
  CHECK(engine.used() == before);
  CHECK(engine.run({"FUNCTION", "STATS"}) ==
        "*4\r\n" + bulk("running_script") + "$-1\r\n" + bulk("engines") + "*2\r\n" + bulk("LUA") +
            "*4\r\n" + bulk("libraries_count") + ":0\r\n" + bulk("functions_count") + ":0\r\n");
}

TEST_CASE("a dump brings libraries back, as its policy says") {
  TestEngine engine;
  const auto load = [&](std::string_view name, std::string_view function, int value) {
    engine.run({"FUNCTION", "LOAD", "REPLACE",
                library(name, "redis.register_function('" + std::string(function) +
                                  "', function() return " + std::to_string(value) + " end)")});
  };
  load("lib", "f", 1);
  const std::string dump = text_of(engine.run({"FUNCTION", "DUMP"}));
  CHECK(engine.run({"FUNCTION", "RESTORE", dump}) == "-ERR Library lib already exists\r\n");
  load("lib", "f", 2);
  load("more", "g", 3);
  CHECK(engine.run({"FUNCTION", "RESTORE", dump, "REPLACE"}) == "+OK\r\n");
  CHECK(engine.run({"FCALL", "f", "0"}) == ":1\r\n");
  CHECK(engine.run({"FCALL", "g", "0"}) == ":3\r\n");
  CHECK(engine.run({"FUNCTION", "RESTORE", dump, "FLUSH"}) == "+OK\r\n");
  CHECK(engine.run({"FCALL", "g", "0"}) == "-ERR Function not found\r\n");
  CHECK(engine.run({"FUNCTION", "RESTORE", dump, "maybe"}) ==
        "-ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.\r\n");
  std::string broken = dump;
  broken[5] ^= 1;
  CHECK(engine.run({"FUNCTION", "RESTORE", broken}) ==
        "-ERR DUMP payload version or checksum are wrong\r\n");
}

TEST_CASE("a library's table is not the one that its functions see later") {
  TestEngine engine;
  engine.run({"FUNCTION", "LOAD",
              library("lib",
                      "local lib = redis\n"
                      "lib.register_function('f', function() lib.math = math end)\n"
                      "lib.register_function('g', function() lib.register_function('x', "
                      "function() end) end)\n"
                      "lib.register_function('h', function() return redis.call('ping') end)")});
  CHECK(engine.run({"FCALL", "f", "0"}).find("Attempt to modify a readonly table") !=
        std::string::npos);
  CHECK(engine.run({"FCALL", "g", "0"}).find("can only be called on FUNCTION LOAD command") !=
        std::string::npos);
  CHECK(engine.run({"FCALL", "h", "0"}) == "+PONG\r\n");
}

TEST_CASE("FUNCTION STATS tells what runs, and FUNCTION KILL ends it") {
  TestEngine engine;
  engine.run({"FUNCTION", "LOAD",
              library("lib", "redis.register_function('f', function() while true do end end)")});
  engine.engine.options.busy_reply_threshold_ms = 5;
  outlive::Session& other = engine.open();
  std::string stats;
  engine.engine.on_busy = [&] {
    if (!stats.empty()) return true;
    stats = engine.run_on(other, {"FUNCTION", "STATS"});
    CHECK(
        engine.run_on(other, {"SCRIPT", "KILL"})
            .starts_with("-BUSY Valkey is busy running a script. You can only call FUNCTION KILL"));
    CHECK(engine.run_on(other, {"FUNCTION", "KILL"}) == "+OK\r\n");
    return true;
  };
  CHECK(engine.run({"FCALL", "f", "0"}) ==
        "-ERR Script killed by user with FUNCTION KILL. script: f, on @user_function:2.\r\n");
  CHECK(stats.starts_with("*4\r\n" + bulk("running_script") + "*6\r\n" + bulk("name") + bulk("f") +
                          bulk("command") + "*3\r\n" + bulk("FCALL") + bulk("f") + bulk("0")));
}
