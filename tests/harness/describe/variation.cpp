#include "describe/variation.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

namespace outlive::harness {
namespace {

// A play for each combination of the values of two axes.
std::vector<Scenario> plays() {
  std::vector<Scenario> plays;
  for (const std::string a : {"1", "2", "3"}) {
    for (const std::string b : {"x", "y"}) {
      plays.emplace_back().axes = {{"a", a, true}, {"b", b, true}};
    }
  }
  return plays;
}

TEST_CASE("what all plays have in common is told once") {
  CHECK(told_as_one(plays(), std::vector<std::string>(6, "It rains.")) == Sentences{"It rains."});
}

TEST_CASE("what differs is told behind the values of the axis that makes the difference") {
  CHECK(told_as_one(plays(), {"One.", "One.", "Two.", "Two.", "One.", "One."}) ==
        Sentences{"With a = 1 or 3: One.", "With a = 2: Two."});
  CHECK(told_as_one(plays(), {"X.", "Y.", "X.", "Y.", "X.", "Y."}) ==
        Sentences{"With b = x: X.", "With b = y: Y."});
}

TEST_CASE("where two axes decide, both are named") {
  CHECK(told_as_one(plays(), {"One.", "Other.", "Other.", "Other.", "Other.", "One."}).front() ==
        "With a = 1 and b = x, or a = 3 and b = y: One.");
}

TEST_CASE("the axes of all plays are told with all their values") {
  const std::vector<AxisOfPlays> axes = axes_of(plays());
  REQUIRE(axes.size() == 2);
  CHECK(axes[0].name == "a");
  CHECK(axes[0].values == std::vector<std::string>{"1", "2", "3"});
  CHECK(axes[1].values == std::vector<std::string>{"x", "y"});
}

}  // namespace
}  // namespace outlive::harness
