#include "describe/passage.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "support/scenarios.hpp"
#include "support/test_folder.hpp"

namespace outlive::harness {
namespace {

std::string in_a_row(const Sentences& sentences) {
  std::string text;
  for (const std::string& sentence : sentences) text += (text.empty() ? "" : " ") + sentence;
  return text;
}

// One thing of a passage of a scenario that has the usual frame and these tables.
std::string told(std::string_view heading, std::string_view tables, std::size_t thing = 0) {
  for (const Passage& passage : passages_of(parsed(scenario_text("", tables)))) {
    if (passage.heading == heading) return in_a_row(passage.things.at(thing));
  }
  return "nothing";
}

std::string traffic(std::string_view words) {
  return told("What comes",
              "[[traffic]]\n" + std::string{words} + "\n" + std::string{errors_check});
}

std::string event(std::string_view words) {
  return told("What happens on the way", "[[event]]\n" + std::string{words} + "\n" +
                                             std::string{cache_traffic} +
                                             std::string{errors_check});
}

std::string check(std::string_view words) {
  return told("What is checked", std::string{cache_traffic} + std::string{limit_traffic} +
                                     "[[check]]\n" + std::string{words} + "\n");
}

std::string instance(std::string_view directives) {
  return in_a_row(sentences_of(parsed("title = \"t\"\nduration = \"1h\"\n[[instance]]\nname = "
                                      "\"valkey\"\n" +
                                      std::string{directives} +
                                      "\n[environment]\nTENSORZERO_VALKEY_URL = "
                                      "\"valkey://valkey\"\n" +
                                      std::string{cache_traffic} + std::string{errors_check})
                                   .instances.front()));
}

TEST_CASE("an instance is told with what it does when it is full") {
  CHECK(
      instance(
          "maxmemory = \"2mb\"\nmaxmemory-policy = \"volatile-ttl\"\nmaxmemory-samples = 10") ==
      "\"valkey\" is a Valkey that may use 2mb of memory. When it is full, it evicts, of the keys "
      "that have a TTL, the one that would expire first among a few that it samples "
      "(volatile-ttl). Its maxmemory-samples is 10.");
  CHECK(instance("maxmemory = \"2mb\"\nmaxmemory-policy = \"allkeys-random\"") ==
        "\"valkey\" is a Valkey that may use 2mb of memory. When it is full, it evicts, of all "
        "keys, any one (allkeys-random).");
  CHECK(instance("profile = \"old\"").starts_with("\"valkey\" is a Valkey (old) without a"));
  CHECK(instance("") ==
        "\"valkey\" is a Valkey without a memory limit. Were it given one, when full it evicts "
        "nothing, and commands that want more memory fail (noeviction).");
}

TEST_CASE("where limits and answers are is told, with the database where it is not the first") {
  const std::string head =
      "title = \"t\"\nduration = \"1h\"\n[[instance]]\nname = \"a\"\n[environment]\n";
  const std::string tail = "\n" + std::string{cache_traffic} + std::string{errors_check};
  const auto places = [&](const std::string& urls) {
    return in_a_row(passages_of(parsed(head + urls + tail))[1].things[0]);
  };
  CHECK(places("TENSORZERO_VALKEY_URL = \"valkey://a\"") ==
        "Rate limits and cached answers are both on \"a\".");
  CHECK(places("TENSORZERO_VALKEY_URL = \"valkey://a\"\nTENSORZERO_VALKEY_CACHE_URL = "
               "\"valkey://a/1\"") ==
        "Rate limits are on \"a\", cached answers on \"a\" in database 1.");
}

TEST_CASE("a gateway's traffic is told with its users, limits, prompts and answers") {
  CHECK(traffic("kind = \"gateway\"\nname = \"shop\"\nrate = \"3/10m\"\nfrom = \"5m\"\nuntil = "
                "\"20m\"\nusers = 10\nuser_popularity = { zipf = 0.9 }\nlimits = [{ window = "
                "\"day\", capacity = 3 }, { resource = \"token\", window = \"hour\", capacity = "
                "1000, refill = 500, tickets = 20, scope = \"total\" }]\nprompts = 1000\n"
                "prompt_turnover = \"100/h\"\nsize = { uniform = [\"1kb\", \"2kb\"] }\nttl = "
                "\"36h\"\nmax_age = \"2h\"\ngateway = \"second\"") ==
        "\"shop\": 3 requests every 10 min, at random moments, from 5 min on until 20 min. They "
        "come through the gateway \"second\". Each request looks for its answer in the cache; a "
        "hit takes no ticket, a miss takes its tickets and stores the answer. Behind them are 10 "
        "users, of which some are far more popular than others (Zipf, exponent 0.9). Each user "
        "has a bucket of 3 tickets for a model's answer, and as many come back a day. All users "
        "together have a bucket of 1,000 tickets for tokens, and 500 come back an hour; a request "
        "takes 20. They ask 1,000 different prompts, each as likely to be asked next as any "
        "other. There are as many throughout, but 100 an hour leave for good and new ones take "
        "their places. An answer is from 1,024 to 2,048 bytes long, each length as likely. An "
        "answer stays in the cache for 1 d 12 h. One that is older than 2 h by the gateway's "
        "clock counts as a miss.");
}

TEST_CASE("a rate over time is told stretch by stretch") {
  const std::string cache = "kind = \"cache\"\nprompts = 5\narrivals = \"regular\"\n";
  CHECK(traffic(cache +
                "phases = [{ lasting = \"10m\", rate = \"5/s\" }, { lasting = \"5m\", rate = "
                "[\"5/s\", \"50/s\"] }, { rate = \"0/s\" }]")
            .starts_with(
                "\"cache\": requests evenly spaced, from the start to the end. There come "
                "5 a second for 10 min, then evenly from 5 a second to 50 a second within 5 min"
                ", then none until the end. Each request"));
  CHECK(traffic(cache + "phases = [{ lasting = \"1m\", rate = \"1/s\" }]\nrepeat = true")
            .find("There come 1 a second for 1 min, and so over again") != std::string::npos);
  CHECK(traffic(cache + "rate = { day = \"50/s\", night = \"5/s\" }")
            .find("Their number hangs on the time of day: from 08:00 UTC on 50 a second and from "
                  "20:00 UTC on 5 a second.") != std::string::npos);
}

TEST_CASE("commands of others are told as a mix, with what stands for their placeholders") {
  CHECK(
      traffic("kind = \"commands\"\nname = \"pages\"\ninstance = \"valkey\"\ndatabase = 1\nrate = "
              "\"1/s\"\nkeys = 50_000\nkey_popularity = { hot = { count = 10, share = 0.5 } }\n"
              "key_turnover = \"60/h\"\nsize = { lognormal = { median = \"300\", sigma = 0.8, max "
              "= \"10kb\" } }\ncommands = [{ weight = 2, command = \"GET page:{key}\" }, \"SET "
              "page:{key} {value} EX 60\"]") ==
      "\"pages\": 1 command a second, at random moments, from the start to the end. They are "
      "said to \"valkey\", in database 1. Of them 66.7 % are \"GET page:{key}\" and 33.3 % are "
      "\"SET page:{key} {value} EX 60\". {key} is one of 50,000 numbers, of which 10 "
      "have 50 % of the requests. There are as many throughout, but 60 an hour leave for good "
      "and new ones take their places. Half of the values are shorter than 300 bytes, some are "
      "far longer (log-normal, sigma 0.8, at most 10,240 bytes).");
  CHECK(traffic("kind = \"commands\"\ninstance = \"valkey\"\nrate = \"2/s\"\ncommands = [\"INCR "
                "hits\"]") ==
        "\"commands\": 2 commands a second, at random moments, from the start to the end. They are "
        "said to \"valkey\". Each is \"INCR hits\".");
}

TEST_CASE("a recording is told with its length, its speed and where it goes") {
  const TestFolder folder;
  folder.write("recorded.log",
               "1700000000.000000 [0 127.0.0.1:1] \"SET\" \"a\" \"1\"\n"
               "1700000060.000000 [3 127.0.0.1:1] \"GET\" \"a\"\n");
  const auto recording = [&](std::string_view words) {
    const std::string text =
        scenario_text("",
                      "[[traffic]]\nkind = \"transcript\"\ninstance = "
                      "\"valkey\"\nfile = \"recorded.log\"\n" +
                          std::string{words} + "\n" + std::string{errors_check});
    return in_a_row(sentences_of(
        load_scenario(folder.write("a.toml", text), KnownDirectives{}).traffic.front()));
  };
  CHECK(recording("") ==
        "\"transcript\": 2 commands as recorded.log has recorded them, within 1 min, from the "
        "start to the end. They are said to \"valkey\", in the databases in which they were "
        "recorded.");
  CHECK(recording("from = \"1m\"\nspeed = 4\ndatabase = 2") ==
        "\"transcript\": 2 commands as recorded.log has recorded them, within 15 s (4 times as "
        "fast), from 1 min on. They are said to \"valkey\", in database 2.");
}

TEST_CASE("every kind of event is a sentence") {
  const std::string on = "instance = \"valkey\"\n";
  constexpr std::string_view kinds[][2] = {
      {"kind = \"config\"\nat = \"0s\"\nmaxmemory = \"used + 1kb\"\nmaxmemory-samples = 3",
       "From the start on \"valkey\" maxmemory is set to 1,024 bytes more than is used at that "
       "moment and maxmemory-samples is set to 3."},
      {"kind = \"config\"\nat = \"1m\"\nmaxmemory = \"used - 1\"",
       "After 1 min on \"valkey\" maxmemory is set to 1 byte less than is used at that moment."},
      {"kind = \"flush\"\nat = \"1m\"",
       "After 1 min \"valkey\" is flushed (FLUSHALL): all its keys go, functions stay."},
      {"kind = \"restart\"\nat = \"1m\"\nlasting = \"5s\"\npersistence = \"rdb\"",
       "After 1 min \"valkey\" is shut down and is back after 5 s, with all that it had saved."},
      {"kind = \"crash\"\nat = \"1m\"\npersistence = \"rdb\"\nsaved = \"30s\"",
       "After 1 min \"valkey\" crashes and is back at once, with a snapshot that was taken 30 s "
       "before."},
      {"kind = \"crash\"\nat = \"1m\"",
       "After 1 min \"valkey\" crashes and is back at once, empty and without functions: nothing "
       "was saved."},
      {"kind = \"failover\"\nat = \"1m\"\nlasting = \"2s\"",
       "After 1 min an empty server, without functions, takes the place of \"valkey\" after 2 s."},
      {"kind = \"outage\"\nat = \"1m\"\nlasting = \"2s\"",
       "After 1 min nobody reaches \"valkey\" for 2 s; it loses nothing."},
      {"kind = \"slow\"\nat = \"1m\"\nlasting = \"2s\"\nby = \"200ms\"",
       "After 1 min each reply of \"valkey\" takes 200 ms longer, for 2 s."},
      {"kind = \"drop\"\nat = \"1m\"\nlasting = \"2s\"\nshare = 0.1",
       "After 1 min the connection to \"valkey\" breaks under 10 % of the commands, for 2 s; half "
       "of them had been carried out."},
      {"kind = \"fault\"\nat = \"1m\"\nlasting = \"2s\"\ncommand = \"SETEX\"\nkeys = "
       "\"*a*\"\nerror "
       "= "
       "\"ERR no\"",
       "After 1 min all SETEX commands on *a* get \"ERR no\" from \"valkey\", for 2 s."},
      {"kind = \"clock\"\nat = \"1m\"\nby = \"-5m\"\ndrift = \"2s/h\"",
       "After 1 min the clock of \"valkey\" is set back by 5 min and gains 2 s an hour from then "
       "on."},
  };
  for (const auto& [words, sentence] : kinds) CHECK(event(on + std::string{words}) == sentence);
  CHECK(event("kind = \"clock\"\nat = \"1m\"\ngateway = \"gateway\"\nby = \"5m\"") ==
        "After 1 min the clock of the gateway \"gateway\" is set ahead by 5 min.");
  CHECK(event("kind = \"gateway-restart\"\nat = \"1m\"") ==
        "After 1 min the gateway is restarted and loads its functions anew.");
}

TEST_CASE("events are told in their order in time") {
  const std::string flush = "[[event]]\nkind = \"flush\"\ninstance = \"valkey\"\nat = ";
  const std::string tables = flush + "\"2m\"\n" + flush + "\"1m\"\n" + std::string{cache_traffic} +
                             std::string{errors_check};
  CHECK(told("What happens on the way", tables, 0).starts_with("After 1 min"));
  CHECK(told("What happens on the way", tables, 1).starts_with("After 2 min"));
}

TEST_CASE("every kind of check is a claim, with what is expected of it") {
  constexpr std::string_view kinds[][2] = {
      {"kind = \"outlives\"\nkeys = \"*a*\"\nothers = \"*b*\"",
       "No *a* is evicted while any *b* is there."},
      {"kind = \"order\"\nclasses = [\"*a*\", \"*b*\"]", "Evictions take first *a*, then *b*."},
      {"kind = \"never-evicted\"\nkeys = \"*a*\"", "No *a* is evicted."},
      {"kind = \"evicted-share\"\nkeys = \"*a*\"\nat_least = 0.1\nat_most = 0.5",
       "10.0 % to 50.0 % of *a* are evicted."},
      {"kind = \"no-stale-pool\"\nkeys = \"*a*\"",
       "No *a* is evicted on a score that its renewal had made void."},
      {"kind = \"loses-nothing\"\nkeys = \"*a*\"",
       "Each *a* that was written stays until it expires."},
      {"kind = \"resident\"\nkeys = \"*a*\"\nat_least = 5\ninstance = \"valkey\"",
       "At least 5 *a* are there at the end on valkey."},
      {"kind = \"ttl\"\nkeys = \"*a*\"\nat_most = \"24h\"", "A new *a* lives at most 1 d."},
      {"kind = \"only-on\"\nkeys = \"*a*\"\ninstance = \"valkey\"", "*a* only on valkey."},
      {"kind = \"memory\"\ninstance = \"valkey\"\nat_most = \"1kb\"",
       "used_memory of valkey is at most 1,024 bytes."},
      {"kind = \"over-admission\"", "Nobody gets a ticket beyond the limit."},
      {"kind = \"hit-ratio\"\nat_least = 0.25",
       "The cache answers 25.0 % or more of its look-ups."},
      {"kind = \"errors\"\noperation = \"cache-write\"\nsaying = \"OOM\"",
       "No errors of cache-write that begin with \"OOM\"."},
      {"kind = \"recovers-within\"\nafter = \"10m\"\nwithin = \"5s\"",
       "From 5 s after 10 min on, any command fails no more."},
      {"kind = \"latency\"\nlonger_than = \"100ms\"", "No request waits longer than 100 ms."},
  };
  CHECK(std::size(kinds) == check_kind_count);
  for (const auto& [words, claim] : kinds) {
    INFO(words);
    CHECK(check(words) == std::string{claim} + " Expected to hold.");
  }
  CHECK(
      check(
          "kind = \"errors\"\nexpect = [{ when = { target = \"exec\" }, finding = \"violated\" }, "
          "{ finding = \"holds\" }]") ==
      "No errors. Expected to be violated on exec and to hold elsewhere.");
}

TEST_CASE("last comes how it is played") {
  const std::string tables = std::string{cache_traffic} + std::string{errors_check};
  CHECK(told("How it is played", tables) ==
        "It lasts 1 h of virtual time, from 2026-01-01 00:00 UTC on. All chance comes from the "
        "seed 1.");
  const Scenario native = parsed(scenario_text("engine = \"native\"\nseed = 7", tables));
  CHECK(in_a_row(passages_of(native).back().things[0]) ==
        "It lasts 1 h of virtual time, from 2026-01-01 00:00 UTC on. All chance comes from the "
        "seed 7. On the embedded emulator tickets are taken by C++ in place of Lua, by the same "
        "commands.");
}

}  // namespace
}  // namespace outlive::harness
