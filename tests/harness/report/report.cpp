#include "report/report.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "report/chart.hpp"
#include "report/wording.hpp"

namespace outlive::harness {
namespace {

using Catch::Matchers::ContainsSubstring;

Played one_played(bool expected_violated) {
  Played played;
  played.scenario.title = "A scenario";
  played.scenario.duration = std::chrono::hours{2};
  played.seed = 7;
  played.observations.digest = 0xabc;
  played.observations.requests = 12'345;
  Verdict& verdict = played.verdicts.emplace_back();
  verdict.kind = CheckKind::never_evicted;
  verdict.finding = Verdict::Finding::violated;
  verdict.expected_violated = expected_violated;
  verdict.claim = "no a is evicted";
  verdict.seen = "1 of 2 lost";
  verdict.figures = {{"lost", 1}};
  verdict.evidence = {"after 1 s"};
  return played;
}

Run run_of(std::vector<Played> played) {
  return {.target = "embedded", .repeatable = true, .played = std::move(played), .took = {}};
}

std::string table(const Run& run, bool colours = false) {
  std::ostringstream out;
  write_table(out, run, {.colours = colours});
  return out.str();
}

TEST_CASE("the exit status is the worst of all scenarios") {
  Played failed;
  failed.error = "the server is gone";
  CHECK(run_of({one_played(true)}).exit_status() == 0);
  CHECK(run_of({one_played(true), one_played(false)}).exit_status() == 1);
  CHECK(run_of({failed, one_played(false)}).exit_status() == 2);
}

TEST_CASE("the table shows each check, and evidence only where it is not as stated") {
  const std::string good = table(run_of({one_played(true)}));
  CHECK_THAT(good, ContainsSubstring("violated, as stated     no a is evicted\n"));
  CHECK_THAT(good, ContainsSubstring(
                       "12,345 requests in 2 h of virtual time, seed 7, digest 0000000000000abc"));
  CHECK_THAT(good, ContainsSubstring("1 scenario on embedded: 1 as stated"));
  CHECK_THAT(good, !ContainsSubstring("after 1 s"));
  const std::string bad = table(run_of({one_played(false)}));
  CHECK_THAT(bad, ContainsSubstring("violated, not as stated no a is evicted"));
  CHECK_THAT(bad, ContainsSubstring("after 1 s"));
  CHECK_THAT(bad, ContainsSubstring("0 as stated, 1 not as stated"));
}

TEST_CASE("after several scenarios the table has a line for each") {
  Played lossy = one_played(true);
  lossy.observations.patterns = {"tensorzero_ratelimit:*"};
  PatternTally& limits = lossy.observations.instances.emplace_back().patterns.emplace_back();
  limits.written = 1'000;
  limits.lost = 10;
  lossy.observations.admission.asked = 5;
  lossy.observations.admission.excess = 4'321;
  Played failed;
  failed.scenario.title = "Another";
  failed.error = "the server is gone";
  const std::string text = table(run_of({lossy, one_played(false), failed}));
  CHECK_THAT(text, ContainsSubstring("A scenario  10 of 1,000  4,321             0       "
                                     "1 violated, as stated\n"
                                     "A scenario  -            -                 0       "
                                     "NOT as stated\n"
                                     "Another     -            -                 -       "
                                     "could not run\n"));
  CHECK_THAT(table(run_of({lossy})), !ContainsSubstring("limits lost"));
  Run timed = run_of({one_played(true)});
  timed.took = std::chrono::milliseconds{1'500};
  CHECK_THAT(table(timed), ContainsSubstring("on embedded, 12,345 requests in 1.5 s: 1 as stated"));
}

TEST_CASE("of a play that was cut short the table says how long it lasted") {
  Played part = one_played(true);
  part.until = std::chrono::minutes{5};
  CHECK_THAT(table(run_of({part})), ContainsSubstring("12,345 requests in 5 min of virtual time"));
  part.until = std::chrono::hours{5};
  CHECK_THAT(table(run_of({part})), ContainsSubstring("12,345 requests in 2 h of virtual time"));
}

TEST_CASE("what \"as stated\" means is told where it is said") {
  Played holds = one_played(false);
  holds.verdicts[0].finding = Verdict::Finding::holds;
  CHECK(hints_for(run_of({holds})).empty());
  CHECK_THAT(table(run_of({one_played(true)})), ContainsSubstring("\"Violated, as stated\": ") &&
                                                    !ContainsSubstring("\"Not as stated\": "));
  CHECK_THAT(table(run_of({one_played(false)})), ContainsSubstring("\"Not as stated\": ") &&
                                                     !ContainsSubstring("\"Violated, as stated\""));
}

TEST_CASE("colours come only when asked for") {
  CHECK_THAT(table(run_of({one_played(true)})), !ContainsSubstring("\x1b"));
  CHECK_THAT(table(run_of({one_played(true)}), true), ContainsSubstring("\x1b[32m"));
}

TEST_CASE("the JSON report has every verdict with its figures") {
  std::ostringstream out;
  write_json(out, run_of({one_played(false)}), {});
  const auto json = nlohmann::json::parse(out.str());
  CHECK(json["exit_status"] == 1);
  const auto& scenario = json["scenarios"][0];
  CHECK(scenario["digest"] == "0000000000000abc");
  CHECK(scenario["checks"][0]["verdict"] == "violated");
  CHECK(scenario["checks"][0]["stated"] == "holds");
  CHECK(scenario["checks"][0]["figures"]["lost"] == 1);
}

std::string text_of(const Run& run, void (*write)(std::ostream&, const Run&, const ReportStyle&)) {
  std::ostringstream out;
  write(out, run, {});
  return out.str();
}

TEST_CASE("text is UTF-8 without control characters, whatever a key holds") {
  CHECK(as_text("a\tb\nü€😀") == "a\tb\nü€😀");
  CHECK(as_text(std::string_view{"\0\x1b\x7f", 3}) == "\\x00\\x1b\\x7f");
  CHECK(as_text("\xff\xc3(\xe2\x82") == "\\xff\\xc3(\\xe2\\x82");
  CHECK(as_text("\xc0\x80 \xed\xa0\x80") == "\\xc0\\x80 \\xed\\xa0\\x80");  // overlong, surrogate
  CHECK(as_text("\xef\xbf\xbe") == "\\xef\\xbf\\xbe");                      // U+FFFE
  CHECK(as_markup("<\"a\" & 'b'>\n") == "&lt;&quot;a&quot; &amp; &#39;b&#39;&gt;&#10;");
}

TEST_CASE("a mistake is taken apart at its line, with colons in the file's name too") {
  const PlacedMistake mistake = mistake_in("C:/a: b.toml:12: what: this");
  CHECK(mistake.place.file == "C:/a: b.toml");
  CHECK(mistake.place.line == 12);
  CHECK(mistake.what == "what: this");
  CHECK(mistake_in("--target: no").place.file.empty());
  CHECK(mistake_in(": ").what == ": ");
}

TEST_CASE(
    "JUnit's XML has a failure for what is not as stated, and an error for what could not run") {
  Played bad = one_played(false);
  bad.scenario.file = "a&b.toml";
  bad.verdicts[0].line = 7;
  bad.verdicts[0].evidence = {"key \x1b<1>"};
  Played failed;
  failed.scenario.title = "Another";
  failed.error = "the server is gone\nfor good";
  const std::string xml = text_of(run_of({bad, one_played(true), failed}), write_junit);
  CHECK_THAT(xml, ContainsSubstring("tests=\"3\" failures=\"1\" errors=\"1\""));
  CHECK_THAT(xml,
             ContainsSubstring("<testcase name=\"never-evicted: no a is evicted\" "
                               "classname=\"a&amp;b.toml\" file=\"a&amp;b.toml\" line=\"7\">\n"
                               "      <failure message=\"violated, not as stated: no a is evicted; "
                               "1 of 2 lost\" type=\"violated\">the scenario states: holds\n"
                               "key \\x1b&lt;1&gt;</failure>"));
  CHECK_THAT(xml, ContainsSubstring("<error message=\"the server is gone\" type=\"could not run\">"
                                    "the server is gone\nfor good</error>"));
}

TEST_CASE("annotations name file and line, and escape what a runner would take for its own") {
  Played bad = one_played(false);
  bad.scenario.title = "100 %, all: gone";
  bad.scenario.file = "a,b.toml";
  bad.verdicts[0].line = 7;
  Played known = one_played(true);
  known.scenario.file = "c.toml";
  const std::string text = text_of(run_of({bad, known}), write_github);
  CHECK_THAT(text, ContainsSubstring("::error title=100 %25%2C all%3A gone,file=a%2Cb.toml,line=7::"
                                     "violated, not as stated: no a is evicted; 1 of 2 lost%0A"
                                     "the scenario states: holds%0Aafter 1 s\n"));
  CHECK_THAT(text, ContainsSubstring("::notice title=A scenario,file=c.toml::violated, as stated: "
                                     "no a is evicted; 1 of 2 lost\n"));
}

TEST_CASE("mistakes in files are annotations at their lines") {
  Run run = run_of({});
  run.error = "nothing was played:\na.toml:3: a check lacks \"kind\"";
  CHECK(text_of(run, write_github) ==
        "::error title=outlive run,file=a.toml,line=3::a check lacks \"kind\"\n"
        "0 scenarios on embedded: 0 as stated\n");
  CHECK_THAT(text_of(run, write_junit),
             ContainsSubstring("tests=\"1\" failures=\"0\" errors=\"1\""));
}

TEST_CASE("the way to play it again names the seed where it is not the scenario's") {
  Played bad = one_played(false);
  bad.scenario.file = "a.toml";
  bad.verdicts[0].first_at = std::chrono::microseconds{5};
  CHECK(details_of(bad, bad.verdicts[0]).back() ==
        "shown already by: outlive run a.toml --seed 7 --until 5us");
}

TEST_CASE("a chart has round ticks, a gap where there is no value, and its marks") {
  std::ostringstream out;
  write_chart(out, {.title = "Memory <1>",
                    .unit = Unit::bytes,
                    .duration = std::chrono::hours{1},
                    .moments = {std::chrono::minutes{0}, std::chrono::minutes{30},
                                std::chrono::minutes{45}, std::chrono::minutes{60}},
                    .lines = {{"used", "memory", {4.0 * 1024 * 1024, 0, std::nullopt, 0}}},
                    .marks = {{1, std::chrono::minutes{30}, std::chrono::minutes{15}, "a & b"}}});
  const std::string svg = out.str();
  CHECK_THAT(svg, ContainsSubstring("Memory &lt;1&gt;"));
  for (const std::string tick : {">0<", ">1 MB<", ">4 MB<", ">30 min<", ">1 h<"}) {
    CHECK_THAT(svg, ContainsSubstring(tick));
  }
  CHECK_THAT(svg, ContainsSubstring("L210.0 148.0M368.0 148.0"));  // from the middle to the end
  CHECK_THAT(svg, ContainsSubstring("<rect class=\"band\" x=\"210.0\""));
  CHECK_THAT(svg, ContainsSubstring("<title>a &amp; b</title>"));
}

TEST_CASE("a page tells a scenario's source, its story by paragraphs and its events in sentences") {
  Played played = one_played(true);
  played.scenario.source = "the manual";
  played.scenario.story = "One.\n\nTwo,\nlines.";
  Event& event = played.scenario.events.emplace_back();
  event.kind = EventKind::flush;
  event.instance = "valkey";
  played.observations.timeline.emplace_back();
  const std::string page = text_of(run_of({played}), write_html);
  CHECK_THAT(page, ContainsSubstring("source: the manual<") &&
                       ContainsSubstring("<p>One.</p>\n<p>Two,&#10;lines.</p>"));
  CHECK_THAT(page, ContainsSubstring("<li>From the start &quot;valkey&quot; is flushed (FLUSHALL): "
                                     "all its keys go, functions stay.</li>"));
}

TEST_CASE("a page is headed by what became of the run") {
  const auto head = [](const Run& run) {
    const std::string page = text_of(run, write_html);
    return page.substr(page.find("<h1>") + 4, page.find("</h1>") - page.find("<h1>") - 4);
  };
  CHECK(head(run_of({})) == "Nothing was played");
  CHECK(head(run_of({one_played(true)})) == "As stated");
  CHECK(head(run_of({one_played(false)})) == "Not as stated");
  CHECK(head(run_of({one_played(true), one_played(false)})) == "1 of 2 scenarios as stated");
}

TEST_CASE("a page shows nothing of what keys hold as markup") {
  Played bad = one_played(false);
  bad.scenario.title = "<script>";
  bad.verdicts[0].evidence = {"<b>\x01"};
  const std::string page = text_of(run_of({bad}), write_html);
  CHECK_THAT(page, !ContainsSubstring("<script>") && ContainsSubstring("&lt;b&gt;\\x01"));
}

}  // namespace
}  // namespace outlive::harness
