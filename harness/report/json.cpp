// The report for programs, in the form of run.schema.json. Whole numbers of 64 bits that no double
// holds (seed and digest) are text where they may be so large. No time of the machine's is in it:
// the same plays are the same report.
#include <nlohmann/json.hpp>
#include <ostream>

#include "report/report.hpp"
#include "report/run_schema.hpp"
#include "report/wording.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Verdict& verdict, const Scenario& scenario) {
  const FilePlace place = place_of(scenario, verdict);
  Json figures = Json::object();
  for (const auto& [name, value] : verdict.figures) figures[name] = value;
  return {{"kind", to_string(verdict.kind)},
          {"file", place.file},
          {"line", place.line > 0 ? Json(place.line) : Json(nullptr)},
          {"verdict", to_string(verdict.finding)},
          {"stated", verdict.expected_violated ? "violated" : "holds"},
          {"as_stated", verdict.as_stated()},
          {"claim", verdict.claim},
          {"seen", verdict.seen},
          {"figures", std::move(figures)},
          {"first_at_us", verdict.first_at ? Json(verdict.first_at->count()) : Json(nullptr)},
          {"evidence", verdict.evidence}};
}

Json json_of(const PatternTally& tally, const std::string& pattern) {
  return {{"pattern", pattern},       {"written", tally.written},   {"lost", tally.lost},
          {"evicted", tally.evicted}, {"stale", tally.stale},       {"expired", tally.expired},
          {"removed", tally.removed}, {"vanished", tally.vanished}, {"resident", tally.resident}};
}

Json json_of(const OperationTally& tally, Operation operation) {
  Json errors = Json::array();
  for (const auto& [message, error] : tally.errors) {
    errors.push_back(
        {{"message", message}, {"count", error.count}, {"first_at_us", error.first_at.count()}});
  }
  return {
      {"operation", to_string(operation)}, {"count", tally.count}, {"errors", std::move(errors)}};
}

Json json_of(const InstanceObservations& instance, const std::vector<std::string>& patterns) {
  Json json{{"name", instance.name}, {"used_memory", instance.used_memory}};
  Json& tallies = json["patterns"] = Json::array();
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    tallies.push_back(json_of(instance.patterns[i], patterns[i]));
  }
  Json& operations = json["operations"] = Json::array();
  for (std::size_t i = 0; i < operation_count; ++i) {
    operations.push_back(json_of(instance.operations[i], static_cast<Operation>(i)));
  }
  return json;
}

Json json_of(const Event& event) {
  const auto name = [](const std::string& whom) {
    return whom.empty() ? Json(nullptr) : Json(whom);
  };
  return {{"kind", to_string(event.kind)},
          {"at_us", event.at.count()},
          {"lasting_us", event.lasting.count()},
          {"instance", name(event.instance)},
          {"gateway", name(event.gateway)}};
}

Json json_of(const Slice& slice, const Observations& seen) {
  Json instances = Json::array();
  for (std::size_t i = 0; i < slice.instances.size(); ++i) {
    const Slice::OfInstance& then = slice.instances[i];
    Json patterns = Json::array();
    for (std::size_t k = 0; k < then.patterns.size(); ++k) {
      patterns.push_back({{"pattern", seen.patterns[k]},
                          {"resident", then.patterns[k].resident},
                          {"evicted", then.patterns[k].evicted}});
    }
    instances.push_back({{"name", seen.instances[i].name},
                         {"used_memory", then.used_memory},
                         {"maxmemory", then.maxmemory},
                         {"patterns", std::move(patterns)}});
  }
  return {{"at_us", slice.at.count()},
          {"instances", std::move(instances)},
          {"cache", {{"hits", slice.hits}, {"misses", slice.misses}}},
          {"admission",
           {{"granted", slice.granted}, {"refused", slice.refused}, {"failed", slice.failed}}}};
}

Json json_of(const Played& one, bool repeatable) {
  const Observations& seen = one.observations;
  Json json{{"file", one.scenario.file}, {"title", one.scenario.title},
            {"rule", one.scenario.rule}, {"source", one.scenario.source},
            {"seed", one.seed},          {"as_stated", one.as_stated()}};
  Json& axes = json["axes"] = Json::object();
  for (const AxisValue& axis : one.scenario.axes) axes[axis.name] = axis.value;
  if (!one.error.empty()) {
    json["error"] = one.error;
    return json;
  }
  json["digest"] = repeatable ? Json(format_hex(seen.digest)) : Json(nullptr);
  Json& approximations = json["approximations"] = Json::array();
  for (const Approximation& approximation : seen.approximations) {
    approximations.push_back({{"word", approximation.word},
                              {"meaning", approximation.meaning},
                              {"instances", approximation.instances}});
  }
  json["virtual_us"] = one.scenario.duration.count();
  json["requests"] = seen.requests;
  Json& checks = json["checks"] = Json::array();
  for (const Verdict& verdict : one.verdicts) checks.push_back(json_of(verdict, one.scenario));
  Json& instances = json["instances"] = Json::array();
  for (const InstanceObservations& instance : seen.instances) {
    instances.push_back(json_of(instance, seen.patterns));
  }
  Json& events = json["events"] = Json::array();
  for (const Event& event : one.scenario.events) events.push_back(json_of(event));
  Json& timeline = json["timeline"] = Json::array();
  for (const Slice& slice : seen.timeline) timeline.push_back(json_of(slice, seen));
  json["cache"] = {{"hits", seen.cache.hits}, {"misses", seen.cache.misses}};
  json["admission"] = {
      {"asked", seen.admission.asked},     {"granted", seen.admission.granted},
      {"refused", seen.admission.refused}, {"failed", seen.admission.failed},
      {"excess", seen.admission.excess},   {"worst_excess", seen.admission.worst_excess}};
  return json;
}

}  // namespace

void write_json(std::ostream& out, const Run& run, const ReportStyle&) {
  Json json{{"version", json_report_version},
            {"outlive", OUTLIVE_VERSION},
            {"target", run.target},
            {"repeatable", run.repeatable},
            {"exit_status", run.exit_status()}};
  if (!run.error.empty()) json["error"] = run.error;
  Json& scenarios = json["scenarios"] = Json::array();
  for (const Played& one : run.played) scenarios.push_back(json_of(one, run.repeatable));
  // Keys and messages may hold any bytes.
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace outlive::harness
