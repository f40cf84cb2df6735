// The tables of scenarios/README.md are made from the rows that the parser reads. With
// OUTLIVE_ACCEPT set in the environment this writes them; a person reads the difference.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "scenario/fields.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view readme = OUTLIVE_SOURCE_DIR "/scenarios/README.md";

std::string kinds_of(unsigned kinds, std::span<const std::string_view> names) {
  if (kinds == any_kind) return "";
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (kinds & (1U << i)) out.append(out.empty() ? "" : ", ").append(names[i]);
  }
  return out;
}

template <class T>
std::string table_of(std::span<const Field<T>> fields, std::span<const std::string_view> kinds) {
  std::string out = kinds.empty()
                        ? "| word | must | meaning |\n| --- | --- | --- |\n"
                        : "| word | must | only in | meaning |\n| --- | --- | --- | --- |\n";
  for (const Field<T>& field : fields) {
    out.append("| `")
        .append(field.name)
        .append("` | ")
        .append(field.required ? "yes" : "")
        .append(" | ");
    if (!kinds.empty()) out.append(kinds_of(field.kinds, kinds)).append(" | ");
    out.append(field.meaning).append(" |\n");
  }
  return out;
}

std::string mark(std::string_view name, std::string_view end) {
  return "<!-- " + std::string{end} + std::string{name} + " -->\n";
}

// What stands between a table's marks.
std::string& replace_between(std::string& text, std::string_view name, const std::string& table) {
  const std::string begin = mark(name, "table: "), end = mark(name, "end: ");
  const std::size_t from = text.find(begin), to = text.find(end);
  REQUIRE(from != text.npos);
  REQUIRE(to != text.npos);
  return text.replace(from + begin.size(), to - from - begin.size(), table);
}

TEST_CASE("the reference of the language is made from the rows that the parser reads") {
  std::ostringstream read;
  read << std::ifstream{std::string{readme}}.rdbuf();
  const std::string before = read.str();
  std::string after = before;
  replace_between(after, "scenario", table_of(scenario_fields(), {}));
  replace_between(after, "traffic", table_of(traffic_fields(), traffic_kind_names()));
  replace_between(after, "limit", table_of(limit_fields(), {}));
  replace_between(after, "phase", table_of(phase_fields(), {}));
  replace_between(after, "event", table_of(event_fields(), event_kind_names()));
  replace_between(after, "check", table_of(check_fields(), check_kind_names()));
  if (std::getenv("OUTLIVE_ACCEPT")) std::ofstream{std::string{readme}} << after;
  CHECK(before == after);
}

}  // namespace
}  // namespace outlive::harness
