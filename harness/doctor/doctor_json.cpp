// The report for programs, in the form of doctor.schema.json.
#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "deployment/finding_json.hpp"
#include "doctor/diagnosis.hpp"

namespace outlive::harness {
namespace {

using Json = nlohmann::ordered_json;

template <class Number>
Json or_null(const std::optional<Number>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json seconds_or_null(const std::optional<Span>& span) {
  return span ? Json(static_cast<double>(span->count()) / 1e6) : Json(nullptr);
}

std::int64_t whole(double number) {
  return std::llround(number);
}

Json json_of(const ServerFacts& facts) {
  return {{"url", facts.url},
          {"version", text_or_null(facts.version)},
          {"profile", facts.profile},
          {"used_memory", or_null(facts.used_memory)},
          {"maxmemory", or_null(facts.maxmemory)},
          {"maxmemory_policy", or_null(facts.policy)},
          {"evicted_keys", or_null(facts.evicted_keys)},
          {"expired_keys", or_null(facts.expired_keys)},
          {"keyspace_hits", or_null(facts.hits)},
          {"keyspace_misses", or_null(facts.misses)},
          {"uptime_s", or_null(facts.uptime_s)},
          {"keys", facts.keys()},
          {"is_replica", facts.is_replica}};
}

Json json_of(const KeyGroup& group, std::int64_t now_ms) {
  Json ttl = Json::object(), idle = Json::object();
  for (const auto& [name, share] : {std::pair{"p10", 0.1}, {"p50", 0.5}, {"p90", 0.9}}) {
    ttl[name] = seconds_or_null(group.ttl_left(share, now_ms));
    idle[name] = seconds_or_null(group.idle(share, now_ms));
  }
  return {{"database", group.database},
          {"pattern", group.pattern.glob},
          {"role", to_string(group.pattern.role)},
          {"seen", group.seen},
          {"keys", whole(group.keys)},
          {"looked_at", group.samples.size()},
          {"bytes_each", group.bytes_each()},
          {"share_without_ttl", group.share_without_ttl()},
          {"ttl_given_s", seconds_or_null(group.ttl_given(now_ms))},
          {"ttl_left_s", std::move(ttl)},
          {"idle_s", std::move(idle)}};
}

Json json_of(const std::optional<Growth>& growth) {
  if (!growth) return nullptr;
  return {{"seconds", static_cast<double>(growth->between.count()) / 1e6},
          {"bytes_per_second", growth->bytes},
          {"keys_per_second", growth->keys},
          {"evicted_per_second", growth->evicted},
          {"expired_per_second", growth->expired}};
}

Json by_pattern(const std::vector<double>& keys, const Examination& seen) {
  Json all = Json::array();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] <= 0) continue;
    all.push_back({{"database", seen.groups[i].database},
                   {"pattern", seen.groups[i].pattern.glob},
                   {"keys", keys[i]}});
  }
  return all;
}

Json json_of(const Prognosis& one, const Examination& seen) {
  const TrialSetting& setting = one.treatment.setting;
  return {{"id", one.treatment.id},
          {"name", one.treatment.name},
          {"maxmemory", setting.maxmemory},
          {"maxmemory_policy", setting.policy},
          {"maxmemory_samples", setting.samples},
          {"cap_met", one.cap_was_met},
          {"limits_lost", one.limits_lost},
          {"limits_lost_min", one.limits_lost_min},
          {"limits_lost_max", one.limits_lost_max},
          {"limits_lost_unrefilled", one.limits_lost_unrefilled},
          {"others_evicted", one.others_evicted},
          {"writes_refused", one.refused},
          {"evicted", by_pattern(one.evicted, seen)},
          {"first_to_go", by_pattern(one.first, seen)}};
}

Json load_of(const Forecast& forecast, const Examination& seen) {
  if (!forecast.plan || forecast.prognoses.empty()) return nullptr;
  const LoadPlan& plan = *forecast.plan;
  Json parts = Json::array();
  for (const LoadPlan::Part& part : plan.parts) {
    parts.push_back({{"database", seen.groups[part.group].database},
                     {"pattern", seen.groups[part.group].pattern.glob},
                     {"share", part.share},
                     {"ttl_s", seconds_or_null(part.ttl)}});
  }
  return {{"writes", whole(forecast.writes)},
          {"writes_per_second", or_null(plan.writes_per_second)},
          {"rate_was_seen", plan.rate_was_seen},
          {"limits_used", plan.limits_used},
          {"like", std::move(parts)}};
}

Json json_of(const Forecast& forecast, const Examination& seen) {
  const CapForecast& until = forecast.until;
  Json prognoses = Json::array();
  for (const Prognosis& one : forecast.prognoses) prognoses.push_back(json_of(one, seen));
  const bool after = until.when == CapForecast::When::after;
  return {{"cap", to_string(until.when)},
          {"seconds_to_cap", after ? seconds_or_null(until.after) : Json(nullptr)},
          {"by", text_or_null(until.by)},
          {"not_played", text_or_null(forecast.why_not)},
          {"scale", forecast.scale},
          {"trials", forecast.trials},
          {"limits", whole(forecast.limits)},
          {"load", load_of(forecast, seen)},
          {"settings", std::move(prognoses)},
          {"limits_alone_maxmemory",
           forecast.limits_alone_bytes > 0 ? Json(forecast.limits_alone_bytes) : Json(nullptr)}};
}

}  // namespace

void write_doctor_json(std::ostream& out, const Diagnosis& diagnosis) {
  const Examination& seen = diagnosis.examination;
  Json json{{"version", doctor_report_version},
            {"outlive", OUTLIVE_VERSION},
            {"exit_status", diagnosis.exit_status()},
            {"server", json_of(seen.facts)},
            {"looked",
             {{"keys_named", seen.scanned},
              {"keys_closely", seen.looked_at},
              {"commands", seen.commands},
              {"evicted_meanwhile", seen.evicted_meanwhile}}},
            {"growth", json_of(seen.growth)}};
  Json& groups = json["groups"] = Json::array();
  for (const KeyGroup& group : seen.groups) groups.push_back(json_of(group, seen.now_ms));
  Json& findings = json["findings"] = Json::array();
  for (const Judged& one : diagnosis.findings) findings.push_back(harness::json_of(one));
  json["forecast"] = json_of(diagnosis.forecast, seen);
  Json& unseen = json["unseen"] = Json::array();
  for (const Unseen& one : seen.unseen) {
    unseen.push_back({{"what", one.what}, {"remedy", one.remedy}});
  }
  // Names of keys may be any bytes.
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace outlive::harness
