// Memory that is full, or that nothing frees.
#include "doctor/live_rules.hpp"
#include "doctor/words.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr double near_share = 0.1;  // of maxmemory, left
constexpr Span near_time = std::chrono::hours{24};

void cap_is_near(const Examination& examination, const Forecast& forecast, Findings& findings) {
  const ServerFacts& facts = examination.facts;
  const auto room = facts.headroom();
  if (!room) return;
  const auto cap = static_cast<double>(*facts.maxmemory);
  const CapForecast& until = forecast.until;
  const bool met = until.when == CapForecast::When::met;
  const bool soon = until.when == CapForecast::When::after && until.after < near_time;
  const bool little =
      static_cast<double>(*room) < cap * near_share && until.when != CapForecast::When::settles;
  if (!met && !soon && !little) return;
  std::string found =
      size_in_words(cap - static_cast<double>(*room)) + " of " + size_in_words(cap) + " are in use";
  if (soon) found += "; full in " + format_span(until.after) + " at " + until.by;
  const bool refuses = facts.policy == "noeviction";
  const bool has_limits = examination.keys_of(Role::limits) > 0;
  // A cache that evicts is full by nature.
  Severity severity = has_limits ? Severity::warning : Severity::note;
  if (refuses) severity = met ? Severity::error : Severity::warning;
  findings.push_back({.origin = {{}, 0, "maxmemory"},
                      .found = std::move(found),
                      .scenario = refuses ? "split/primary-full" : "",
                      .severity = severity});
}

void writes_refused(const Examination& examination, const Forecast& forecast, Findings& findings) {
  if (forecast.prognoses.empty()) return;
  const Prognosis& now = forecast.prognoses.front();
  if (now.refused < 1) return;
  const bool nothing_to_evict = examination.facts.policy != "noeviction";
  findings.push_back({.origin = {{}, 0, "maxmemory-policy"},
                      .found = keys_in_words(now.refused) + " of " +
                               keys_in_words(forecast.writes) + " writes are refused by " +
                               *examination.facts.policy +
                               (nothing_to_evict ? ", which finds no key that it may evict" : "")});
}

void keys_without_ttl(const Examination& examination, const Forecast&, Findings& findings) {
  constexpr double worth_a_word = 0.1;  // of all bytes
  const ServerFacts& facts = examination.facts;
  if (!facts.policy.value_or("").starts_with("volatile-")) return;
  double all = 0, staying = 0, most = 0;
  std::string largest;
  for (const KeyGroup& group : examination.groups) {
    const double bytes = group.keys * group.bytes_each();
    all += bytes;
    staying += bytes * group.share_without_ttl();
    if (bytes * group.share_without_ttl() <= most) continue;
    most = bytes * group.share_without_ttl();
    largest = group.pattern.glob;
  }
  if (staying <= all * worth_a_word) return;
  findings.push_back({.origin = {{}, 0, "maxmemory-policy"},
                      .found = "keys without a TTL have " + percent_in_words(staying, all) +
                               " of all bytes, " + size_in_words(staying) + ", most of them " +
                               largest + "; " + *facts.policy + " never evicts them"});
}

const LiveRule rules[] = {
    {{.id = "writes-refused",
      .severity = Severity::error,
      .title = "Writes are not refused",
      .why = "Who has a limit is refused, too: requests fail (502), and a gateway that is "
             "restarted does not start, for it can't load its functions.",
      .mend = "raise maxmemory, or give what can be had again a server of its own that evicts",
      .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.1.1",
      .scenario = "policies/noeviction-full",
      .look = nullptr},
     writes_refused},
    {{.id = "cap-near",
      .severity = Severity::warning,
      .title = "There is room for what comes",
      .why = "Nothing is evicted or refused until memory is full; from then on each write costs a "
             "key, or fails.",
      .mend = "raise maxmemory, or let answers live shorter",
      .source = sources::eviction_page,
      .scenario = "",
      .look = nullptr},
     cap_is_near},
    {{.id = "keys-without-ttl",
      .severity = Severity::warning,
      .title = "What may be evicted fills most of the memory",
      .why = "A volatile policy evicts keys with a TTL alone. Those without one stay for good: as "
             "they grow they push out all others, and then writes fail.",
      .mend = "give them a TTL by EXPIRE, or a server of their own",
      .source = sources::eviction_page,
      .scenario = "policies/forgotten-ttl",
      .look = nullptr},
     keys_without_ttl},
};

}  // namespace

std::span<const LiveRule> memory_rules() {
  return rules;
}

}  // namespace outlive::harness
