// The report for programs, in the form of check.schema.json.
#include <nlohmann/json.hpp>
#include <ostream>

#include "deployment/check_report.hpp"
#include "deployment/finding_json.hpp"

namespace outlive::harness {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const DeployedServer* server) {
  if (server == nullptr) return nullptr;
  const auto cap = server->maxmemory();
  const auto saves = server->saves();
  return {{"name", server->name},
          {"directives_known", server->directives.known},
          {"maxmemory", cap ? Json(*cap) : Json(nullptr)},
          {"maxmemory_policy", text_or_null(server->policy().value_or(""))},
          {"saves", saves ? Json(*saves) : Json(nullptr)}};
}

Json json_of(const Mistake& mistake) {
  return {{"file", text_or_null(mistake.file)},
          {"line", mistake.line > 0 ? Json(mistake.line) : Json(nullptr)},
          {"what", mistake.what},
          {"suggestion", text_or_null(mistake.suggestion)}};
}

}  // namespace

void write_check_json(std::ostream& out, const CheckResult& result) {
  Json json{{"version", check_report_version},
            {"outlive", OUTLIVE_VERSION},
            {"exit_status", result.exit_status()}};
  Json& mistakes = json["mistakes"] = Json::array();
  for (const Mistake& one : result.mistakes) mistakes.push_back(json_of(one));
  Json& findings = json["findings"] = Json::array();
  for (const Judged& one : result.findings) findings.push_back(json_of(one));
  const bool readable = result.mistakes.empty();
  json["limits"] = json_of(readable ? result.deployment.limits() : nullptr);
  json["answers"] = json_of(readable ? result.deployment.answers() : nullptr);
  json["read"] = result.deployment.read;
  json["unseen"] = result.deployment.unseen;
  // Files may hold any bytes.
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace outlive::harness
