// A string's text: its own, or lent.
#include "data/string.hpp"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>

#include "data/lent_texts.hpp"

using namespace outlive;

namespace {

const Allocation allocation{8};

std::string_view text_of(const String& string, char (&scratch)[24]) {
  return string.text(scratch);
}

}  // namespace

TEST_CASE("a long text that is lent stays where it is, and weighs what a copy would") {
  char scratch[24];
  for (const std::size_t size : {45, 1'000, 40'000}) {
    const std::string text(size, 'x');
    const String lent = String::lent(text, allocation);
    const String copied = String::received(text, allocation);
    CHECK(text_of(lent, scratch).data() == text.data());
    CHECK(text_of(copied, scratch).data() != text.data());
    CHECK(lent.encoding() == StringEncoding::raw);
    CHECK(lent.size() == size);
    CHECK(lent.block() == copied.block());
    CHECK(lent.room() == copied.room());
  }
}

TEST_CASE("a short text, and an integer, are kept as ever") {
  char scratch[24];
  const std::string text = "twelve bytes";
  const String lent = String::lent(text, allocation);
  CHECK(text_of(lent, scratch).data() != text.data());
  CHECK(lent.encoding() == StringEncoding::embedded);
  CHECK(String::lent("1234", allocation).is_integer());
}

TEST_CASE("what is changed in place becomes a copy first") {
  const std::string text(100, 'x');
  String string = String::lent(text, allocation);
  string.make_raw(allocation)[0] = 'y';
  CHECK(string.text() == "y" + std::string(99, 'x'));
  CHECK(text == std::string(100, 'x'));
}

TEST_CASE("what lies in a lent text is told by where it lies, not by what it says") {
  const auto one = std::make_shared<const std::string>(1'000, 'x');
  const auto other = std::make_shared<const std::string>(1'000, 'x');
  LentTexts texts;
  CHECK_FALSE(texts.hold(*one));
  texts.add(other);
  CHECK_FALSE(texts.hold(*one));
  texts.add(one);
  texts.add(one);  // again, which changes nothing
  for (const auto& text : {one, other}) {
    const std::string_view whole = *text;
    CHECK(texts.hold(whole));
    CHECK(texts.hold(whole.substr(999)));
    CHECK_FALSE(texts.hold(std::string(whole)));
  }
}
