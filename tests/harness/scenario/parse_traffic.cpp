// The words of [[traffic]] that describe a shape: rates over time, populations, sizes.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "support/scenarios.hpp"
#include "support/test_folder.hpp"

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;

// Cache traffic of a scenario of one hour, with these words.
std::string cache_words(std::string_view words) {
  return scenario_text("", "[[traffic]]\nkind = \"cache\"\nprompts = 100\n" + std::string{words} +
                               "\n" + std::string{errors_check});
}

Traffic traffic_of(std::string_view words) {
  return parsed(cache_words(words)).traffic.at(0);
}

bool same(const Rate& rate, std::int64_t count, Span per) {
  return rate.count == count && rate.per == per;
}

TEST_CASE("phases are stretches of time with a rate each, or two for a ramp") {
  const Traffic traffic = traffic_of(
      "phases = [{ lasting = \"10m\", rate = \"5/s\" }, { lasting = \"5m\", rate = [\"5/s\", "
      "\"50/s\"] }, { lasting = \"1m\", rate = \"0/s\" }, { rate = \"1/10m\" }]");
  REQUIRE(traffic.phases.size() == 4);
  CHECK(traffic.phases[0].lasting == 10min);
  CHECK(same(traffic.phases[0].last, 5, 1s));
  CHECK(same(traffic.phases[1].first, 5, 1s));
  CHECK(same(traffic.phases[1].last, 50, 1s));
  CHECK(traffic.phases[2].first.count == 0);
  CHECK(traffic.phases[3].lasting == 0s);
  CHECK(same(traffic.phases[3].first, 1, 10min));
  CHECK_FALSE(traffic.repeats);
}

TEST_CASE("day and night are phases that repeat") {
  const Traffic traffic =
      traffic_of("rate = { day = \"50/s\", night = \"5/s\", from = \"7h\", over = \"1h\" }");
  CHECK(traffic.repeats);
  CHECK(traffic.day_begins == 7h);
  REQUIRE(traffic.phases.size() == 4);
  CHECK(same(traffic.phases[0].first, 5, 1s));
  CHECK(same(traffic.phases[0].last, 50, 1s));
  Span sum{};
  for (const Phase& phase : traffic.phases) sum += phase.lasting;
  CHECK(sum == 24h);
  CHECK(traffic.phases[1].lasting == 12h);  // 8 to 20 o'clock
}

TEST_CASE("who is popular may be a few, or a few that change") {
  const Traffic hot =
      traffic_of("rate = \"1/s\"\nprompt_popularity = { hot = { count = 10, share = 0.5 } }");
  CHECK(hot.prompt_popularity.shape == Popularity::Shape::hot);
  CHECK(hot.prompt_popularity.hot == 10);
  CHECK(hot.prompt_popularity.share == 0.5);
  CHECK(hot.prompt_popularity.moves.count == 0);
  const Traffic moving = traffic_of(
      "rate = \"1/s\"\nprompt_turnover = \"3/h\"\nprompt_popularity = { moving = { count = 10, "
      "share "
      "= 0.9, by = \"20/h\" } }");
  CHECK(same(moving.prompt_popularity.moves, 20, 1h));
  CHECK(same(moving.prompt_turnover, 3, 1h));
  CHECK(moving.prompts_in(10h) == 100 + 30);
}

TEST_CASE("a histogram of sizes is read from beside the scenario") {
  const TestFolder folder;
  folder.write("sizes.csv", "1kb,3\n2kb,1\n");
  const std::string text = cache_words("rate = \"1/s\"\nsize = { histogram = \"sizes.csv\" }");
  const Scenario scenario = load_scenario(folder.write("a.toml", text), KnownDirectives{});
  const Sizes& sizes = scenario.traffic.at(0).sizes;
  CHECK(sizes.shape == Sizes::Shape::histogram);
  REQUIRE(sizes.bins.size() == 2);
  CHECK(sizes.bins[1].most == 2'048);
}

TEST_CASE("mistakes of a histogram are told by its name, beside the scenario's own") {
  const TestFolder folder;
  const std::string csv = folder.write("sizes.csv", "1kb,3\n2kb\n");
  const std::string toml = folder.write(
      "a.toml", cache_words("rate = \"1/s\"\nsiz = 3\nsize = { histogram = \"sizes.csv\" }"));
  std::string told;
  try {
    load_scenario(toml, KnownDirectives{});
  } catch (const ScenarioError& error) {
    told = error.what();
  }
  CHECK_THAT(told, ContainsSubstring(toml + ":12: "));
  CHECK_THAT(told, ContainsSubstring("\n" + csv + ":2: \"2kb\": a line is a size and a count"));
}

struct Wrong {
  std::string_view words;
  std::string_view says;
};

TEST_CASE("shapes that cannot be are refused with the reason") {
  const Wrong cases[] = {
      {"", "traffic of kind \"cache\" lacks \"rate\": requests in all, like \"50/s\""},
      {"rate = \"1/s\"\nphases = [{ rate = \"1/s\" }]", "has a \"rate\", and \"phases\""},
      {"rate = \"1/s\"\nrepeat = true", "\"repeat\" wants \"phases\""},
      {"rate = \"0/s\"", "must be a rate like"},
      {"phases = []", "must be a list like"},
      {"phases = [3]", "each phase looks like"},
      {"phases = [{ rate = \"1/s\", lastig = \"1m\" }]", "did you mean \"lasting\"?"},
      {"phases = [{ rate = \"1/s\" }, { rate = \"1/s\" }]", "only the last phase may do without"},
      {"phases = [{ rate = [\"1/s\"] , lasting = \"1m\" }]", "a ramp has two rates"},
      {"phases = [{ rate = [\"1/s\", \"2/s\"] }]", "a ramp must say how long"},
      {"phases = [{ rate = \"1/s\" }]\nrepeat = true", "the last phase too must say how long"},
      {"phases = [{ rate = \"1/s\" }]\nrepeat = \"yes\"", "must be true or false"},
      {"phases = [{ rate = \"0/s\" }]", "nothing comes in any of these phases"},
      {"phases = [{ rate = \"1/s\", lasting = \"2h\" }, { rate = \"1/s\" }]",
       "phase 2 would begin after 2 h, and this traffic lasts 1 h"},
      {"rate = { day = \"1/s\" }", "a rate by the time of day lacks \"night\""},
      {"rate = { day = \"1/s\", night = \"0/s\", from = \"8h\", until = \"32h\" }",
       "from and until are two times of a day"},
      {"rate = { day = \"1/s\", night = \"0/s\", over = \"13h\" }", "over is longer than"},
      {"rate = \"1/s\"\nprompt_popularity = { hot = 3 }", "hot wants { count = 10, share = 0.5 }"},
      {"rate = \"1/s\"\nprompt_popularity = { hot = { count = 3, share = 0.5, by = \"1/h\" } }",
       "\"by\" has no meaning in hot"},
      {"rate = \"1/s\"\nprompt_popularity = { moving = { count = 3, share = 0.5 } }",
       "moving lacks \"by\""},
      {"rate = \"1/s\"\nprompt_popularity = { hot = { count = 100, share = 0.5 } }",
       "prompts: 100 of 100 would be the popular ones"},
      {"rate = \"1/s\"\nprompt_popularity = \"once\"\nprompt_turnover = \"1/h\"",
       "where each comes once there is no turnover"},
      {"rate = \"1/s\"\nprompt_turnover = \"10000/s\"",
       "with the turnover there would be 36,000,100"},
      {"rate = \"1/s\"\nsize = { histogram = \"missing.csv\" }", "missing.csv can't be read"},
      {"rate = \"1/s\"\nsize = { histogrm = \"a.csv\" }", "{ histogram = \"file.csv\" }"},
  };
  for (const Wrong& wrong : cases) {
    CAPTURE(wrong.words);
    CHECK_THAT(mistakes_in(cache_words(wrong.words)), ContainsSubstring(std::string{wrong.says}));
  }
}

}  // namespace
}  // namespace outlive::harness
