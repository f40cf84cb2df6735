#include "base/lzf.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "base/random.hpp"

using namespace outlive;

namespace {

std::string text_of_few_words(Random& random, std::size_t words) {
  std::string text;
  for (std::size_t i = 0; i < words; ++i) text += "word" + std::to_string(random.below(9)) + ' ';
  return text;
}

}  // namespace

TEST_CASE("LZF gives back what was compressed") {
  Random random(3);
  for (int i = 0; i < 300; ++i) {
    const std::string text = text_of_few_words(random, 20 + random.below(400));
    const auto packed = lzf_compress(text, text.size() - 4);
    REQUIRE(packed);
    CHECK(packed->size() < text.size());
    CHECK(lzf_decompress(*packed, text.size()) == text);
  }
  // Longer than the reach of a back reference.
  const std::string long_text = text_of_few_words(random, 20'000);
  CHECK(lzf_decompress(*lzf_compress(long_text, long_text.size()), long_text.size()) == long_text);
}

TEST_CASE("LZF gives up where nothing repeats") {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes.push_back(static_cast<char>(i));
  CHECK_FALSE(lzf_compress(all_bytes, all_bytes.size() - 4));
  CHECK_FALSE(lzf_compress("", 10));
}

TEST_CASE("LZF refuses what is cut off, too long or points before the beginning") {
  const std::string text(200, 'x');
  const std::string packed = *lzf_compress(text, text.size());
  for (std::size_t cut = 0; cut < packed.size(); ++cut) {
    CHECK_FALSE(lzf_decompress(packed.substr(0, cut), text.size()));
  }
  CHECK_FALSE(lzf_decompress(packed, text.size() - 1));
  CHECK_FALSE(lzf_decompress(packed, text.size() + 1));
  CHECK_FALSE(lzf_decompress(std::string("\x00y\x20\x05", 4), 4));
}
