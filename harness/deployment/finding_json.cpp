#include "deployment/finding_json.hpp"

namespace outlive::harness {

using Json = nlohmann::ordered_json;

Json text_or_null(std::string_view text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json json_of(const Judged& one) {
  return {{"rule", one.rule.id},
          {"severity", to_string(one.severity)},
          {"file", text_or_null(one.origin.file)},
          {"line", one.origin.line > 0 ? Json(one.origin.line) : Json(nullptr)},
          {"name", text_or_null(one.origin.name)},
          {"title", one.rule.title},
          {"found", one.found},
          {"why", one.rule.why},
          {"mend", one.mend},
          {"source", one.rule.source},
          {"scenario", text_or_null(one.scenario)}};
}

}  // namespace outlive::harness
