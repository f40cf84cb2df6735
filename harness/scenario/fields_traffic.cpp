// The words of [[traffic]].
#include <array>

#include "scenario/command_template.hpp"
#include "scenario/fields.hpp"
#include "scenario/shapes.hpp"

namespace outlive::harness {
namespace {

constexpr unsigned limited = kind_bit(TrafficKind::rate_limit) | kind_bit(TrafficKind::gateway);
constexpr unsigned cached = kind_bit(TrafficKind::cache) | kind_bit(TrafficKind::gateway);
constexpr unsigned mixed = kind_bit(TrafficKind::commands);
constexpr unsigned recorded = kind_bit(TrafficKind::transcript);
constexpr unsigned paced = limited | cached | mixed;

constexpr std::pair<std::string_view, Span> windows[] = {
    {"second", std::chrono::seconds{1}}, {"minute", std::chrono::minutes{1}},
    {"hour", std::chrono::hours{1}},     {"day", std::chrono::hours{24}},
    {"week", std::chrono::hours{168}},   {"month", std::chrono::hours{720}}};

constexpr std::pair<std::string_view, Limit::Scope> scopes[] = {{"each", Limit::Scope::each},
                                                                {"total", Limit::Scope::total}};

constexpr std::int64_t tickets_max = 1'000'000'000'000;

constexpr Field<Limit> rows_of_limit[] = {
    {"resource", any_kind, false, "model_inference (default), token or cost",
     [](Limit& into, const Value& value) {
       constexpr std::array<std::string_view, 3> names{"model_inference", "token", "cost"};
       into.resource = names[value.word(names)];
     }},
    {"window", any_kind, true, "second, minute, hour, day, week or month (30 days)",
     [](Limit& into, const Value& value) {
       into.window = value.one_of(std::span<const std::pair<std::string_view, Span>>{windows});
     }},
    {"capacity", any_kind, true, "tickets in a full bucket",
     [](Limit& into, const Value& value) { into.capacity = value.whole(1, tickets_max); }},
    {"refill", any_kind, false, "tickets that come back each window (default: the capacity)",
     [](Limit& into, const Value& value) { into.refill = value.whole(1, tickets_max); }},
    {"tickets", any_kind, false, "what one request takes (default: 1)",
     [](Limit& into, const Value& value) { into.tickets = value.whole(1, tickets_max); }},
    {"scope", any_kind, false, "each: a bucket a user (default); total: one bucket for all users",
     [](Limit& into, const Value& value) {
       into.scope =
           value.one_of(std::span<const std::pair<std::string_view, Limit::Scope>>{scopes});
     }},
};

std::vector<Limit> read_limits(const Value& value) {
  std::vector<Limit> limits;
  const toml::array* list = value.node().as_array();
  if (!list || list->empty()) {
    value.refuse("must be a list like [{ window = \"day\", capacity = 100 }]");
    return limits;
  }
  for (const toml::node& node : *list) {
    Limit limit;
    if (const toml::table* table = node.as_table()) {
      read_fields(*table, limit_fields(), any_kind, "a limit", limit, value.mistakes());
    } else {
      value.refuse("each limit looks like { window = \"day\", capacity = 100 }");
    }
    if (limit.refill == 0) limit.refill = limit.capacity;
    limits.push_back(std::move(limit));
  }
  return limits;
}

void read_database(Traffic& into, const Value& value) {
  into.database = static_cast<int>(value.whole(0, INT32_MAX));
}

constexpr Field<Traffic> rows_of_traffic[] = {
    {"kind", any_kind, true, "rate-limit, cache, gateway, commands or transcript",
     [](Traffic&, const Value&) {}},
    {"name", any_kind, false, "what reports call it",
     [](Traffic& into, const Value& value) { into.name = value.text(); }},
    {"from", any_kind, false, "when it begins, counted from the start (default: at once)",
     [](Traffic& into, const Value& value) { into.from = value.span(); }},
    {"until", any_kind, false, "when it ends, counted from the start (default: with the scenario)",
     [](Traffic& into, const Value& value) { into.until = value.span(); }},
    {"rate", paced, false,
     "requests in all, like \"50/s\", or by the time of day, { day = \"50/s\", night = \"5/s\" }; "
     "this or phases must be there",
     [](Traffic& into, const Value& value) { read_rate(into, value); }},
    {"phases", paced, false,
     "stretches of time, each with its rate or, for a ramp, two: [{ lasting = \"10m\", rate = "
     "\"5/s\" }, { lasting = \"5m\", rate = [\"5/s\", \"50/s\"] }]; after the last the traffic is "
     "over",
     [](Traffic& into, const Value& value) { into.phases = read_phases(value); }},
    {"repeat", paced, false, "true: after the last phase the first comes again",
     [](Traffic& into, const Value& value) { into.repeats = value.truth(); }},
    {"arrivals", paced, false, "poisson (default) or regular",
     [](Traffic& into, const Value& value) {
       into.arrivals = static_cast<Arrivals>(value.word({"poisson", "regular"}));
     }},
    {"users", limited, true, "how many users; each has a bucket a limit",
     [](Traffic& into, const Value& value) {
       into.users = static_cast<std::uint64_t>(value.whole(1, population_max));
     }},
    {"user_prefix", limited, false,
     "users are named by it and a number (default: u); blocks with one prefix share users",
     [](Traffic& into, const Value& value) { into.user_prefix = value.any_text(); }},
    {"user_popularity", limited, false,
     "who comes next: uniform (default), { zipf = 0.99 }, { hot = … }, { moving = … }, or once: "
     "each "
     "one time, in order",
     [](Traffic& into, const Value& value) { into.user_popularity = read_popularity(value); }},
    {"user_turnover", limited, false,
     "how many leave, and new ones come in their place, like \"100/h\" (default: none)",
     [](Traffic& into, const Value& value) { into.user_turnover = value.rate(); }},
    {"limits", limited, true, "the limits that every request must pass",
     [](Traffic& into, const Value& value) { into.limits = read_limits(value); }},
    {"prompts", cached, true, "how many different prompts are asked",
     [](Traffic& into, const Value& value) {
       into.prompts = static_cast<std::uint64_t>(value.whole(1, population_max));
     }},
    {"prompt_set", cached, false,
     "a name for these prompts (default: prompts); blocks that name the same set share prompts",
     [](Traffic& into, const Value& value) { into.prompt_set = value.text(); }},
    {"prompt_popularity", cached, false,
     "who comes next: uniform (default), { zipf = 0.99 }, { hot = … }, { moving = … }, or once: "
     "each "
     "one time, in order",
     [](Traffic& into, const Value& value) { into.prompt_popularity = read_popularity(value); }},
    {"prompt_turnover", cached, false,
     "how many are asked no more, and new ones in their place, like \"100/h\" (default: none)",
     [](Traffic& into, const Value& value) { into.prompt_turnover = value.rate(); }},
    {"size", cached | mixed, false,
     "bytes of a cached answer, or of a {value} (default: 1000): a size, { uniform = [least, most] "
     "}, "
     "{ lognormal = { median = \"2kb\", sigma = 0.8, max = \"1mb\" } } or { histogram = "
     "\"sizes.csv\" }",
     [](Traffic& into, const Value& value) { into.sizes = read_sizes(value); }},
    {"ttl", cached, false, "how long an answer stays in the cache (default: 24h, the gateway's)",
     [](Traffic& into, const Value& value) {
       constexpr std::chrono::seconds least{1};
       into.ttl = std::chrono::duration_cast<std::chrono::seconds>(value.span(least));
     }},
    {"max_age", cached, false,
     "an answer that is older, by the gateway's clock, counts as a miss (default: any will do)",
     [](Traffic& into, const Value& value) {
       constexpr std::chrono::seconds least{1};
       into.max_age = std::chrono::duration_cast<std::chrono::seconds>(value.span(least));
     }},
    {"gateway", limited | cached, false, "through which gateway it comes (default: gateway)",
     [](Traffic& into, const Value& value) { into.gateway = value.text(); }},
    {"instance", mixed | recorded, true, "to which instance the commands are said",
     [](Traffic& into, const Value& value) { into.instance = value.text(); }},
    {"database", mixed, false, "in which database of it (default: 0)", read_database},
    {"database", recorded, false, "in which database of it (default: as recorded)", read_database},
    {"commands", mixed, true,
     "a list of commands, each as text with placeholders, or { command = \"…\", weight = 3 }",
     [](Traffic& into, const Value& value) { into.commands = read_commands(value); }},
    {"keys", mixed, false, "how many keys {key} counts, from 0",
     [](Traffic& into, const Value& value) {
       into.keys = static_cast<std::uint64_t>(value.whole(1, population_max));
     }},
    {"key_popularity", mixed, false, "which key comes next, as for prompts",
     [](Traffic& into, const Value& value) { into.key_popularity = read_popularity(value); }},
    {"key_turnover", mixed, false,
     "how many are used no more, and new ones in their place, like \"100/h\" (default: none)",
     [](Traffic& into, const Value& value) { into.key_turnover = value.rate(); }},
    {"file", recorded, true,
     "what valkey-cli MONITOR printed: a file, named from where the scenario lies",
     [](Traffic& into, const Value& value) { into.transcript_file = value.text(); }},
    {"speed", recorded, false, "so many times as fast as it was recorded (default: 1)",
     [](Traffic& into, const Value& value) { into.speed = value.number(0.000001, 1e6); }},
};

}  // namespace

std::span<const Field<Limit>> limit_fields() {
  return rows_of_limit;
}
std::span<const Field<Traffic>> traffic_fields() {
  return rows_of_traffic;
}

}  // namespace outlive::harness
