#include "scenario/parse.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "support/scenarios.hpp"

namespace outlive::harness {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

std::string whole(std::string_view tables, std::string_view top = {}) {
  return scenario_text(top, std::string{tables} + std::string{errors_check});
}

TEST_CASE("a scenario file is read into the model") {
  const Scenario scenario = parsed(R"(
title = "Two instances"
rule = "a rule"
duration = "1h30m"
start = 2026-03-01T12:00:00+01:00
seed = 7

[[instance]]
name = "primary"
maxmemory-policy = "noeviction"
maxmemory = "10mb"

[[instance]]
name = "cache"

[environment]
TENSORZERO_VALKEY_URL = "rediss://primary:6380"
TENSORZERO_VALKEY_CACHE_URL = "valkeys://cache/0?protocol=resp3"

[[traffic]]
kind = "gateway"
rate = "50/s"
users = 20
user_popularity = { zipf = 0.9 }
limits = [{ window = "week", capacity = 10 }, { resource = "token", window = "day", capacity = 100, tickets = 5, scope = "total" }]
prompts = 30
size = { lognormal = { median = "2kb", sigma = 0.5, max = "1mb" } }
ttl = "36h"

[[event]]
kind = "config"
at = "10m"
instance = "cache"
maxmemory = "used + 1mb"

[[check]]
kind = "outlives"
keys = "tensorzero_ratelimit:*"
others = "tensorzero_cache:*"
expect = "violated"
)");
  CHECK(scenario.start ==
        Time{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}} + std::chrono::hours{11});
  CHECK(scenario.duration == std::chrono::minutes{90});
  CHECK(scenario.seed == 7);
  CHECK(scenario.primary == "primary");
  CHECK(scenario.cache == "cache");
  // In the file's order, not the alphabet's.
  CHECK(scenario.instances[0].directives ==
        std::vector<Directive>{{"maxmemory-policy", "noeviction"}, {"maxmemory", "10mb"}});
  const Traffic& traffic = scenario.traffic.at(0);
  CHECK(traffic.rate.count == 50);
  CHECK(traffic.user_popularity.exponent == 0.9);
  CHECK(traffic.limits.at(0).refill == 10);
  CHECK(traffic.limits.at(1).scope == Limit::Scope::total);
  CHECK(traffic.sizes.median == 2048);
  CHECK(traffic.ttl == std::chrono::hours{36});
  CHECK(scenario.events.at(0).directives.at(0).second == "used + 1mb");
  CHECK(scenario.checks.at(0).expect_violated);
}

TEST_CASE("without a cache URL the cache is on the primary") {
  CHECK(parsed(whole(cache_traffic)).cache == "valkey");
}

TEST_CASE("every mistake is told at once, by file and line, with what was meant") {
  const std::string mistakes = mistakes_in(R"(title = "t"
duration = "an hour"
sed = 3

[[instance]]
name = "primary"
maxmemry = "10mb"
maxmemory-policy = "volatile-tll"

[environment]
TENSORZERO_VALKEY_URL = "valkey://primray"

[[traffic]]
kind = "cahce"

[[traffic]]
kind = "cache"
rate = "10/s"
users = 3

[[check]]
kind = "only-on"
keys = "a:*"
instance = "primary"
expect = "volated"
)");
  CHECK(
      mistakes ==
      "test.toml:2: duration = \"an hour\": must be a duration like \"90s\", \"36h\" or \"1h30m\"\n"
      "test.toml:3: a scenario knows no \"sed\"; did you mean \"seed\"?\n"
      "test.toml:7: valkey.conf knows no \"maxmemry\"; did you mean \"maxmemory\"?\n"
      "test.toml:8: maxmemory-policy = \"volatile-tll\": no such policy\n"
      "test.toml:11: TENSORZERO_VALKEY_URL: the scenario knows no \"primray\"; did you mean "
      "\"primary\"?\n"
      "test.toml:14: kind = \"cahce\" is unknown; did you mean \"cache\"?\n"
      "test.toml:16: traffic of kind \"cache\" lacks \"prompts\": how many different prompts are "
      "asked\n"
      "test.toml:19: \"users\" has no meaning in traffic of kind \"cache\"\n"
      "test.toml:25: expect = \"volated\" is unknown; did you mean \"violated\"?");
}

std::string with_instance_words(std::string_view words) {
  std::string text = whole(cache_traffic);
  constexpr std::string_view name = "name = \"valkey\"\n";
  return text.insert(text.find(name) + name.size(), words);
}

TEST_CASE("so does the managed service that it is like") {
  const Scenario scenario = parsed(with_instance_words("maxmemory = \"2mb\"\nlike = \"cloud\"\n"));
  CHECK(scenario.instances[0].directives ==
        std::vector<Directive>{{"outlive-like", "cloud"}, {"maxmemory", "2mb"}});
  CHECK(scenario.instances[0].like() == "cloud");
  CHECK_THAT(mistakes_in(with_instance_words("like = \"clod\"\n")),
             ContainsSubstring("like = \"clod\": no such service"));
  CHECK_THAT(mistakes_in(with_instance_words("maxmemory-samples = 5\nlike = \"cloud\"\n")),
             ContainsSubstring("maxmemory-samples = \"5\": fixed by the cloud"));
}

TEST_CASE("an instance's profile stands before its directives, which are judged by it") {
  const Scenario scenario = parsed(with_instance_words("maxmemory = \"2mb\"\nprofile = \"old\"\n"));
  CHECK(scenario.instances[0].directives ==
        std::vector<Directive>{{"outlive-profile", "old"}, {"maxmemory", "2mb"}});
  CHECK_THAT(mistakes_in(with_instance_words("profile = \"older\"\nmaxmemory-samples = 5\n")),
             ContainsSubstring("profile = \"older\": no such profile"));
  CHECK_THAT(mistakes_in(with_instance_words("maxmemory-samples = 5\nprofile = \"old\"\n")),
             ContainsSubstring("maxmemory-samples = \"5\": not in the old version"));
  CHECK_THAT(mistakes_in(with_instance_words("profile = 8\n")), ContainsSubstring("profile = 8"));
}

TEST_CASE("a file that is no TOML says where") {
  CHECK_THAT(mistakes_in("title = \"t\"\nduration = 1h\n"), StartsWith("test.toml:2: "));
}

struct Wrong {
  std::string text;
  std::string_view says;
};

TEST_CASE("what cannot be played is refused with the reason") {
  const Wrong cases[] = {
      {"", "a scenario lacks \"title\""},
      {whole("[traffic]\nkind = \"cache\"\n"), "traffic is written as [[traffic]]"},
      {whole("[[traffic]]\nrate = \"1/s\"\n"), "traffic lacks \"kind\""},
      {whole("[[traffic]]\nkind = \"cache\"\nprompts = 0\nrate = \"1/s\"\n"),
       "prompts = 0: must be a whole number from 1"},
      {whole("[[traffic]]\nkind = \"cache\"\nprompts = 9\nrate = \"often\"\n"),
       "must be a rate like"},
      {whole("[[traffic]]\nkind = \"cache\"\nprompts = 9\nrate = \"1/s\"\nsize = \"big\"\n"),
       "size = \"big\": must be a size"},
      {whole("[[traffic]]\nkind = \"cache\"\nprompts = 9\nrate = \"1/s\"\nsize = { uniform = [9, "
             "3] }\n"),
       "the least is more than the most"},
      {whole("[[traffic]]\nkind = \"cache\"\nprompts = 9\nrate = \"1/s\"\nsize = { lognormal = { "
             "median = 9 } }\n"),
       "lognormal lacks \"sigma\""},
      {whole("[[traffic]]\nkind = \"cache\"\nprompts = 9\nrate = \"1/s\"\nprompt_popularity = { "
             "zip = 1 }\n"),
       "prompt_popularity = a table: must be"},
      {whole("[[traffic]]\nkind = \"cache\"\nprompts = 9\nrate = \"1/s\"\nfrom = \"2h\"\n"),
       "ends (1 h) before it begins (2 h)"},
      {whole("[[traffic]]\nkind = \"cache\"\nprompts = 9\nrate = \"1/s\"\nuntil = \"2h\"\n"),
       "goes on (2 h) after the scenario has ended (1 h)"},
      {whole("[[traffic]]\nkind = \"rate-limit\"\nusers = 9\nrate = \"1/s\"\nlimits = [{ window = "
             "\"dya\", capacity = 1 }]\n"),
       "window = \"dya\" is unknown; did you mean \"day\"?"},
      {whole("[[traffic]]\nkind = \"rate-limit\"\nusers = 9\nrate = \"1/s\"\nlimits = [{ window = "
             "\"day\", capacity = 1 }, { window = \"hour\", capacity = 1 }]\n"),
       "Duplicate keys are not allowed"},
      {whole("[[traffic]]\nkind = \"rate-limit\"\nusers = 9\nrate = \"1/s\"\nlimits = [{ window = "
             "\"day\", capacity = 1, tickets = 2 }]\n"),
       "a request takes 2 tickets and a full bucket has 1"},
      {whole(std::string{cache_traffic} + "[[event]]\nkind = \"config\"\nat = \"2h\"\ninstance = "
                                          "\"valkey\"\nmaxmemory = \"used\"\n"),
       "this event comes (2 h) after the scenario has ended"},
      {whole(std::string{cache_traffic} + "[[event]]\nkind = \"config\"\nat = \"2m\"\ninstance = "
                                          "\"valkye\"\nmaxmemory = \"used\"\n"),
       "did you mean \"valkey\"?"},
      {whole(std::string{cache_traffic} +
             "[[event]]\nkind = \"config\"\nat = \"2m\"\ninstance = \"valkey\"\n"),
       "this event changes no directive"},
      {whole(std::string{cache_traffic} + "[[event]]\nat = \"2m\"\n"), "an event lacks \"kind\""},
      {whole(std::string{cache_traffic} + "[[event]]\nkind = \"flsh\"\n"),
       "kind = \"flsh\" is unknown; did you mean \"flush\"?"},
      {whole(std::string{cache_traffic} +
             "[[event]]\nkind = \"flush\"\nat = \"2m\"\ninstance = \"valkey\"\nby = \"1s\"\n"),
       "\"by\" has no meaning in an event of kind \"flush\""},
      {whole(std::string{cache_traffic} +
             "[[event]]\nkind = \"outage\"\nat = \"2m\"\ninstance = \"valkey\"\n"),
       "lacks \"lasting\": how long"},
      {whole(std::string{cache_traffic} +
             "[[event]]\nkind = \"clock\"\nat = \"2m\"\nby = \"1s\"\n"),
       "wants an instance or a gateway"},
      {whole(std::string{cache_traffic} +
             "[[event]]\nkind = \"clock\"\nat = \"2m\"\ngateway = \"gateway\"\n"),
       "a clock event wants by"},
      {whole(std::string{cache_traffic} +
             "[[event]]\nkind = \"clock\"\nat = \"2m\"\ngateway = \"gatway\"\nby = \"1s\"\n"),
       "did you mean \"gateway\"?"},
      {whole(std::string{cache_traffic} +
             "[[event]]\nkind = \"clock\"\nat = \"2m\"\ngateway = \"gateway\"\ndrift = \"2h/h\"\n"),
       "drift = \"2h/h\": must be a gain like"},
      {whole(std::string{cache_traffic} + "[[event]]\nkind = \"crash\"\nat = \"2m\"\ninstance = "
                                          "\"valkey\"\nsaved = \"1m\"\n"),
       "\"saved\" wants persistence"},
      {whole(std::string{cache_traffic} +
             "[[event]]\nkind = \"crash\"\nat = \"2m\"\ninstance = \"valkey\"\n"
             "persistence = \"rdb\"\nsaved = \"3m\"\n"),
       "the scenario had not begun when that snapshot was taken"},
      {whole(std::string{cache_traffic} + "[[check]]\nkind = \"over-admission\"\n"),
       "no traffic takes tickets"},
      {whole(std::string{limit_traffic} + "[[check]]\nkind = \"hit-ratio\"\nat_least = 0.1\n"),
       "no traffic uses the cache"},
      {whole(std::string{cache_traffic} + "[[check]]\nkind = \"hit-ratio\"\n"),
       "hit-ratio wants at_least, at_most or both"},
      {whole(std::string{cache_traffic} +
             "[[check]]\nkind = \"only-on\"\nkeys = \"*\"\ninstance = \"primary\"\n"),
       "knows no \"primary\""},
      {whole(std::string{cache_traffic}, "start = \"noon\""), "must be a date and time like"},
  };
  for (const Wrong& wrong : cases) {
    CAPTURE(wrong.text);
    CHECK_THAT(mistakes_in(wrong.text), ContainsSubstring(std::string{wrong.says}));
  }
}

TEST_CASE("a file that is not there is told by its name") {
  CHECK_THROWS_AS(load_scenario("/nowhere/missing.toml", KnownDirectives{}), UserError);
}

}  // namespace
}  // namespace outlive::harness
