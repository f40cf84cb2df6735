// The report for programs. Whole numbers of 64 bits that no double holds (the digest) are text.
#include <nlohmann/json.hpp>
#include <ostream>

#include "report/report.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const Verdict& verdict) {
  Json figures = Json::object();
  for (const auto& [name, value] : verdict.figures) figures[name] = value;
  return {{"kind", to_string(verdict.kind)},
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

Json json_of(const Slice& slice) {
  Json instances = Json::array();
  for (const Slice::OfInstance& instance : slice.instances) {
    Json resident = Json::array(), evicted = Json::array();
    for (const Slice::Keys& keys : instance.patterns) {
      resident.push_back(keys.resident);
      evicted.push_back(keys.evicted);
    }
    instances.push_back({{"used_memory", instance.used_memory},
                         {"resident", std::move(resident)},
                         {"evicted", std::move(evicted)}});
  }
  return {{"at_us", slice.at.count()}, {"instances", std::move(instances)},
          {"hits", slice.hits},        {"misses", slice.misses},
          {"granted", slice.granted},  {"refused", slice.refused},
          {"failed", slice.failed}};
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
  for (const Verdict& verdict : one.verdicts) checks.push_back(json_of(verdict));
  Json& instances = json["instances"] = Json::array();
  for (const InstanceObservations& instance : seen.instances) {
    instances.push_back(json_of(instance, seen.patterns));
  }
  Json& timeline = json["timeline"] = Json::array();
  for (const Slice& slice : seen.timeline) timeline.push_back(json_of(slice));
  json["cache"] = {{"hits", seen.cache.hits}, {"misses", seen.cache.misses}};
  json["admission"] = {
      {"asked", seen.admission.asked},     {"granted", seen.admission.granted},
      {"refused", seen.admission.refused}, {"failed", seen.admission.failed},
      {"excess", seen.admission.excess},   {"worst_excess", seen.admission.worst_excess}};
  return json;
}

}  // namespace

void write_json(std::ostream& out, const Run& run, const ReportStyle&) {
  Json json{{"target", run.target}, {"exit_status", run.exit_status()}};
  if (!run.error.empty()) json["error"] = run.error;
  Json& scenarios = json["scenarios"] = Json::array();
  for (const Played& one : run.played) scenarios.push_back(json_of(one, run.repeatable));
  // Keys and messages may hold any bytes.
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace outlive::harness
