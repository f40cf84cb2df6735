#include "scenario/command_template.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "support/scenarios.hpp"

namespace outlive::harness {
namespace {

using Catch::Matchers::ContainsSubstring;
using Piece = CommandTemplate::Piece;

std::string command_words(std::string_view commands, std::string_view more) {
  return "title = \"t\"\nduration = \"1h\"\n[[instance]]\nname = \"valkey\"\n[[traffic]]\nkind = "
         "\"commands\"\ninstance = \"valkey\"\nrate = \"1/s\"\n" +
         std::string{more} + "commands = [" + std::string{commands} + "]\n" +
         std::string{errors_check};
}

std::string command_words(std::string_view commands) {
  const bool draws_key = commands.find("{key") != commands.npos;
  return command_words(commands, draws_key ? "keys = 100\n" : "");
}

CommandTemplate template_of(std::string_view command) {
  return parsed(command_words("'" + std::string{command} + "'")).traffic.at(0).commands.at(0);
}

TEST_CASE("a command is written as in valkey-cli, with placeholders") {
  const CommandTemplate command =
      template_of(R"(SET "a b:{key+2}:c" {value} PXAT {now+60}{{0}} {-3..7})");
  REQUIRE(command.words.size() == 6);
  REQUIRE(command.words[1].size() == 3);
  CHECK(command.words[1][0].text == "a b:");
  CHECK(command.words[1][1].kind == Piece::Kind::key);
  CHECK(command.words[1][1].least == 2);
  CHECK(command.words[2][0].kind == Piece::Kind::value);
  CHECK(command.words[4][0].kind == Piece::Kind::now);
  CHECK(command.words[4][0].least == 60);
  CHECK(command.words[4][1].text == "{0}");
  CHECK(command.words[5][0].least == -3);
  CHECK(command.words[5][0].most == 7);
}

TEST_CASE("which words are keys, and what becomes of them, is Valkey's own knowledge") {
  const auto keys_of = [](std::string_view text) {
    std::vector<std::pair<std::uint32_t, KeyEffect>> keys;
    for (const CommandTemplate::Key& key : template_of(text).keys)
      keys.emplace_back(key.word, key.effect);
    return keys;
  };
  using enum KeyEffect;
  using Keys = std::vector<std::pair<std::uint32_t, KeyEffect>>;
  CHECK(keys_of("SET k{key} {value}") == Keys{{1, makes}});
  CHECK(keys_of("SET k{key} {value} XX") == Keys{{1, changes}});
  CHECK(keys_of("MGET k{key} k{key+1}") == Keys{{1, reads}, {2, reads}});
  CHECK(keys_of("MSET k{key} {value} l{key} {value}") == Keys{{1, makes}, {3, makes}});
  CHECK(keys_of("GETDEL k") == Keys{{1, changes}});
  CHECK(keys_of("EVAL \"return 1\" 1 k{key} {value}") == Keys{{3, changes}});
  CHECK(keys_of("INFO memory").empty());
  CHECK(template_of("FLUSHDB").touches_all);
}

TEST_CASE("commands have weights") {
  const Traffic traffic =
      parsed(command_words("'GET a', { weight = 3, command = 'GET b' }")).traffic.at(0);
  CHECK(traffic.commands.at(0).weight == 1);
  CHECK(traffic.commands.at(1).weight == 3);
  CHECK_FALSE(traffic.takes_tickets());
  CHECK_FALSE(traffic.uses_cache());
}

TEST_CASE("what follows a command stands last in the list, without a weight of its own") {
  const Traffic traffic =
      parsed(command_words("{ command = 'GET a', then = ['INCR b'], otherwise = ['SET a 1', 'SET b "
                           "1'] }, 'GET c'"))
          .traffic.at(0);
  REQUIRE(traffic.commands.size() == 5);
  const CommandTemplate& look = traffic.commands[0];
  CHECK(look.then.first == 2);
  CHECK(look.otherwise.first == 3);
  CHECK(traffic.commands[1].text == "GET c");
  CHECK(traffic.commands[2].text == "INCR b");
  CHECK(traffic.commands[4].text == "SET b 1");
  CHECK(traffic.commands[4].weight == 0);
  CHECK(traffic.commands[4].keys.size() == 1);
}

struct Wrong {
  std::string_view commands;
  std::string_view says;
};

TEST_CASE("commands that cannot be said are refused with the reason") {
  const Wrong cases[] = {
      {"", "must be a list like"},
      {"3", "commands = 3: must be text in quotes"},
      {"{ comand = 'GET a' }", "did you mean \"command\"?"},
      {"'GET \"a'", "quotes are not closed"},
      {"'GET k{ky}'", "\"{ky}\" is no placeholder: there is {key}"},
      {"'GET k{key'", "is no placeholder"},
      {"'GET k}'", "is no placeholder"},
      {"'SET k {9..1}'", "\"{9..1}\" is no placeholder"},
      {"'INCRR k'", "outlive knows no command \"INCRR\"; did you mean \"INCR\"?"},
      {"'GET'", "wrong number of arguments for GET"},
      {"'GET k{value}'", "may have one {key} and nothing else"},
      {"'GET k{key}{key}'", "may have one {key} and nothing else"},
      {"'MULTI'", "MULTI is not about keys"},
      {"'CONFIG SET maxmemory 1'", "CONFIG is not about keys"},
      {"{ command = 'GET a', then = ['INCRR b'] }", "outlive knows no command \"INCRR\""},
      {"{ command = 'GET a', otherwise = 'SET a 1' }", "otherwise"},
      {"{ command = 'GET a', then = [] }", "then"},
      {"'SUBSCRIBE c'", "SUBSCRIBE is not about keys"},
  };
  for (const Wrong& wrong : cases) {
    CAPTURE(wrong.commands);
    CHECK_THAT(mistakes_in(command_words(wrong.commands)),
               ContainsSubstring(std::string{wrong.says}));
  }
  CHECK_THAT(mistakes_in(command_words("'GET k{key}'", "")),
             ContainsSubstring("{key} wants \"keys\""));
  CHECK_THAT(mistakes_in(command_words("'GET k'", "database = 16\n")),
             ContainsSubstring("valkey has no database 16"));
  CHECK_THAT(mistakes_in(command_words("'GET k'", "gateway = \"g\"\n")),
             ContainsSubstring("\"gateway\" has no meaning in traffic of kind \"commands\""));
}

TEST_CASE(
    "without a gateway's traffic there need be no environment, and nothing of a gateway's is "
    "checked") {
  CHECK(mistakes_in(command_words("'GET k'")).empty());
  CHECK_THAT(mistakes_in(command_words("'GET k'") + "[[check]]\nkind = \"over-admission\"\n"),
             ContainsSubstring("no traffic takes tickets"));
  CHECK_THAT(
      mistakes_in(command_words("'GET k'") + "[[check]]\nkind = \"hit-ratio\"\nat_least = 0.1\n"),
      ContainsSubstring("no traffic uses the cache"));
  CHECK_THAT(mistakes_in(command_words("'GET k'") + std::string{cache_traffic}),
             ContainsSubstring("a scenario lacks \"environment\""));
}

}  // namespace
}  // namespace outlive::harness
