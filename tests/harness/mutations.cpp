// Shipped scenarios with a mistake or two of chance's own: whatever they have become, they are a
// scenario, or are refused with file and line.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "scenario/parse.hpp"
#include "scenario/sources.hpp"
#include "target/embedded.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view extremes[] = {"0",
                                         "-1",
                                         "1",
                                         "9223372036854775807",
                                         "-9223372036854775808",
                                         "1000000000000000000000000000000",
                                         "1e308",
                                         "0.0000001",
                                         "nan",
                                         "-inf",
                                         "\"\"",
                                         "\"0s\"",
                                         "\"366000d\"",
                                         "\"999999999999999999d\"",
                                         "\"1us\"",
                                         "\"0/s\"",
                                         "\"1000000000/s\"",
                                         "\"1/366000d\"",
                                         "\"1/us\"",
                                         "\"18446744073709551616gb\"",
                                         "\"17179869185gb\"",
                                         "\"1b\"",
                                         "\"*\"",
                                         "\"[\"",
                                         "\"$\"",
                                         "\"${\"",
                                         "\"$nobody\"",
                                         "\"{key}\"",
                                         "[]",
                                         "{}",
                                         "[[]]",
                                         "true",
                                         "1969-12-31T23:59:59Z",
                                         "9999-12-31T23:59:59Z",
                                         "\"\\u0000\\n\""};

class Mutator {
 public:
  explicit Mutator(const Random& chance) : chance_{chance} {}

  std::string mutated(std::string_view text) {
    std::vector<std::string> lines = split(text);
    for (std::uint64_t i = chance_.below(3) + 1; i > 0; --i) change(lines);
    std::string all;
    for (const std::string& line : lines) all += line + '\n';
    if (chance_.below(20) == 0) all.resize(chance_.below(all.size() + 1));
    return all;
  }

 private:
  static std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> lines(1);
    for (const char letter : text) {
      if (letter == '\n') {
        lines.emplace_back();
      } else {
        lines.back() += letter;
      }
    }
    return lines;
  }

  std::string& some(std::vector<std::string>& lines) { return lines[chance_.below(lines.size())]; }

  void change(std::vector<std::string>& lines) {
    if (lines.empty()) return;
    const auto at = lines.begin() + static_cast<std::ptrdiff_t>(chance_.below(lines.size()));
    switch (chance_.below(8)) {
      case 0:
        lines.erase(at);
        return;
      case 1:
        lines.insert(at, std::string{some(lines)});
        return;
      case 2:
        return std::swap(*at, some(lines));
      case 3:
        return change_value(some(lines));
      case 4:
        return change_number(some(lines));
      case 5:
        return change_letter(*at);
      case 6:
        return swap_words(*at, some(lines));
      default:
        return change_value(*at);
    }
  }

  std::string_view extreme() { return extremes[chance_.below(std::size(extremes))]; }

  void change_value(std::string& line) {
    const std::size_t equals = line.find('=');
    if (equals != line.npos) line = line.substr(0, equals + 1) + " " + std::string{extreme()};
  }

  void change_number(std::string& line) {
    const std::size_t at = line.find_first_of("0123456789");
    if (at == line.npos) return;
    const std::size_t end = std::min(line.find_first_not_of("0123456789.", at), line.size());
    line.replace(at, end - at, extreme());
  }

  void change_letter(std::string& line) {
    if (line.empty()) return;
    const std::size_t at = chance_.below(line.size());
    switch (chance_.below(3)) {
      case 0:
        line.erase(at, 1);
        return;
      case 1:
        line[at] = static_cast<char>(chance_.below(256));
        return;
      default:
        line.insert(at, 1, "\"'[]{}=,.#\\$\t \r"[chance_.below(15)]);
    }
  }

  // What stands behind the = of one, behind that of the other.
  static void swap_words(std::string& one, std::string& other) {
    const std::size_t here = one.find('='), there = other.find('=');
    if (&one == &other || here == one.npos || there == other.npos) return;
    const std::string kept = one.substr(here);
    one = one.substr(0, here) + other.substr(there);
    other = other.substr(0, there) + kept;
  }

  Random chance_;
};

std::vector<std::filesystem::path> shipped() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path folder = std::filesystem::path{OUTLIVE_SOURCE_DIR} / "scenarios";
  for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

TEST_CASE("a scenario with mistakes of any kind is played or refused with file and line") {
  const EmulatorDirectives directives;
  constexpr std::size_t of_each = 120;
  std::size_t sound = 0, refused = 0;
  for (const std::filesystem::path& path : shipped()) {
    const std::string file = path.string();
    const std::string text = read_text(file, scenario_size_max).text;
    REQUIRE_FALSE(text.empty());
    for (std::uint64_t seed = 0; seed < of_each; ++seed) {
      const std::string mutated = Mutator{Random{seed}.fork(path.stem().string())}.mutated(text);
      CAPTURE(file, seed, mutated);
      try {
        sound += parse_plays(mutated, file, directives).empty() ? 0 : 1;
      } catch (const ScenarioError& error) {
        ++refused;
        CHECK_FALSE(error.mistakes().empty());
        for (const Mistake& mistake : error.mistakes()) {
          CHECK(mistake.line > 0);
          CHECK_FALSE(mistake.what.empty());
          CHECK(mistake.what.find('\n') == std::string::npos);
        }
      }
    }
  }
  // Chance was neither too kind nor too rude for this to tell anything.
  CHECK(sound > refused / 20);
  CHECK(refused > sound / 20);
}

}  // namespace
}  // namespace outlive::harness
