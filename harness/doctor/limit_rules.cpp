// Limits that will go: by the forecast, and by what is known to make them go.
#include "deployment/rule.hpp"
#include "deployment/words.hpp"
#include "doctor/live_rules.hpp"
#include "doctor/words.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

Origin by_policy() {
  return {{}, 0, "maxmemory-policy"};
}

// Whether TTLs decide who goes.
bool goes_by_ttl(const ServerFacts& facts) {
  return facts.policy == "volatile-ttl" && facts.maxmemory != 0U;
}

// The answers' TTL where a limit may go before it has refilled: beyond half of the limits'.
bool answers_outlive(const Examination& examination) {
  const auto answers = examination.ttl_given(Role::answers);
  const auto limits = examination.ttl_given_min(Role::limits);
  return answers && limits && *answers > *limits / 2;
}

bool dominated(const Examination& examination) {
  return examination.keys_of(Role::limits) > 2 * examination.keys_of(Role::answers);
}

std::string scenario_for(const Examination& examination) {
  const std::string policy = examination.facts.policy.value_or("");
  if (policy == "volatile-ttl") {
    return answers_outlive(examination) ? "rate-limits/cache-ttl-72h" : "rate-limits/domination";
  }
  if (policy == "volatile-lru") return "policies/volatile-lru";
  return policy.ends_with("-lfu") ? "policies/lfu-luck-runs-out" : "policies/allkeys-lru";
}

// Settings in which fewer go, as they were played; and a server of their own.
std::string mend_by(const Forecast& forecast) {
  std::string mend;
  const Prognosis& now = forecast.prognoses.front();
  const Prognosis& best = *forecast.best();
  if (best.limits_lost < now.limits_lost / 2) {
    mend = "set " + best.treatment.name + ": under the same load " +
           (best.limits_lost < 0.5 ? "none goes" : keys_in_words(best.limits_lost) + " go") +
           "; or ";
  }
  return mend + "give the limits a server of their own with noeviction and maxmemory " +
         size_in_words(static_cast<double>(forecast.limits_alone_bytes)) + " or more";
}

void limits_lost(const Examination& examination, const Forecast& forecast, Findings& findings) {
  constexpr double chance = 0.001;  // of all: not worth a word
  constexpr double grave = 0.01;
  if (forecast.prognoses.empty() || forecast.limits == 0) return;
  const Prognosis& now = forecast.prognoses.front();
  if (now.limits_lost < forecast.limits * chance) return;
  std::string found =
      "about " + keys_in_words(now.limits_lost) + " of " + keys_in_words(forecast.limits) +
      " limits (" + percent_in_words(now.limits_lost, forecast.limits) + ") go while " +
      keys_in_words(forecast.writes) + " new keys are written, " +
      keys_in_words(now.limits_lost_unrefilled) + " of them with more than half of their TTL left";
  const bool harmless = now.limits_lost_unrefilled < forecast.limits * grave;
  findings.push_back({.origin = by_policy(),
                      .found = std::move(found),
                      .mend = mend_by(forecast),
                      .scenario = scenario_for(examination),
                      .severity = harmless ? Severity::warning : Severity::error});
}

void limits_dominate(const Examination& examination, const Forecast& forecast, Findings& findings) {
  const std::string policy = examination.facts.policy.value_or("");
  if ((policy != "volatile-ttl" && policy != "volatile-lfu") ||
      examination.facts.maxmemory.value_or(0) == 0) {
    return;
  }
  const double limits = examination.keys_of(Role::limits);
  const double answers = examination.keys_of(Role::answers);
  if (answers == 0 || !dominated(examination)) return;
  const bool spared = !forecast.prognoses.empty() &&
                      forecast.prognoses.front().limits_lost < forecast.limits / 1'000;
  findings.push_back({.origin = by_policy(),
                      .found = keys_in_words(limits) + " limits beside " + keys_in_words(answers) +
                               " answers on " + policy +
                               (spared ? "; under the load that was played they still hold" : ""),
                      .severity = spared ? Severity::warning : Severity::error});
}

void answers_outlive_limits(const Examination& examination, const Forecast&, Findings& findings) {
  if (!goes_by_ttl(examination.facts) || !answers_outlive(examination)) return;
  const Span answers = *examination.ttl_given(Role::answers);
  const Span limits = *examination.ttl_given_min(Role::limits);
  findings.push_back(
      {.origin = by_policy(),
       .found = "answers live " + format_span(answers) + ", limits " + format_span(limits) +
                (answers >= limits ? ": even one just used goes before a new answer"
                                   : ": one idle for " + format_span(limits - answers) +
                                         " goes before a new answer, perhaps not refilled yet"),
       .mend = "let answers live " + format_span(limits / 2) +
               " or less (ttl_s in [gateway.cache.valkey]), or give them a server of their own",
       .scenario = answers >= limits ? "rate-limits/cache-ttl-72h" : ""});
}

void evicted_already(const Examination& examination, const Forecast&, Findings& findings) {
  const ServerFacts& facts = examination.facts;
  if (examination.keys_of(Role::limits) == 0 || facts.evicted_keys.value_or(0) == 0) return;
  const bool by_ttl = facts.policy == "volatile-ttl";
  std::string found = format_count(*facts.evicted_keys) + " keys were evicted";
  if (facts.uptime_s) {
    found += " in " + format_span(std::chrono::seconds{static_cast<std::int64_t>(*facts.uptime_s)});
  }
  findings.push_back({.origin = {{}, 0, "evicted_keys"},
                      .found = found + "; which they were the server does not tell",
                      .severity = by_ttl ? Severity::note : Severity::warning});
}

constexpr std::string_view measured = "measured on Valkey 8.1.1; played by the emulator";

const LiveRule rules[] = {
    {{.id = "limits-lost",
      .severity = Severity::error,
      .title = "Rate limits outlive the answers beside them",
      .why = "A bucket that is gone is a full one: its client gets tickets beyond the limit, and "
             "nothing says so. One with less than half of its TTL left has refilled by then, and "
             "is no loss.",
      .mend = "",
      .source = measured,
      .scenario = "",
      .look = nullptr},
     limits_lost},
    {{.id = "domination",
      .severity = Severity::error,
      .title = "Answers are no rarity among limits",
      .why = "An eviction looks at a sample of keys. Where limits are many and answers few it "
             "often has no answer in it, and a limit goes: 10,000 limits beside 10,000 answers "
             "lost none, 50,000 beside 5,000 lost 9 %, beside 500 a quarter.",
      .mend = "give the limits a server of their own with noeviction; or set maxmemory-samples "
              "10, or more maxmemory, so that more answers stay",
      .source = measured,
      .scenario = "rate-limits/domination",
      .look = nullptr},
     limits_dominate},
    {{.id = "cache-ttl",
      .severity = Severity::error,
      .title = "Answers expire before buckets that are not full",
      .why = "volatile-ttl evicts what expires first. A bucket that goes before it has refilled "
             "gives its client a full one. What surely holds is a TTL of answers of half of the "
             "bucket's, by which it has refilled.",
      .mend = "",
      .source = "https://www.tensorzero.com/docs/deployment/valkey-redis; measured on Valkey 8.1.1",
      .scenario = "rate-limits/cache-ttl-36h",
      .look = nullptr},
     answers_outlive_limits},
    {{.id = "evicted-already",
      .severity = Severity::warning,
      .title = "Nothing is evicted where limits are kept",
      .why = "Keys have gone before their time here. By volatile-ttl they were most likely "
             "answers; by any other policy limits were among them, in proportion or worse.",
      .mend = "listen to evictions with notify-keyspace-events Ee to see which they are",
      .source = sources::eviction_page,
      .scenario = "",
      .look = nullptr},
     evicted_already},
};

}  // namespace

std::span<const LiveRule> limit_rules() {
  return rules;
}

}  // namespace outlive::harness
