// How a scenario is put together: included files, axes, and expectations that hang on them.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "scenario/parse.hpp"
#include "support/scenarios.hpp"
#include "support/test_folder.hpp"

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

std::vector<Scenario> plays_of(std::string_view text, std::vector<Setting> settings = {}) {
  return parse_plays(text, "test.toml", KnownDirectives{}, settings);
}

// What is wrong with a file, a line each.
std::string mistakes_of(const std::string& path) {
  try {
    load_plays(path, KnownDirectives{});
  } catch (const ScenarioError& error) {
    return error.what();
  }
  return {};
}

std::string with_cache(std::string_view top, std::string_view ttl, std::string_view check = "") {
  return scenario_text(top, std::string{cache_traffic} + "ttl = " + std::string{ttl} + "\n" +
                                std::string{errors_check} + std::string{check});
}

TEST_CASE("an included file is as if it stood in front, and the file's own words win") {
  const TestFolder folder;
  folder.write("instances.toml",
               "duration = \"9h\"\nstory = \"theirs\"\n[[instance]]\nname = \"valkey\"\n"
               "[environment]\nTENSORZERO_VALKEY_URL = \"valkey://valkey\"\n");
  const Scenario scenario = load_scenario(
      folder.write("a.toml", "title = \"t\"\nduration = \"1h\"\ninclude = \"instances.toml\"\n" +
                                 std::string{cache_traffic} + std::string{errors_check} +
                                 "[[instance]]\nname = \"second\"\n"),
      KnownDirectives{});
  CHECK(scenario.duration == 1h);
  CHECK(scenario.story == "theirs");
  REQUIRE(scenario.instances.size() == 2);
  CHECK(scenario.instances[0].name == "valkey");
  CHECK(scenario.instances[1].name == "second");
}

TEST_CASE("a mistake in an included file names that file and its line") {
  const TestFolder folder;
  const std::string part = folder.write("part.toml", "\n\n[[check]]\nkind = \"erors\"\n");
  const std::string file = folder.write(
      "a.toml", scenario_text("include = [\"part.toml\"]", cache_traffic) + "rat = 3\n");
  const std::string told = mistakes_of(file);
  CHECK_THAT(told, ContainsSubstring(part + ":4: kind = \"erors\""));
  CHECK_THAT(told, ContainsSubstring(file + ":12: traffic of kind \"cache\" knows no \"rat\""));
}

TEST_CASE("a file included by two is read once; a circle is refused with its files") {
  const TestFolder folder;
  folder.write("one.toml", "include = \"traffic.toml\"\n");
  folder.write("two.toml", "include = \"traffic.toml\"\n");
  folder.write("traffic.toml", cache_traffic);
  const std::string twice =
      folder.write("a.toml", scenario_text("include = [\"one.toml\", \"two.toml\"]", errors_check));
  CHECK(load_scenario(twice, KnownDirectives{}).traffic.size() == 1);

  const std::string ring = folder.write("ring.toml", "include = \"back.toml\"\n");
  const std::string back = folder.write("back.toml", "include = \"ring.toml\"\n");
  CHECK_THAT(mistakes_of(ring),
             ContainsSubstring(back + ":1: include = \"ring.toml\": this goes round in a circle: " +
                               ring + " includes " + back + " includes " + ring));
}

TEST_CASE("an included file that cannot be read is told where it is named") {
  const TestFolder folder;
  const std::string file =
      folder.write("a.toml", scenario_text("\ninclude = \"nowhere.toml\"", errors_check));
  CHECK_THAT(mistakes_of(file), ContainsSubstring(file + ":4: include = \"nowhere.toml\": "));
}

TEST_CASE("a name of an axis stands for its value, with the value's type") {
  const std::string text = scenario_text(
      "axes = { users = 12, share = 0.25, ttl = \"36h\", file = \"b\" }\nstory = \"${ttl} of "
      "${users}, $$5\"",
      "[[traffic]]\nkind = \"rate-limit\"\nrate = \"1/s\"\nusers = \"$users\"\n"
      "user_prefix = \"${file}-\"\nlimits = [{ window = \"day\", capacity = \"$users\" }]\n" +
          std::string{cache_traffic} + "ttl = \"$ttl\"\n" +
          "[[check]]\nkind = \"hit-ratio\"\nat_least = \"$share\"\n");
  const std::vector<Scenario> plays = plays_of(text);
  REQUIRE(plays.size() == 1);
  const Scenario& play = plays[0];
  CHECK(play.title == "t");
  CHECK(play.story == "36h of 12, $5");
  CHECK(play.traffic.at(0).users == 12);
  CHECK(play.traffic.at(0).user_prefix == "b-");
  CHECK(play.traffic.at(0).limits.at(0).capacity == 12);
  CHECK(play.traffic.at(1).ttl == 36h);
  CHECK(play.checks.at(0).at_least == 0.25);
}

TEST_CASE("axes with several values make a play for each combination, the last varying first") {
  const std::string text = scenario_text(
      "[axes]\nttl = [\"24h\", \"36h\"]\nprompts = [5, 6]",
      "[[traffic]]\nkind = \"cache\"\nrate = \"1/s\"\nprompts = \"$prompts\"\nttl = \"$ttl\"\n" +
          std::string{errors_check});
  const std::vector<Scenario> plays = plays_of(text);
  REQUIRE(plays.size() == 4);
  CHECK(plays[0].title == "t [ttl = 24h, prompts = 5]");
  CHECK(plays[1].title == "t [ttl = 24h, prompts = 6]");
  CHECK(plays[3].title == "t [ttl = 36h, prompts = 6]");
  CHECK(plays[3].traffic.at(0).prompts == 6);
  CHECK(settings_of(plays[3]) == " --set ttl=36h --set prompts=6");
  CHECK_THROWS_AS(parse_scenario(text, "test.toml", KnownDirectives{}), ScenarioError);
}

TEST_CASE("a setting takes the place of an axis's values") {
  const std::string text = with_cache("axes = { ttl = [\"24h\", \"36h\"] }", "\"$ttl\"");
  CHECK(plays_of(text, {{"ttl", {"72h"}}}).at(0).traffic.at(0).ttl == 72h);
  CHECK(plays_of(text, {{"ttl", {"1h", "2h", "3h"}}}).size() == 3);
  CHECK(plays_of(text, {{"other", {"1"}}}).size() == 2);
  const std::string number = scenario_text(
      "axes = { n = 5 }", "[[traffic]]\nkind = \"cache\"\nrate = \"1/s\"\nprompts = \"$n\"\n" +
                              std::string{errors_check});
  CHECK(plays_of(number, {{"n", {"7"}}}).at(0).traffic.at(0).prompts == 7);
  CHECK_THROWS_AS(plays_of(number, {{"n", {"many"}}}), UserError);
}

TEST_CASE("what a check finds may hang on axes and on the target; the first that fits counts") {
  const std::string expect =
      "expect = [{ when = { ttl = [\"36h\", \"72h\"] }, finding = \"violated\" },\n"
      " { when = { target = [\"exec\", \"serve\"] }, finding = \"violated\" },\n"
      " { finding = \"holds\" }]\n";
  const std::vector<Scenario> plays =
      plays_of(with_cache("axes = { ttl = [\"24h\", \"36h\", \"72h\"] }", "\"$ttl\"", expect));
  REQUIRE(plays.size() == 3);
  CHECK_FALSE(plays[0].checks.at(0).expects_violation("embedded"));
  CHECK(plays[0].checks.at(0).expects_violation("exec"));
  CHECK(plays[0].checks.at(0).expects_violation("serve"));
  CHECK(plays[1].checks.at(0).expects_violation("embedded"));
  CHECK(plays[2].checks.at(0).expects_violation("exec"));
}

struct Wrong {
  std::string text;
  std::string says;
};

TEST_CASE("axes and expectations that cannot be meant are refused") {
  const Wrong cases[] = {
      {with_cache("axes = { ttl = \"24h\" }", "\"$tll\""),
       "test.toml:12: [axes] knows no \"tll\"; did you mean \"ttl\"?"},
      {with_cache("axes = { ttl = \"24h\" }", "\"1h\""),
       "test.toml:3: nothing names this axis: write \"$ttl\" where its value is meant"},
      {with_cache("", "\"$ttl\""), "\"$ttl\" is the value of an axis, and there is no [axes]"},
      {with_cache("axes = { ttl = [] }", "\"$ttl\""), "ttl = a list: must have at least one value"},
      {with_cache("axes = { ttl = { a = 1 } }", "\"$ttl\""), "ttl = a table: must be a text"},
      {with_cache("axes = 3", "\"1h\""), "axes is written as [axes]"},
      {with_cache("axes = { ttl = \"36x\" }", "\"$ttl\""),
       "test.toml:12: ttl = \"36x\": must be a duration like"},
      {with_cache("axes = { ttl = \"24h\" }", "\"$ttl\"",
                  "expect = [{ when = { tll = \"24h\" }, finding = \"holds\" }]\n"),
       "when knows no \"tll\"; did you mean \"ttl\"?"},
      {with_cache("axes = { ttl = \"24h\" }", "\"$ttl\"",
                  "expect = [{ when = { ttl = \"25h\" }, finding = \"holds\" }]\n"),
       "when ttl knows no \"25h\"; did you mean \"24h\"?"},
      {with_cache("", "\"1h\"",
                  "expect = [{ when = { target = \"exce\" }, finding = \"holds\" }]\n"),
       "when target knows no \"exce\"; did you mean \"exec\"?"},
      {with_cache("", "\"1h\"", "expect = [{ finding = \"holds\" }, { finding = \"violated\" }]\n"),
       "what comes after an entry without \"when\" never counts"},
      {with_cache("", "\"1h\"", "expect = [{ when = { target = \"exec\" } }]\n"),
       "expect lacks \"finding\": holds or violated"},
      {with_cache("", "\"1h\"", "expect = [\"holds\"]\n"), "each of the list looks like"},
  };
  for (const Wrong& wrong : cases) {
    CAPTURE(wrong.text);
    CHECK_THAT(mistakes_in(wrong.text), ContainsSubstring(wrong.says));
  }
}

TEST_CASE("a mistake that all plays have is told once") {
  const std::string told =
      mistakes_in(with_cache("axes = { ttl = [\"1h\", \"2h\", \"3h\"] }\nsed = 3", "\"$ttl\""));
  CHECK(told.find("sed") == told.rfind("\"sed\"") + 1);
}

TEST_CASE("all files behind a scenario are known, also those that are not there or broken") {
  const TestFolder folder;
  const std::string sizes = folder.write("sizes.csv", "100,1\n");
  const std::string missing = folder.write("missing.log", "");  // empty is as good as not there
  const std::string part = folder.write("_part.toml", "include = \"_deeper.toml\"\n");
  const std::string deeper = folder.write("_deeper.toml", "seed = 2\n");
  const std::string file = folder.write(
      "a.toml", "include = \"_part.toml\"\n" +
                    scenario_text("",
                                  "[[traffic]]\nkind = \"cache\"\nrate = \"1/s\"\nprompts = "
                                  "1\nsize = { histogram = \"sizes.csv\" }\n[[traffic]]\nkind "
                                  "= \"transcript\"\ninstance = \"valkey\"\nfile = "
                                  "\"missing.log\"\n" +
                                      std::string{errors_check}));
  CHECK(files_behind(file, KnownDirectives{}) ==
        std::vector<std::string>{file, part, deeper, sizes, missing});
  folder.write("_deeper.toml", "seed =");
  CHECK(files_behind(file, KnownDirectives{}) == std::vector<std::string>{file, part, deeper});
  CHECK(files_behind("nowhere.toml", KnownDirectives{}) ==
        std::vector<std::string>{"nowhere.toml"});
}

}  // namespace
}  // namespace outlive::harness
