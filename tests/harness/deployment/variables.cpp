#include "deployment/variables.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace outlive::harness;

namespace {

Variables variables(std::initializer_list<std::pair<std::string, std::string>> pairs) {
  Variables all;
  for (const auto& [name, value] : pairs) all[name] = {value, {}};
  return all;
}

std::string in_place(std::string_view text) {
  return interpolate(text, variables({{"HOST", "valkey"}, {"EMPTY", ""}})).text;
}

Variables read(std::string_view text) {
  Variables all;
  ReadingMistakes mistakes;
  read_env_file(text, ".env", all, mistakes);
  CHECK(to_string(mistakes.all()).empty());
  return all;
}

std::string mistake(std::string_view text) {
  Variables all;
  ReadingMistakes mistakes;
  read_env_file(text, ".env", all, mistakes);
  return to_string(mistakes.all());
}

}  // namespace

TEST_CASE("variables stand in texts as in a compose file") {
  CHECK(in_place("a $HOST b") == "a valkey b");
  CHECK(in_place("${HOST}s") == "valkeys");
  CHECK(in_place("$$HOST") == "$HOST");
  CHECK(in_place("${NONE:-other}") == "other");
  CHECK(in_place("${NONE:-${HOST}-2}") == "valkey-2");
  CHECK(in_place("${EMPTY:-other}") == "other");
  CHECK(in_place("${EMPTY-other}") == "");
  CHECK(in_place("${HOST:+x}${NONE:+y}") == "x");
  CHECK(in_place("${HOST:?is needed}") == "valkey");
}

TEST_CASE("a variable that is not set stays, and is told of") {
  const Interpolated read = interpolate("redis://:${PASSWORD}@${HOST:?is needed}", {});
  CHECK(read.text == "redis://:${PASSWORD}@${HOST}");
  CHECK(read.unset == std::vector<std::string>{"PASSWORD", "HOST"});
  CHECK(has_unset_variable(read.text));
}

TEST_CASE("a dollar that is no variable is a mistake") {
  CHECK_FALSE(interpolate("${HOST", {}).mistake.empty());
  CHECK_FALSE(interpolate("pa$", {}).mistake.empty());
  CHECK_FALSE(interpolate("${HOST|x}", {}).mistake.empty());
  CHECK_FALSE(interpolate("${:-x}", {}).mistake.empty());
  CHECK(interpolate("hunter2$", {}).mistake.find("hunter2") == std::string::npos);
  std::string deep = "x";
  for (int i = 0; i < 10'000; ++i) deep = "${A:-" + deep + "}";
  CHECK_FALSE(interpolate(deep, {}).mistake.empty());
}

TEST_CASE("a file of variables is read as Compose reads it") {
  const Variables all = read(
      "# a comment\n\n"
      "PLAIN = some words # and a comment\n"
      "export SHELL_LIKE=yes\r\n"
      "HASH=a#b\n"
      "SINGLE='$PLAIN # stays'\n"
      "DOUBLE=\"a\\n\\\"b\\\" ${PLAIN}\" # comment\n"
      "LINES=\"one\ntwo\"\n"
      "COST=\"\\$5\"\n"
      "EMPTY=\n"
      "LAST=${EMPTY:-x}");
  CHECK(all.at("PLAIN").value == "some words");
  CHECK(all.at("SHELL_LIKE").value == "yes");
  CHECK(all.at("HASH").value == "a#b");
  CHECK(all.at("SINGLE").value == "$PLAIN # stays");
  CHECK(all.at("DOUBLE").value == "a\n\"b\" some words");
  CHECK(all.at("LINES").value == "one\ntwo");
  CHECK(all.at("COST").value == "$5");
  CHECK(all.at("EMPTY").value.empty());
  CHECK(all.at("LAST").value == "x");
  CHECK(to_string(all.at("LAST").origin) == ".env:12");
}

TEST_CASE("a line that sets nothing is a mistake, with its place and what would be right") {
  CHECK(mistake("A=1\nPASSWORD hunter2") ==
        ".env:2: the line of \"PASSWORD\" sets no variable; write NAME=value");
  CHECK(mistake("A=\"open\nB=1") == ".env:1: the value of A lacks its closing \"");
  CHECK(mistake("A='x' y") == ".env:1: something stands behind the closing quote of A");
  CHECK(mistake("A=${B").find(".env:1: A: ") == 0);
  CHECK(mistake("1A=x").find("NAME=value") != std::string::npos);
}
