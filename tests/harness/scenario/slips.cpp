#include "scenario/slips.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

TEST_CASE("a mistyped duration is known by its number and unit") {
  CHECK(span_meant("24 hours") == "24h");
  CHECK(span_meant("1 Day 2 hrs") == "1d2h");
  CHECK(span_meant("90sec") == "90s");
  CHECK(span_meant("1_000 ms") == "1000ms");
  CHECK(span_meant("0.5 h") == "0.5h");
  CHECK_FALSE(span_meant("24"));
  CHECK_FALSE(span_meant("hour"));
  CHECK_FALSE(span_meant("3 weeks"));
  CHECK_FALSE(span_meant("-5m"));
  CHECK_FALSE(span_meant("9999999999d"));
  CHECK_FALSE(span_meant(""));
}

TEST_CASE("a mistyped rate is known by a number and what stands for per") {
  CHECK(rate_meant("50 per second") == "50/s");
  CHECK(rate_meant("50 / sec") == "50/s");
  CHECK(rate_meant("50 requests per minute") == "50/m");
  CHECK(rate_meant("3 per 10 minutes") == "3/10m");
  CHECK(rate_meant("50rps") == "50/s");
  CHECK(rate_meant("50") == "50/s");
  CHECK(rate_meant("0.5/s") == "1/2s");
  CHECK(rate_meant("2.5 per hour") == "5/2h");
  CHECK_FALSE(rate_meant("0/s"));
  CHECK(rate_meant("0 per second", 0) == "0/s");
  CHECK_FALSE(rate_meant("often"));
  CHECK_FALSE(rate_meant("5/parsec"));
  CHECK_FALSE(rate_meant(""));
}

TEST_CASE("a mistyped size is known by its number and unit, and is whole") {
  CHECK(size_meant("4 KiB") == "4kb");
  CHECK(size_meant("16 bytes") == "16");
  CHECK(size_meant("1.5mb") == "1536kb");
  CHECK(size_meant("0.5 GB") == "512mb");
  CHECK(size_meant("1.5") == "2");
  CHECK_FALSE(size_meant("mb"));
  CHECK_FALSE(size_meant("4 pages"));
  CHECK_FALSE(size_meant("17179869185gb"));
  CHECK_FALSE(size_meant(""));
}

TEST_CASE("what is only out of bounds is spelled well") {
  CHECK(is_spelled_as_span("9999999999d"));
  CHECK_FALSE(is_spelled_as_span("24 hours"));
  CHECK_FALSE(is_spelled_as_span(""));
  CHECK(is_spelled_as_rate("9999999999/s"));
  CHECK(is_spelled_as_rate("5/9999999999d"));
  CHECK_FALSE(is_spelled_as_rate("5/sec"));
  CHECK_FALSE(is_spelled_as_rate("5.5/s"));
}

}  // namespace
}  // namespace outlive::harness
