#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "check/claim.hpp"
#include "describe/describe.hpp"
#include "describe/variation.hpp"

namespace outlive::harness {
namespace {

using Json = nlohmann::ordered_json;

std::string_view word_of(bool violated) {
  return violated ? "violated" : "holds";
}

// On the embedded emulator, of all plays: "6 hold, 1 violated".
std::string expected(const Plays& plays) {
  std::size_t hold = 0, violated = 0;
  for (const Scenario& play : plays) {
    for (const Check& check : play.checks) {
      ++(check.expects_violation("embedded") ? violated : hold);
    }
  }
  std::vector<std::string> parts;
  if (hold > 0) parts.push_back(std::to_string(hold) + (hold == 1 ? " holds" : " hold"));
  if (violated > 0) parts.push_back(std::to_string(violated) + " violated");
  return words::listed(parts, "and");
}

std::string axes(const Plays& plays) {
  std::string text;
  if (plays.size() > 1) text = std::to_string(plays.size()) + " plays, ";
  for (const AxisOfPlays& axis : axes_of(plays)) {
    text += axis.name + " = " + words::listed(axis.values, "or") + "; ";
  }
  return text;
}

void write_lines(std::ostream& out, std::span<const Listed> scenarios) {
  std::size_t width = 0;
  for (const Listed& one : scenarios) width = std::max(width, one.name.size());
  for (const Listed& one : scenarios) {
    const Scenario& first = one.plays.front();
    std::string name = one.name;
    name.resize(width + 2, ' ');
    out << name << title_of(first) << " [" << axes(one.plays) << expected(one.plays) << "]";
    if (!first.rule.empty()) out << ": " << first.rule;
    out << '\n';
  }
}

Json json_of(const Check& check) {
  Json json{{"kind", to_string(check.kind)},
            {"claim", claim_of(check)},
            {"expected", word_of(check.expect_violated)}};
  for (const Expectation& expectation : check.expect_on) {
    for (const std::string& target : expectation.targets) {
      if (json["expected_on"].contains(target)) continue;  // the first that fits counts
      json["expected_on"][target] = word_of(expectation.violated);
    }
  }
  return json;
}

Json json_of(const Scenario& play) {
  Json json{{"title", play.title}, {"axes", Json::object()}, {"checks", Json::array()}};
  for (const AxisValue& axis : play.axes) json["axes"][axis.name] = axis.value;
  for (const Check& check : play.checks) json["checks"].push_back(json_of(check));
  return json;
}

void write_json(std::ostream& out, std::span<const Listed> scenarios) {
  Json list = Json::array();
  for (const Listed& one : scenarios) {
    const Scenario& first = one.plays.front();
    Json json{{"name", one.name},      {"file", first.file},     {"title", title_of(first)},
              {"rule", first.rule},    {"source", first.source}, {"axes", Json::object()},
              {"plays", Json::array()}};
    for (const AxisOfPlays& axis : axes_of(one.plays)) json["axes"][axis.name] = axis.values;
    for (const Scenario& play : one.plays) json["plays"].push_back(json_of(play));
    list.push_back(std::move(json));
  }
  out << Json{{"scenarios", std::move(list)}}.dump(2) << '\n';
}

constexpr ListFormat formats[] = {
    {"table", "a line a scenario", write_lines},
    {"json", "for programs: every play and what each of its checks is expected to find",
     write_json},
};

}  // namespace

std::span<const ListFormat> list_formats() {
  return formats;
}

}  // namespace outlive::harness
