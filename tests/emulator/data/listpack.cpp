#include "data/listpack.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

using namespace outlive;

namespace {

// A text of every encoding, at both ends of its range.
const std::vector<std::string> all_kinds = {"0",
                                            "127",
                                            "128",
                                            "-1",
                                            "4095",
                                            "-4096",
                                            "4096",
                                            "-32768",
                                            "32767",
                                            "32768",
                                            "-8388608",
                                            "8388607",
                                            "8388608",
                                            "-2147483648",
                                            "2147483647",
                                            "2147483648",
                                            "-9223372036854775808",
                                            "9223372036854775807",
                                            "9223372036854775808",
                                            "",
                                            "007",
                                            "+1",
                                            "text",
                                            std::string(63, 'a'),
                                            std::string(64, 'b'),
                                            std::string(4095, 'c'),
                                            std::string(4096, 'd'),
                                            std::string(70'000, 'e')};

std::string image_of(const std::vector<std::string>& texts) {
  listpack::Writer writer;
  for (const std::string& text : texts) writer.append(text);
  return std::move(writer).finish();
}

}  // namespace

TEST_CASE("a listpack gives back its elements and weighs what was foretold") {
  std::size_t foretold = listpack::frame_bytes;
  for (const std::string& text : all_kinds) foretold += listpack::element_bytes(text);
  const std::string image = image_of(all_kinds);
  CHECK(image.size() == foretold);
  CHECK(listpack::read(image) == all_kinds);
}

TEST_CASE("a listpack that was cut or changed at one byte is refused or reads whole") {
  const std::string image = image_of({"field", "100", "other", "-5000", std::string(100, 'v')});
  for (std::size_t cut = 0; cut < image.size(); ++cut) {
    CHECK_FALSE(listpack::read(image.substr(0, cut)));
  }
  for (std::size_t at = 0; at < image.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = image;
      changed[at] = static_cast<char>(byte);
      listpack::read(changed);  // the sanitizers watch
    }
  }
}
