// How each kind of check is judged: a function a kind, and the words that they share.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "check/verdict.hpp"

namespace outlive::harness {

// Fills in the finding, what was seen, figures and evidence. Leaves `unjudged` where the
// subject never came up.
using Judge = void (*)(const Check& check, const Observations& seen, Verdict& verdict);

// Of keys that leave (check/leaving.cpp).
void judge_outlives(const Check& check, const Observations& seen, Verdict& verdict);
void judge_order(const Check& check, const Observations& seen, Verdict& verdict);
void judge_never_evicted(const Check& check, const Observations& seen, Verdict& verdict);
void judge_evicted_share(const Check& check, const Observations& seen, Verdict& verdict);
void judge_no_stale_pool(const Check& check, const Observations& seen, Verdict& verdict);
void judge_loses_nothing(const Check& check, const Observations& seen, Verdict& verdict);

// Of what instances hold (check/holding.cpp).
void judge_resident(const Check& check, const Observations& seen, Verdict& verdict);
void judge_ttl(const Check& check, const Observations& seen, Verdict& verdict);
void judge_only_on(const Check& check, const Observations& seen, Verdict& verdict);
void judge_memory(const Check& check, const Observations& seen, Verdict& verdict);

// Of what the gateway was answered (check/answers.cpp).
void judge_over_admission(const Check& check, const Observations& seen, Verdict& verdict);
void judge_hit_ratio(const Check& check, const Observations& seen, Verdict& verdict);
void judge_errors(const Check& check, const Observations& seen, Verdict& verdict);
void judge_recovers_within(const Check& check, const Observations& seen, Verdict& verdict);
void judge_latency(const Check& check, const Observations& seen, Verdict& verdict);

namespace wording {

constexpr std::size_t evidence_max = 5;

// "12.3 %": one decimal, since what seeds change lies beyond.
std::string percent(double share);
std::string shown_count(double number);
std::string shown_seconds(double seconds);
std::string shown_bytes(double bytes);
double ratio(std::uint64_t part, std::uint64_t whole);  // 0 of nothing
// "at least 3", "at most 8", "3 to 8", each bound shown by `show`.
std::string bounds(const Check& check, std::string (*show)(double));
bool within_bounds(const Check& check, double value);

inline Verdict::Finding found(bool holds) {
  return holds ? Verdict::Finding::holds : Verdict::Finding::violated;
}
// Whether there ever were such keys; else says that there were none.
bool came_up(std::uint64_t written, const std::string& pattern, Verdict& verdict);
void figure(Verdict& verdict, std::string name, std::uint64_t value);
// Remembers the earliest moment that shows a violation.
void shown_at(Verdict& verdict, Span at);

}  // namespace wording
}  // namespace outlive::harness
