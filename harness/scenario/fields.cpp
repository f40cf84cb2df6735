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
  if (at.date.year < 1970) value.refuse("must not be before 1970, where a server's clock begins");
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
     [](Scenario& into, const Value& value) { into.rule = value.any_text(); }},
    {"source", any_kind, false, "where that sentence stands",
     [](Scenario& into, const Value& value) { into.source = value.any_text(); }},
    {"story", any_kind, false, "what happens, and what one learns from it",
     [](Scenario& into, const Value& value) { into.story = value.any_text(); }},
    {"include", any_kind, false, "a file, or a list of files, that is read as if it stood in front",
     elsewhere},
    {"axes", any_kind, false, "[axes] with names for values that may vary", elsewhere},
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
    {"environment", any_kind, false,
     "[environment] with TENSORZERO_VALKEY_URL; must be there where traffic comes through a "
     "gateway",
     elsewhere},
    {"traffic", any_kind, true, "at least one [[traffic]]", elsewhere},
    {"event", any_kind, false, "a [[event]] for each thing that happens on the way", elsewhere},
    {"check", any_kind, true, "at least one [[check]]", elsewhere},
};

constexpr unsigned on(CheckKind kind) {
  return kind_bit(kind);
}

constexpr unsigned of_a_pattern = on(CheckKind::outlives) | on(CheckKind::never_evicted) |
                                  on(CheckKind::evicted_share) | on(CheckKind::no_stale_pool) |
                                  on(CheckKind::loses_nothing) | on(CheckKind::resident) |
                                  on(CheckKind::ttl) | on(CheckKind::only_on);
constexpr unsigned counted = on(CheckKind::hit_ratio) | on(CheckKind::errors) |
                             on(CheckKind::evicted_share) | on(CheckKind::resident);

double seconds(const Value& value) {
  return std::chrono::duration<double>{value.span(Span{1})}.count();
}

double bytes(const Value& value) {
  return static_cast<double>(value.bytes(1, std::uint64_t{1} << 50));
}

constexpr Field<Check> rows_of_check[] = {
    {"kind", any_kind, true,
     "outlives, order, never-evicted, evicted-share, no-stale-pool, loses-nothing, resident, ttl, "
     "only-on, memory, over-admission, hit-ratio, errors, recovers-within or latency",
     [](Check&, const Value&) {}},
    {"expect", any_kind, false,
     "holds (default) or violated: what a good run finds; or a list, of which the first that fits "
     "counts: [{ when = { target = \"exec\" }, finding = \"violated\" }, …]",
     [](Check&, const Value&) {}},
    {"keys", of_a_pattern, true, "a pattern like tensorzero_ratelimit:*",
     [](Check& into, const Value& value) { into.keys = value.text(); }},
    {"classes", on(CheckKind::order), true,
     "patterns, those that must go first in front, like [\"tensorzero_cache:*\", "
     "\"tensorzero_ratelimit:*\"]",
     [](Check& into, const Value& value) { into.classes = value.texts(2); }},
    {"others", on(CheckKind::outlives), true,
     "the pattern of keys that must go first, like tensorzero_cache:*",
     [](Check& into, const Value& value) { into.others = value.text(); }},
    {"instance", on(CheckKind::only_on) | on(CheckKind::memory), true,
     "only-on: the only instance that may hold them; memory: the one whose memory is meant",
     [](Check& into, const Value& value) { into.instance = value.text(); }},
    {"instance", on(CheckKind::resident), false, "where (default: anywhere)",
     [](Check& into, const Value& value) { into.instance = value.text(); }},
    {"at_most", counted | on(CheckKind::over_admission) | on(CheckKind::latency), false,
     "the most that holds: tickets, errors, keys or requests, or a share like 0.05 "
     "(over-admission, errors, latency: 0 unless stated)",
     [](Check& into, const Value& value) { into.at_most = value.number(0, count_max); }},
    {"at_least", counted, false, "the least that holds: errors or keys, or a share like 0.9",
     [](Check& into, const Value& value) { into.at_least = value.number(0, count_max); }},
    {"at_most", on(CheckKind::ttl), false, "the longest that a new key may live, like \"24h\"",
     [](Check& into, const Value& value) { into.at_most = seconds(value); }},
    {"at_least", on(CheckKind::ttl), false, "the shortest that a new key may live, like \"48h\"",
     [](Check& into, const Value& value) { into.at_least = seconds(value); }},
    {"at_most", on(CheckKind::memory), false, "bytes, like \"64mb\"",
     [](Check& into, const Value& value) { into.at_most = bytes(value); }},
    {"at_least", on(CheckKind::memory), false, "bytes",
     [](Check& into, const Value& value) { into.at_least = bytes(value); }},
    {"worst_at_most", on(CheckKind::over_admission), false,
     "the most tickets that any one client may have got too many",
     [](Check& into, const Value& value) { into.worst_at_most = value.number(0, count_max); }},
    {"longer_than", on(CheckKind::latency), false,
     "a request that waited longer is delayed, like \"100ms\" (default: any that waited)",
     [](Check& into, const Value& value) { into.longer_than = value.span(); }},
    {"after", on(CheckKind::recovers_within), true,
     "when what disturbs is over, counted from the start",
     [](Check& into, const Value& value) { into.after = value.span(); }},
    {"within", on(CheckKind::recovers_within), true, "how long commands may fail after that",
     [](Check& into, const Value& value) { into.within = value.span(); }},
    {"operation", on(CheckKind::errors) | on(CheckKind::recovers_within), false,
     "load, consume, cache-read, cache-write or command (default: any)",
     [](Check& into, const Value& value) {
       into.operation = static_cast<Operation>(value.word(operation_names()));
     }},
    {"saying", on(CheckKind::errors) | on(CheckKind::recovers_within), false,
     "only errors that begin so, like OOM",
     [](Check& into, const Value& value) { into.saying = value.any_text(); }},
};

// Words that stand in one kind of table alone.
struct Home {
  std::string_view name;
  std::vector<std::string_view> words;
};

template <class T>
std::vector<std::string_view> words_of(std::span<const Field<T>> fields) {
  std::vector<std::string_view> words;
  for (const Field<T>& field : fields) words.push_back(field.name);
  return words;
}

const std::vector<Home>& homes() {
  static const std::vector<Home> all{
      {"at the top of the scenario, before the first heading", words_of(scenario_fields())},
      {"in [[traffic]]", words_of(traffic_fields())},
      {"in [[event]]", words_of(event_fields())},
      {"in [[check]]", words_of(check_fields())}};
  return all;
}

}  // namespace

std::string_view home_of(std::string_view word) {
  std::string_view found;
  for (const Home& home : homes()) {
    if (std::ranges::find(home.words, word) == home.words.end()) continue;
    if (!found.empty()) return {};
    found = home.name;
  }
  return found;
}

std::span<const Field<Scenario>> scenario_fields() {
  return rows_of_scenario;
}
std::span<const Field<Check>> check_fields() {
  return rows_of_check;
}

}  // namespace outlive::harness
