// What test_mistakes.py can't tell: columns, and that sound TOML is never blamed for a mistake
// behind it.
#include "scenario/toml_mistake.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

namespace outlive::harness {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

TEST_CASE("columns are counted in letters") {
  const TomlMistake mistake = toml_mistake("title = \"ü\" \"\n", 1, 1);
  CHECK(mistake.line == 1);
  CHECK(mistake.column == 13);
  CHECK_THAT(mistake.what, StartsWith("behind the value of \"title\" stands"));
}

TEST_CASE("the mistake is found behind TOML of every kind") {
  const std::string sound = R"toml(# all that TOML has
bare_key-1 = "text with \" \\ \t \u00e9 \U0001f600"
"quoted key" = 'C:\literal'
'also quoted' = """
many
lines \
  joined, "quotes" inside"""
a.b."c d" = '''raw
'' lines'''
five = """"two quotes at each end""""
numbers = [1, +2, -3, 1_000, 0xff, 0o17, 0b101, 1.5, -0.5e10, inf, -nan]
dates = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.5+01:00, 1979-05-27, 07:32:00]
deep = [ [1, 2], # a comment
  ["a", { x = 1, y.z = [true, false] }],
  [

  ],
]
empty = {}
[table]
x = 1
[table.inner]
x = 1
[[list]]
x = 1
[list.of]
x = 1
[[list]]
x = 1
[list.of]
x = 1
[ spaced . "out" ]
x=1
)toml";
  const TomlMistake mistake = toml_mistake(sound + "y = here\n", 1, 1);
  CHECK_THAT(mistake.what, StartsWith("y = here: text stands in quotes: \"here\""));
  CHECK(mistake.line == 34);
  // Nothing is found in it: then the place is the parser's.
  const TomlMistake none = toml_mistake(sound, 2, 5);
  CHECK(none.line == 2);
  CHECK(none.column == 5);
  CHECK_THAT(none.what, ContainsSubstring("bare_key-1 = ") && ContainsSubstring("this is no TOML"));
}

TEST_CASE("a line that is not there is no reason to fall") {
  CHECK(toml_mistake("", 7, 1).line == 7);
  CHECK(toml_mistake("a = 1", 7, 1).line == 7);
}

}  // namespace
}  // namespace outlive::harness
