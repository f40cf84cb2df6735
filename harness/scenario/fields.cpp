// The words at the top of a scenario file and of [[check]].
#include "scenario/fields.hpp"

namespace outlive::harness {
namespace {

constexpr double count_max = 1e15;

Time read_start(const Value& value) {
  const auto* moment = value.node().as_date_time();
  if (!moment) {
    value.refuse("must be a date and time like 2026-01-01T00:00:00Z");
    return {};
  }
  const toml::date_time at = moment->get();
  const std::chrono::year_month_day day{std::chrono::year{at.date.year},
                                        std::chrono::month{at.date.month},
                                        std::chrono::day{at.date.day}};
  return Time{std::chrono::sys_days{day}} + std::chrono::hours{at.time.hour} +
         std::chrono::minutes{at.time.minute} + std::chrono::seconds{at.time.second} +
         std::chrono::microseconds{at.time.nanosecond / 1000} -
         std::chrono::minutes{at.offset ? at.offset->minutes : 0};
}

// Read elsewhere: the row says only that the word may stand here.
void elsewhere(Scenario&, const Value&) {}

constexpr Field<Scenario> rows_of_scenario[] = {
    {"title", any_kind, true, "one line that says what is played",
     [](Scenario& into, const Value& value) { into.title = value.text(); }},
    {"rule", any_kind, false, "the sentence that is tested",
     [](Scenario& into, const Value& value) { into.rule = value.text(); }},
    {"source", any_kind, false, "where that sentence stands",
     [](Scenario& into, const Value& value) { into.source = value.text(); }},
    {"story", any_kind, false, "what happens, and what one learns from it",
     [](Scenario& into, const Value& value) { into.story = value.text(); }},
    {"seed", any_kind, false, "all chance comes from it (default: 1)",
     [](Scenario& into, const Value& value) {
       into.seed = static_cast<std::uint64_t>(value.whole(0, INT64_MAX));
     }},
    {"start", any_kind, false, "the virtual instant of the start (default: 2026-01-01T00:00:00Z)",
     [](Scenario& into, const Value& value) { into.start = read_start(value); }},
    {"duration", any_kind, true, "how long it lasts, in virtual time",
     [](Scenario& into, const Value& value) { into.duration = value.span(Span{1}); }},
    {"engine", any_kind, false,
     "what runs the function that takes tickets: lua (default), or native: on the embedded "
     "emulator C++ that issues the same commands, faster",
     [](Scenario& into, const Value& value) {
       into.engine = static_cast<Engine>(value.word({"lua", "native"}));
     }},
    {"instance", any_kind, true, "a [[instance]] for each Valkey", elsewhere},
    {"environment", any_kind, true, "[environment] with TENSORZERO_VALKEY_URL", elsewhere},
    {"traffic", any_kind, true, "at least one [[traffic]]", elsewhere},
    {"event", any_kind, false, "a [[event]] for each change on the way", elsewhere},
    {"check", any_kind, true, "at least one [[check]]", elsewhere},
};

constexpr unsigned on(CheckKind kind) {
  return kind_bit(kind);
}

constexpr Field<Check> rows_of_check[] = {
    {"kind", any_kind, true,
     "outlives, never-evicted, over-admission, hit-ratio, only-on or errors",
     [](Check&, const Value&) {}},
    {"expect", any_kind, false, "holds (default) or violated: what a good run finds",
     [](Check& into, const Value& value) {
       into.expect_violated = value.word({"holds", "violated"}) == 1;
     }},
    {"keys", on(CheckKind::outlives) | on(CheckKind::never_evicted) | on(CheckKind::only_on), true,
     "a pattern like tensorzero_ratelimit:*",
     [](Check& into, const Value& value) { into.keys = value.text(); }},
    {"others", on(CheckKind::outlives), true,
     "the pattern of keys that must go first, like tensorzero_cache:*",
     [](Check& into, const Value& value) { into.others = value.text(); }},
    {"instance", on(CheckKind::only_on), true, "the only instance that may hold them",
     [](Check& into, const Value& value) { into.instance = value.text(); }},
    {"at_most", on(CheckKind::over_admission) | on(CheckKind::hit_ratio) | on(CheckKind::errors),
     false, "the most that holds (over-admission, errors: 0 unless stated)",
     [](Check& into, const Value& value) { into.at_most = value.number(0, count_max); }},
    {"at_least", on(CheckKind::hit_ratio) | on(CheckKind::errors), false, "the least that holds",
     [](Check& into, const Value& value) { into.at_least = value.number(0, count_max); }},
    {"worst_at_most", on(CheckKind::over_admission), false,
     "the most tickets that any one client may have got too many",
     [](Check& into, const Value& value) { into.worst_at_most = value.number(0, count_max); }},
    {"operation", on(CheckKind::errors), false,
     "load, consume, cache-read or cache-write (default: any)",
     [](Check& into, const Value& value) {
       into.operation = static_cast<Operation>(value.word(operation_names()));
     }},
    {"saying", on(CheckKind::errors), false, "only errors that begin so, like OOM",
     [](Check& into, const Value& value) { into.saying = value.text(); }},
};

}  // namespace

std::span<const Field<Scenario>> scenario_fields() {
  return rows_of_scenario;
}
std::span<const Field<Check>> check_fields() {
  return rows_of_check;
}

}  // namespace outlive::harness
