#include "scenario/transcript.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

struct Read {
  Transcript transcript;
  std::string mistakes;
};

Read read(std::string_view text) {
  Read read;
  Mistakes mistakes;
  CommandBook book;
  read.transcript = parse_transcript(text, "t.log", book, mistakes);
  for (const Mistake& mistake : mistakes.take(Sources{})) {
    read.mistakes += mistake.file + ":" + std::to_string(mistake.line) + ": " + mistake.what + "\n";
  }
  return read;
}

Words words_of(const Transcript& transcript, std::size_t line) {
  Words words;
  const Transcript::Line& at = transcript.lines.at(line);
  for (std::uint32_t i = 0; i < at.words; ++i)
    words.emplace_back(transcript.word(at.first_word + i));
  return words;
}

TEST_CASE("a transcript is what MONITOR prints, timed from its first line") {
  // As valkey-cli 8.1.1 printed it.
  const auto [transcript, mistakes] = read(
      "OK\n"
      "1795649665.661230 [2 127.0.0.1:48166] \"SELECT\" \"2\"\n"
      "1795649665.661364 [2 127.0.0.1:48166] \"SET\" \"k\" \"v\" \"EX\" \"10\"\n"
      "1795649667.000001 [0 unix:/run/valkey.sock] \"GET\" \"k\"\n");
  CHECK(mistakes.empty());
  REQUIRE(transcript.lines.size() == 2);
  CHECK(transcript.recorded_at == Time{1795649665s + 661230us});
  CHECK(transcript.lines[0].at == 134us);
  CHECK(transcript.lines[0].database == 2);
  CHECK(words_of(transcript, 0) == Words{"SET", "k", "v", "EX", "10"});
  CHECK(transcript.lines[1].at == 1s + 338'771us);
  CHECK(transcript.lines[1].database == 0);
}

TEST_CASE("words are read as 8.1 prints them, and as servers before did") {
  CHECK(monitored_words(R"("SET" "k" "say "hi" \ there")") ==
        Words{"SET", "k", R"(say "hi" \ there)"});
  CHECK(monitored_words(R"("SET" "b" "a\n\x00\xff"q\")") ==
        Words{"SET", "b", std::string{"a\n\0\xff\"q\\", 7}});
  CHECK(monitored_words(R"("SET" "k" "say \"hi\" \\ there\"")") ==
        Words{"SET", "k", R"(say "hi" \ there")"});
  CHECK(monitored_words(R"("GET" "")") == Words{"GET", ""});
  CHECK_FALSE(monitored_words(R"("GET" k)"));
  CHECK_FALSE(monitored_words("\""));
  CHECK_FALSE(monitored_words(""));
}

TEST_CASE(
    "what is about a connection, a transaction's frame or the server is left out, and calls of "
    "scripts for what they did") {
  const auto [transcript, mistakes] = read(
      "1.000000 [0 127.0.0.1:1] \"HELLO\" \"3\"\n"
      "1.000000 [0 127.0.0.1:1] \"CLIENT\" \"SETINFO\" \"LIB-NAME\" \"x\"\n"
      "1.000000 [0 127.0.0.1:1] \"CONFIG\" \"SET\" \"maxmemory\" \"1\"\n"
      "1.000000 [0 127.0.0.1:1] \"MULTI\"\n"
      "1.000000 [0 127.0.0.1:1] \"INCR\" \"n\"\n"
      "1.000000 [0 127.0.0.1:1] \"EXEC\"\n"
      "1.000000 [0 127.0.0.1:1] \"SUBSCRIBE\" \"c\"\n"
      "1.000000 [0 127.0.0.1:1] \"EVAL\" \"redis.call('set', KEYS[1], 1)\" \"1\" \"lk\"\n"
      "1.000000 [0 lua] \"set\" \"lk\" \"1\"\n");
  CHECK(mistakes.empty());
  REQUIRE(transcript.lines.size() == 2);
  CHECK(words_of(transcript, 0) == Words{"INCR", "n"});
  CHECK(words_of(transcript, 1) == Words{"set", "lk", "1"});
}

TEST_CASE("keys are known, and what becomes of them") {
  const auto [transcript, mistakes] = read(
      "1.000000 [0 a:1] \"MSET\" \"a\" \"1\" \"b\" \"2\"\n"
      "1.000000 [3 a:1] \"DEL\" \"b\" \"c\"\n"
      "1.000000 [0 a:1] \"GET\" \"a\"\n"
      "1.000000 [0 a:1] \"SET\" \"a\" \"1\" \"xx\"\n"
      "1.000000 [0 a:1] \"FLUSHDB\"\n");
  CHECK(mistakes.empty());
  REQUIRE(transcript.keys.size() == 3);
  CHECK(transcript.keys[1].name == "b");
  CHECK(transcript.keys[2].database == 3);
  std::vector<std::pair<std::uint32_t, KeyEffect>> uses;
  for (const Transcript::Use& use : transcript.uses) uses.emplace_back(use.key, use.effect);
  using enum KeyEffect;
  CHECK(uses == std::vector<std::pair<std::uint32_t, KeyEffect>>{
                    {0, makes}, {1, makes}, {1, changes}, {2, changes}, {0, reads}, {0, changes}});
  CHECK(transcript.lines[4].touches_all);
}

TEST_CASE("all mistakes of a transcript are told, each with its line") {
  CHECK(read("2.000000 [0 a:1] \"GET\" \"k\"\n"
             "GET k\n"
             "2.000000 [0 a:1] GET k\n"
             "2.00 [0 a:1] \"GET\" \"k\"\n"
             "1.000000 [0 a:1] \"GET\" \"k\"\n"
             "3.000000 [0 a:1] \"INCRR\" \"k\"\n"
             "3.000000 [0 a:1] \"GET\"\n")
            .mistakes ==
        "t.log:2: \"GET k\": a line is what MONITOR prints, like 1700000000.123456 [0 "
        "127.0.0.1:1234] \"SET\" \"k\" \"v\"\n"
        "t.log:3: \"2.000000 [0 a:1] GET k\": a line is what MONITOR prints, like "
        "1700000000.123456 [0 127.0.0.1:1234] \"SET\" \"k\" \"v\"\n"
        "t.log:4: \"2.00 [0 a:1] \\\"GET\\\" \\\"k\\\"\": a line is what MONITOR prints, like "
        "1700000000.123456 [0 127.0.0.1:1234] \"SET\" \"k\" \"v\"\n"
        "t.log:5: this line is older than the one before\n"
        "t.log:6: outlive knows no command \"INCRR\"; did you mean \"INCR\"?\n"
        "t.log:7: wrong number of arguments for GET\n");
  CHECK(read("OK\n").mistakes == "t.log:1: there is no command in this file\n");
  std::string many;
  for (int i = 0; i < 25; ++i) many += "nonsense\n";
  CHECK(read(many).mistakes.ends_with("t.log:21: and 5 more mistakes in this file\n"));
}

}  // namespace
}  // namespace outlive::harness
