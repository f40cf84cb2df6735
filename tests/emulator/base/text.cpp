#include "base/text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace outlive {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

TEST_CASE("case is ASCII's alone") {
  CHECK(to_lower("MaxMemory-Policy") == "maxmemory-policy");
  CHECK(to_upper("get\xe4") == "GET\xe4");
  CHECK(equal_ignoring_case("VOLATILE-ttl", "volatile-TTL"));
  CHECK_FALSE(equal_ignoring_case("get", "gets"));
}

struct Glob {
  std::string_view pattern;
  std::string_view text;
  bool fits;
  bool ignore_case = false;
};

TEST_CASE("glob patterns fit as Valkey's do") {
  const Glob cases[] = {
      {"h?llo", "hello", true},
      {"h*llo", "heeeello", true},
      {"h*llo", "heeeelo", false},
      {"h[ae]llo", "hallo", true},
      {"h[^e]llo", "hello", false},
      {"h[a-b]llo", "hbllo", true},
      {"h[b-a]llo", "hallo", true},
      {"h[a-b]llo", "hcllo", false},
      {"*", "anything", true},
      {"*", "", false},
      {"", "", true},
      {"", "a", false},
      {"a", "", false},
      {"a**", "a", true},
      {"**a", "ba", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"\\", "\\", true},
      {"[\\]]", "]", true},
      {"[\\^a]", "^", true},
      {"[]a", "]a", false},
      {"[abc", "b", true},
      {"[", "a", false},
      {"[^", "a", true},
      {"[a-", "-", true},
      {"[a-", "b", false},
      {"ABC", "abc", false},
      {"ABC", "abc", true, true},
      {"[A-C]", "b", true, true},
      {"[A-C]", "b", false},
      {"[XYZ]", "y", true, true},
      {"user:*:limit", "user:1:2:limit", true},
  };
  for (const Glob& glob : cases) {
    CAPTURE(glob.pattern, glob.text, glob.ignore_case);
    CHECK(glob_match(glob.pattern, glob.text, glob.ignore_case) == glob.fits);
  }
}

TEST_CASE("a pattern full of stars ends soon") {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "a*";
  CHECK_FALSE(glob_match(pattern + "b", std::string(5'000, 'a')));
}

TEST_CASE("stars nested beyond a thousand fit nothing") {
  std::string stars;
  for (int i = 0; i < 1'100; ++i) stars += "*a";
  CHECK_FALSE(glob_match(stars, std::string(1'100, 'a')));
  CHECK(glob_match(stars.substr(0, 2'000), std::string(1'000, 'a')));
}

using Words = std::vector<std::string>;

TEST_CASE("a configuration line splits into words by Valkey's quoting") {
  CHECK(split_words("  maxmemory\t10mb \r\n") == Words{"maxmemory", "10mb"});
  CHECK(split_words("") == Words{});
  CHECK(split_words(R"(save "")") == Words{"save", ""});
  CHECK(split_words(R"("\x41\n\"\q\xzz" b)") == Words{"A\n\"qxzz", "b"});
  CHECK(split_words(R"('it\'s' '\n')") == Words{"it's", "\\n"});
  CHECK(split_words(R"(foo"bar baz")") == Words{"foobar baz"});
  CHECK(split_words("a\0b"sv) == Words{"a"});
  CHECK(split_words(R"("\x00")") == Words{"\0"s});
}

TEST_CASE("quotes left open, or closed inside a word, make a line unreadable") {
  CHECK_FALSE(split_words(R"("open)"));
  CHECK_FALSE(split_words("'open"));
  CHECK_FALSE(split_words(R"("open\)"));
  CHECK_FALSE(split_words(R"("a"b)"));
  CHECK_FALSE(split_words("'a'b"));
}

TEST_CASE("quoted text shows the unprintable and, as 8.1 does, leaves quotes alone") {
  CHECK(quoted("") == R"("")");
  CHECK(quoted("a\"b\\c") == R"("a"b\c")");
  CHECK(quoted("\n\r\t\a\b\x01\xff"sv) == R"("\n\r\t\a\b\x01\xff")");
}

TEST_CASE("a quoted word is read back as it was") {
  for (const std::string_view text : {""sv, "a \"b\""sv, "back\\slash\\"sv, "'"sv, "\n\x01\xff"sv}) {
    CHECK(split_words(quoted_word(text)) == std::vector<std::string>{std::string(text)});
  }
}

TEST_CASE("a mistyped name finds the one that was meant") {
  constexpr std::string_view names[] = {"volatile-lru", "volatile-lfu", "volatile-ttl",
                                        "noeviction"};
  CHECK(nearest_name("volatile-tll", names) == "volatile-ttl");
  CHECK(nearest_name("NoEvicton", names) == "noeviction");
  CHECK_FALSE(nearest_name("banana", names));
}

}  // namespace
}  // namespace outlive
