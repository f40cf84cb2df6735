#include "scenario/quantity.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;

TEST_CASE("durations are numbers with units") {
  CHECK(parse_span("36h") == 36h);
  CHECK(parse_span("1h30m") == 90min);
  CHECK(parse_span("0.5s") == 500ms);
  CHECK(parse_span("2d") == 48h);
  CHECK(parse_span("250us") == 250us);
  for (const char* wrong : {"", "h", "10", "10 s", "-3s", "3sec", "9999999999d"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_span(wrong));
  }
}

TEST_CASE("rates are a count in a time") {
  CHECK(parse_rate("50/s")->count == 50);
  CHECK(parse_rate("3/10m")->per == 10min);
  CHECK(parse_rate("1000 / d")->per == 24h);
  for (const char* wrong : {"", "50", "0/s", "/s", "1/0s", "x/s", "1.5/s"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_rate(wrong));
  }
}

TEST_CASE("a maxmemory may be what is used, and a little more or less") {
  CHECK(parse_used("used") == 0);
  CHECK(parse_used("used + 2mb") == 2'097'152);
  CHECK(parse_used("used-1kb") == -1024);
  CHECK_FALSE(parse_used("10mb"));
  CHECK_FALSE(parse_used("used + "));
  CHECK_FALSE(parse_used("used 10mb"));
}

TEST_CASE("spans and counts are shown as people read them") {
  CHECK(format_span(2h) == "2 h");
  CHECK(format_span(90min) == "1 h 30 min");
  CHECK(format_span(25h + 1s) == "1 d 1 h");
  CHECK(format_span(0s) == "0 s");
  CHECK(format_count(999) == "999");
  CHECK(format_count(1'234'567) == "1,234,567");
}

}  // namespace
}  // namespace outlive::harness
