#include "deployment/gateway_settings.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace outlive::harness;
using namespace std::chrono_literals;

namespace {

GatewaySettings read(std::string_view text) {
  GatewaySettings settings;
  ReadingMistakes mistakes;
  read_gateway_settings(text, "tensorzero.toml", settings, mistakes);
  CHECK(to_string(mistakes.all()).empty());
  return settings;
}

std::string mistake(std::string_view text) {
  GatewaySettings settings;
  ReadingMistakes mistakes;
  read_gateway_settings(text, "tensorzero.toml", settings, mistakes);
  return to_string(mistakes.all());
}

RateWord word(const std::string& line) {
  return read("[[rate_limiting.rules]]\nalways = true\n" + line).rules.at(0).words.at(0);
}

}  // namespace

TEST_CASE("the cache's TTL and where answers are kept are read, in either spelling") {
  const GatewaySettings settings = read(
      "[gateway]\ncache.enabled = true\ncache.backend = \"valkey\"\n"
      "[gateway.cache.valkey]\nttl_s = 3_600\n");
  CHECK(settings.cache_ttl.value == 1h);
  CHECK(to_string(settings.cache_ttl.origin) == "tensorzero.toml:5");
  CHECK(settings.cache_enabled == true);
  CHECK(settings.cache_backend.value == "valkey");
  CHECK(read("gateway.cache.valkey.ttl_s = 60").cache_ttl.value == 1min);
  CHECK(read("[models.x]\nrouting = []").cache_ttl.value == 24h);
}

TEST_CASE("rules for rate limits are read with their scopes") {
  const GatewaySettings settings = read(
      "[[rate_limiting.rules]]\npriority = 2\ntokens_per_hour = 5\nmodel_inferences_per_day = 7\n"
      "scope = [{ tag_key = \"user_id\", tag_value = \"tensorzero::each\" }]\n"
      "[[rate_limiting.rules]]\nalways = true\ncost_per_week = 1.5\n");
  REQUIRE(settings.rules.size() == 2);
  CHECK(settings.rules[0].each);
  CHECK(settings.rules[0].priority == 2);
  CHECK(settings.rules[0].words.size() == 2);
  CHECK_FALSE(settings.rules[1].each);
  CHECK(settings.rules[1].always);
  CHECK(settings.rules[1].words[0].capacity == 1.5);
  CHECK(settings.slowest()->window == "week");
}

TEST_CASE("a bucket lives twice as long as it takes to refill, and 48 h at least") {
  CHECK(word("tokens_per_minute = 5").refill_time() == 1min);
  CHECK(word("tokens_per_minute = 5").ttl() == 48h);
  CHECK(word("tokens_per_day = 5").ttl() == 48h);
  CHECK(word("tokens_per_week = 5").ttl() == 336h);
  CHECK(word("tokens_per_month = 5").ttl() == 1440h);
  CHECK(word("tokens_per_hour = { capacity = 100, refill_rate = 1 }").refill_time() == 100h);
  CHECK(word("tokens_per_hour = { capacity = 100, refill_rate = 1 }").ttl() == 200h);
  CHECK_FALSE(word("tokens_per_hour = { capacity = 1, refill_rate = 0 }").refill_time());
}

TEST_CASE("what the gateway would refuse is told with its place and what would be right") {
  CHECK(mistake("[gateway.cache]\nttl_s = 60") ==
        "tensorzero.toml:2: ttl_s stands in [gateway.cache.valkey], not in [gateway.cache]");
  CHECK(mistake("[gateway.cache.valkey]\nttl = 60") ==
        "tensorzero.toml:2: [gateway.cache.valkey] knows no \"ttl\"; did you mean \"ttl_s\"?");
  CHECK(mistake("[gateway.cache.valkey]\nttl_s = \"24h\"") ==
        "tensorzero.toml:2: ttl_s is a whole number of seconds, as in ttl_s = 86400");
  CHECK(mistake("[gateway.cache]\nbackend = \"redis\"").find("auto, clickhouse, valkey") !=
        std::string::npos);
  CHECK(mistake("[[rate_limiting.rules]]\ntokens_per_day = 1") ==
        "tensorzero.toml:1: a rule has either always = true or a priority");
  CHECK(mistake("[[rate_limiting.rules]]\nalways = true\ntokens_per_fortnight = 1")
            .find("second, minute, hour, day, week, month") != std::string::npos);
  CHECK(mistake("[[rate_limiting.rules]]\nalways = true\ntoken_per_day = 1")
            .find("did you mean \"tokens\"?") != std::string::npos);
  CHECK(mistake("[[rate_limiting.rules]]\nalways = true\ntokens_per_day = \"many\"")
            .find("{ capacity = 100, refill_rate = 10 }") != std::string::npos);
  CHECK(mistake("[[rate_limiting.rules]]\nalways = true\nscope = \"user_id\"").find("tag_key") !=
        std::string::npos);
  CHECK(mistake("[rate_limiting]\nrules = 1").find("[[rate_limiting.rules]]") != std::string::npos);
}

TEST_CASE("a text that is no TOML is told of in plain words, with its line") {
  CHECK(mistake("[gateway\nx = 1").starts_with("tensorzero.toml:1: "));
  CHECK(mistake("a = 1\nb: 2").starts_with("tensorzero.toml:2: "));
  CHECK(mistake("a = \"\xff\"").starts_with("tensorzero.toml:1: "));
}
