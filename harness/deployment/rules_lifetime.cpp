// How long buckets and answers live beside each other, and what the gateway makes of its own words.
#include <algorithm>

#include "deployment/rule.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

// Whether TTLs decide who goes: a policy that is not known may be the one that the page recommends.
bool goes_by_ttl(const DeployedServer& server) {
  return server.policy().value_or("volatile-ttl") == "volatile-ttl" && server.evicts() != false;
}

std::string told(const GatewaySettings& settings) {
  const std::string ttl = format_span(settings.cache_ttl.value);
  return settings.cache_ttl.origin.file.empty() ? "the cache's TTL is " + ttl + " by default"
                                                : "the cache's TTL is " + ttl;
}

// The longest TTL of answers beside which a bucket can't go before it has refilled: idle for longer
// than its own TTL less theirs, it expires before an answer that has just come.
Span safe_beside(const RateWord& word) {
  const auto refill = word.refill_time();
  return refill ? word.ttl() - *refill : Span::zero();
}

// The word that allows answers the shortest life; null: there is none.
const RateWord* most_delicate(const GatewaySettings& settings) {
  const RateWord* worst = nullptr;
  for (const RateRule& rule : settings.rules) {
    for (const RateWord& word : rule.words) {
      if (!word.refill_time()) continue;  // a rule of its own
      if (worst == nullptr || safe_beside(word) < safe_beside(*worst)) worst = &word;
    }
  }
  return worst;
}

void cache_outlives_limits(const Deployment& deployment, Findings& findings) {
  if (!deployment.shared() || !goes_by_ttl(*deployment.limits())) return;
  const GatewaySettings& settings = deployment.settings;
  const Span ttl = settings.cache_ttl.value;
  const RateWord* word = most_delicate(settings);
  if (word == nullptr || ttl <= safe_beside(*word)) return;
  const bool fresh_too = ttl >= word->ttl();
  std::string found = told(settings) + "; a bucket of " + word->resource + "_per_" + word->window +
                      " lives " + format_span(word->ttl());
  found += fresh_too ? ", so that even one just used goes before a new answer"
                     : " and, idle for " + format_span(word->ttl() - ttl) +
                           ", goes before a new answer, not refilled yet";
  const Span safe = safe_beside(*word);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(safe).count();
  findings.push_back({.origin = settings.cache_ttl.origin,
                      .found = std::move(found),
                      .mend = "set ttl_s = " + std::to_string(seconds) + " (" + format_span(safe) +
                              ") or less in [gateway.cache.valkey], or give the cache a server of "
                              "its own",
                      .scenario = fresh_too ? "rate-limits/cache-ttl-72h" : ""});
}

void cache_for_nothing(const Deployment& deployment, Findings& findings) {
  const GatewaySettings& settings = deployment.settings;
  if (!deployment.answers_in_valkey() || settings.cache_ttl.value > Span::zero()) return;
  findings.push_back({.origin = settings.cache_ttl.origin, .found = "ttl_s = 0"});
}

void never_refilled(const Deployment& deployment, Findings& findings) {
  if (!deployment.limits_in_valkey()) return;
  for (const RateRule& rule : deployment.settings.rules) {
    for (const RateWord& word : rule.words) {
      if (word.refill_time()) continue;
      findings.push_back({.origin = word.origin,
                          .found = word.resource + "_per_" + word.window +
                                   " has refill_rate = 0, and its bucket lives 48 h"});
    }
  }
}

// Whether one request can be under both: a rule that always holds joins any other, and of the
// others those of one priority hold together.
bool can_meet(const RateRule& one, const RateRule& other) {
  return one.scope == other.scope && (one.always || other.always || one.priority == other.priority);
}

void one_bucket_twice(const Deployment& deployment, Findings& findings) {
  if (!deployment.limits_in_valkey()) return;
  struct Seen {
    const RateRule* rule;
    const RateWord* word;
  };
  std::vector<Seen> seen;
  for (const RateRule& rule : deployment.settings.rules) {
    for (const RateWord& word : rule.words) {
      const auto twin = std::ranges::find_if(seen, [&](const Seen& one) {
        return one.word->resource == word.resource && can_meet(*one.rule, rule);
      });
      if (twin != seen.end()) {
        findings.push_back({.origin = word.origin,
                            .found = word.resource + "_per_" + word.window + " and " +
                                     twin->word->resource + "_per_" + twin->word->window + " (" +
                                     to_string(twin->word->origin) +
                                     ") count the same resource in the same scope"});
      } else {
        seen.push_back({&rule, &word});
      }
    }
  }
}

void cost_too_large(const Deployment& deployment, Findings& findings) {
  if (!deployment.limits_in_valkey()) return;
  constexpr double dollars_max = 100'000;
  for (const RateRule& rule : deployment.settings.rules) {
    for (const RateWord& word : rule.words) {
      if (word.resource != "cost" || word.capacity < dollars_max) continue;
      findings.push_back({.origin = word.origin,
                          .found = "cost_per_" + word.window + " has a capacity of $" +
                                   format_count(static_cast<std::uint64_t>(word.capacity))});
    }
  }
}

constexpr Rule rules[] = {
    {.id = "cache-ttl",
     .severity = Severity::error,
     .title = "Answers expire before buckets that are not full",
     .why =
         "volatile-ttl evicts what expires first. A bucket that goes before it has refilled gives "
         "its client a full one: tickets beyond the limit. The page's rule is a cache TTL of less "
         "than 48 h; what surely holds is half of the bucket's TTL, by which it has refilled.",
     .mend =
         "set ttl_s = 86400 or less in [gateway.cache.valkey], or give the cache a server of its "
         "own",
     .source = "https://www.tensorzero.com/docs/deployment/valkey-redis; measured on Valkey 8.1.1",
     .scenario = "rate-limits/cache-ttl-36h",
     .look = cache_outlives_limits},
    {.id = "cache-ttl-zero",
     .severity = Severity::error,
     .title = "Answers live for a while",
     .why = "SETEX refuses 0 seconds (\"invalid expire time\"), and the gateway takes no notice: "
            "nothing is ever cached.",
     .mend = "set ttl_s = 86400 in [gateway.cache.valkey], or enabled = false in [gateway.cache]",
     .source = "https://valkey.io/commands/setex/",
     .scenario = "",
     .look = cache_for_nothing},
    {.id = "never-refilled",
     .severity = Severity::warning,
     .title = "A limit refills",
     .why = "A bucket that never refills still expires 48 h after tickets were last granted, and a "
            "bucket that is not there is a full one: who waits two days starts anew.",
     .mend = "set a refill_rate; a budget for good is not a rate limit",
     .source = "tensorzero_ratelimit.lua of TensorZero's gateway 2026.6 (MIN_TTL_SECONDS)",
     .scenario = "",
     .look = never_refilled},
    {.id = "one-bucket-twice",
     .severity = Severity::error,
     .title = "A resource has one window in a scope",
     .why = "Both windows have the same bucket. The function refuses a request that names a bucket "
            "twice (\"Duplicate keys are not allowed\"), so every request under both fails (502).",
     .mend = "keep one of them, or give the other a scope of its own",
     .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.0.1",
     .scenario = "",
     .look = one_bucket_twice},
    {.id = "cost-too-large",
     .severity = Severity::error,
     .title = "A limit of cost stays below $100,000",
     .why = "Balances are kept in nano-dollars. Of larger ones Lua's JSON writes an exponent, "
            "which the "
            "gateway can't read: the request fails (502), and its ticket is taken all the same.",
     .mend = "set a capacity below 100000, with a shorter window",
     .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.0.1",
     .scenario = "",
     .look = cost_too_large},
};

}  // namespace

std::span<const Rule> lifetime_rules() {
  return rules;
}

}  // namespace outlive::harness
