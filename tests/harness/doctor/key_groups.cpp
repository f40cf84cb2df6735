#include "doctor/key_groups.hpp"

#include <catch2/catch_test_macros.hpp>

#include "base/text.hpp"

using namespace outlive;
using namespace outlive::harness;

TEST_CASE("the gateway's keys are told by their names, and what they are") {
  KeyGroups groups{{}};
  const NamedPattern& limits = groups[groups.group_of("tensorzero_ratelimit:{\"resource\":1}")];
  CHECK(limits.glob == "tensorzero_ratelimit:*");
  CHECK(limits.role == Role::limits);
  CHECK(groups[groups.group_of("tensorzero_cache:00ff")].role == Role::answers);
}

TEST_CASE("other keys are grouped by the word before the first delimiter") {
  CHECK(pattern_of("session:81f2") == "session:*");
  CHECK(pattern_of("page/de/index") == "page/*");
  CHECK(pattern_of("bull:mail:17:lock") == "bull:*");
  CHECK(pattern_of("user123") == "user*");
}

TEST_CASE("what does not read as a word tells no groups apart") {
  for (const char* key :
       {"0123456789", "3f2a9c41:x", "{user1}", "counter", ":x", "", "\x01\x02:x"}) {
    CAPTURE(key);
    CHECK(pattern_of(key) == "*");
  }
}

TEST_CASE("a group's pattern fits its keys, whatever letters are in them") {
  for (const char* key : {"a[1]b:7", "what?:1", "star*:2", "back\\slash:3"}) {
    CAPTURE(key);
    CHECK(glob_match(pattern_of(key), key));
    CHECK_FALSE(glob_match(pattern_of(key), "another:1"));
  }
}

TEST_CASE("patterns of the user's come first, in their order, with what they are") {
  KeyGroups groups{{{"session:admin:*", Role::limits}, {"session:*", Role::answers}}};
  CHECK(groups[groups.group_of("session:admin:1")].role == Role::limits);
  CHECK(groups[groups.group_of("session:1")].role == Role::answers);
  CHECK(groups.group_of("session:2") == groups.group_of("session:1"));
}

TEST_CASE("there are only so many groups; the rest is one") {
  KeyGroups groups{{}};
  for (std::size_t i = 0; i < KeyGroups::found_max; ++i) {
    groups.group_of(std::string(i + 1, 'a') + ":1");
  }
  const std::size_t rest = groups.group_of("one-too-many:1");
  CHECK(groups[rest].glob == "*");
  CHECK(groups.group_of("and-another:1") == rest);
  CHECK(groups[groups.group_of("aaa:2")].glob == "aaa:*");
}
