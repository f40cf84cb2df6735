#include "scenario/histogram.hpp"

#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

TEST_CASE("a histogram is read line by line, its heading and remarks passed over") {
  Mistakes mistakes;
  const auto bins = parse_histogram(
      "# counted in March\r\nbytes,count\r\n\r\n1kb, 120\r\n4000,2.5\r\n64kb,0", "s.csv", mistakes);
  CHECK_FALSE(mistakes.any());
  REQUIRE(bins.size() == 3);
  CHECK(bins[0].most == 1'024);
  CHECK(bins[0].weight == 120);
  CHECK(bins[1].most == 4'000);
  CHECK(bins[1].weight == 2.5);
}

std::string mistakes_of(std::string_view text) {
  Mistakes mistakes;
  parse_histogram(text, "s.csv", mistakes);
  std::string all;
  for (const Mistake& mistake : mistakes.take(Sources{})) {
    all += mistake.file + ":" + std::to_string(mistake.line) + ": " + mistake.what + "\n";
  }
  return all;
}

TEST_CASE("all mistakes of a histogram are told, each with its line") {
  CHECK(mistakes_of("100,1\n\nbytes,count\n300\n0,1\n200,-1\n200,2\n200,2\n600mb,1\n") ==
        "s.csv:3: \"bytes,count\": a line is a size and a count, like 4kb,120\n"
        "s.csv:4: \"300\": a line is a size and a count, like 4kb,120\n"
        "s.csv:5: \"0,1\": a line is a size and a count, like 4kb,120\n"
        "s.csv:6: \"200,-1\": a line is a size and a count, like 4kb,120\n"
        "s.csv:8: \"200,2\": sizes must rise from line to line\n"
        "s.csv:9: \"600mb,1\": a line is a size and a count, like 4kb,120\n");
  CHECK(mistakes_of("bytes,count\n100,0\n") ==
        "s.csv:2: the histogram counts nothing; a line is a size and a count, like 4kb,120\n");
}

}  // namespace
}  // namespace outlive::harness
