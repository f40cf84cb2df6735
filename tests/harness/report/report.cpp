#include "report/report.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

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
  return {.target = "embedded",
          .repeatable = true,
          .played = std::move(played),
          .took = {}};
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

}  // namespace
}  // namespace outlive::harness
