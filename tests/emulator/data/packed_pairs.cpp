// Pairs in one block: the same as a map would hold, in order of arrival.
#include "data/packed_pairs.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"

using namespace outlive;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs all_of(const PackedPairs& packed) {
  Pairs pairs;
  packed.for_each(
      [&](std::string_view field, std::string_view value) { pairs.emplace_back(field, value); });
  return pairs;
}

}  // namespace

TEST_CASE("pairs keep the order of their arrival when values change") {
  PackedPairs packed;
  packed.append("balance", "3");
  packed.append("", "empty field");
  packed.append("last_refilled", "");
  packed.replace(*packed.find("balance"), "1234567");
  CHECK(all_of(packed) ==
        Pairs{{"balance", "1234567"}, {"", "empty field"}, {"last_refilled", ""}});
  CHECK(packed.at(1).value == "empty field");
  CHECK_FALSE(packed.find("absent"));
  CHECK_FALSE(packed.erase("absent"));
  CHECK(packed.erase(""));
  CHECK(packed.size() == 2);
}

TEST_CASE("texts of any length stay what they are, whatever is done to their neighbours") {
  PackedPairs packed;
  Pairs pairs;
  Random random(3);
  for (int round = 0; round < 3000; ++round) {
    const std::string field = std::to_string(random.below(30));
    // Lengths around 255, where their head grows, among them.
    const std::string value(random.below(4) ? random.below(20) : 250 + random.below(10), 'v');
    const auto place = std::ranges::find(pairs, field, &Pairs::value_type::first);
    const auto held = packed.find(field);
    REQUIRE(held.has_value() == (place != pairs.end()));
    if (!held) {
      packed.append(field, value);
      pairs.emplace_back(field, value);
    } else if (random.below(3) == 0) {
      packed.erase(field);
      pairs.erase(place);
    } else {
      packed.replace(*held, value);
      place->second = value;
    }
    REQUIRE(packed.size() == pairs.size());
    REQUIRE(all_of(packed) == pairs);
  }
}
