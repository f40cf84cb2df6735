// SARIF 2.1.0 (OASIS, Static Analysis Results Interchange Format): one run, a rule each, a result a
// finding.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "deployment/check_report.hpp"

namespace outlive::harness {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view letters_of_paths =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";

// A path as the relative reference that SARIF wants (RFC 3986).
std::string uri_of(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  std::string uri = path.starts_with('/') ? "file://" : "";
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char letter : path) {
    if (letters_of_paths.find(letter) != letters_of_paths.npos) {
      uri += letter;
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    uri += '%';
    uri += digits[byte >> 4];
    uri += digits[byte & 15];
  }
  return uri;
}

Json location_of(std::string_view file, int line, std::string_view name) {
  Json location = Json::object();
  if (!file.empty()) {
    Json& physical = location["physicalLocation"];
    physical["artifactLocation"]["uri"] = uri_of(file);
    // A file as a whole is shown at its first line.
    physical["region"]["startLine"] = std::max(line, 1);
  }
  if (!name.empty()) {
    location["logicalLocations"] = Json::array({{{"name", name}, {"kind", "member"}}});
  }
  return location;
}

// A link where the source is one, or begins with one.
Json json_of(const Rule& rule) {
  const std::string help = std::string{rule.why} + "\n\nMend: " + std::string{rule.mend} +
                           "\n\nSource: " + std::string{rule.source};
  Json json{{"id", rule.id},
            {"shortDescription", {{"text", rule.title}}},
            {"fullDescription", {{"text", rule.why}}},
            {"help", {{"text", help}}},
            {"defaultConfiguration", {{"level", to_string(rule.severity)}}}};
  if (rule.source.starts_with("https://")) {
    json["helpUri"] = rule.source.substr(0, rule.source.find_first_of("; "));
  }
  return json;
}

Json json_of(const Judged& one, std::size_t rule_index) {
  std::string text = one.found + ". " + std::string{one.rule.why} + " Mend: " + one.mend + ".";
  if (!one.scenario.empty()) text += " See it: outlive run " + one.scenario;
  Json json{{"ruleId", one.rule.id},
            {"ruleIndex", rule_index},
            {"level", to_string(one.severity)},
            {"message", {{"text", std::move(text)}}}};
  json["locations"] = Json::array({location_of(one.origin.file, one.origin.line, one.origin.name)});
  return json;
}

}  // namespace

void write_check_sarif(std::ostream& out, const CheckResult& result) {
  const std::vector<Rule> rules = all_rules();
  Json driver{{"name", "outlive check"}, {"version", OUTLIVE_VERSION}};
  Json& told = driver["rules"] = Json::array();
  for (const Rule& rule : rules) told.push_back(json_of(rule));

  Json results = Json::array();
  for (const Judged& one : result.findings) {
    const auto rule = std::ranges::find(rules, one.rule.id, &Rule::id);
    results.push_back(json_of(one, static_cast<std::size_t>(rule - rules.begin())));
  }
  Json invocation{{"executionSuccessful", result.mistakes.empty()},
                  {"exitCode", result.exit_status()}};
  Json& notices = invocation["toolExecutionNotifications"] = Json::array();
  for (const Mistake& one : result.mistakes) {
    notices.push_back({{"level", "error"},
                       {"message", {{"text", one.what}}},
                       {"locations", Json::array({location_of(one.file, one.line, "")})}});
  }
  for (const std::string& one : result.deployment.unseen) {
    notices.push_back({{"level", "note"}, {"message", {{"text", "could not be seen: " + one}}}});
  }
  Json run;
  run["tool"]["driver"] = std::move(driver);
  run["invocations"] = Json::array({std::move(invocation)});
  run["columnKind"] = "unicodeCodePoints";
  run["results"] = std::move(results);
  Json json{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"}, {"version", "2.1.0"}};
  json["runs"] = Json::array({std::move(run)});
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace outlive::harness
