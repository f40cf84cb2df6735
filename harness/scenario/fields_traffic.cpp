// The words of [[traffic]].
#include <array>

#include "scenario/fields.hpp"

namespace outlive::harness {
namespace {

constexpr std::uint64_t bytes_max = 512ULL * 1024 * 1024;  // Valkey's proto-max-bulk-len
constexpr std::int64_t population_max = 20'000'000;

constexpr unsigned limited = kind_bit(TrafficKind::rate_limit) | kind_bit(TrafficKind::gateway);
constexpr unsigned cached = kind_bit(TrafficKind::cache) | kind_bit(TrafficKind::gateway);

// The only word of an inline table like { zipf = 0.99 }.
const toml::node* sole_entry(const Value& value, std::string_view key) {
  const toml::table* table = value.node().as_table();
  return table && table->size() == 1 ? table->get(key) : nullptr;
}

Popularity read_popularity(const Value& value) {
  if (const toml::node* exponent = sole_entry(value, "zipf")) {
    return {Popularity::Shape::zipf, Value{"zipf", *exponent, value.mistakes()}.number(0.01, 5)};
  }
  if (value.node().is_table()) {
    value.refuse("must be \"uniform\", \"once\" or { zipf = 0.99 }");
    return {};
  }
  constexpr std::array shapes{Popularity::Shape::uniform, Popularity::Shape::once};
  return {shapes[value.word({"uniform", "once"})], 0};
}

struct Lognormal {
  std::uint64_t median = 0;
  double sigma = 0;
  std::uint64_t least = 1;
  std::uint64_t most = bytes_max;
};

constexpr Field<Lognormal> lognormal_fields[] = {
    {"median", any_kind, true, "half of the values are smaller",
     [](Lognormal& into, const Value& value) { into.median = value.bytes(1, bytes_max); }},
    {"sigma", any_kind, true, "standard deviation of the logarithm; 1 spreads wide",
     [](Lognormal& into, const Value& value) { into.sigma = value.number(0, 5); }},
    {"min", any_kind, false, "nothing smaller",
     [](Lognormal& into, const Value& value) { into.least = value.bytes(1, bytes_max); }},
    {"max", any_kind, false, "nothing larger",
     [](Lognormal& into, const Value& value) { into.most = value.bytes(1, bytes_max); }},
};

Sizes read_uniform_sizes(const Value& value, const toml::node& range) {
  const toml::array* ends = range.as_array();
  if (!ends || ends->size() != 2) {
    value.refuse("uniform wants the least and the most, like { uniform = [\"1kb\", \"4kb\"] }");
    return {};
  }
  Sizes sizes{.shape = Sizes::Shape::uniform};
  sizes.least = Value{"uniform", (*ends)[0], value.mistakes()}.bytes(1, bytes_max);
  sizes.most = Value{"uniform", (*ends)[1], value.mistakes()}.bytes(1, bytes_max);
  if (sizes.least > sizes.most) value.refuse("the least is more than the most");
  return sizes;
}

Sizes read_sizes(const Value& value) {
  if (const toml::node* range = sole_entry(value, "uniform"))
    return read_uniform_sizes(value, *range);
  if (const toml::node* shape = sole_entry(value, "lognormal"); shape && shape->is_table()) {
    Lognormal read;
    read_fields(*shape->as_table(), std::span<const Field<Lognormal>>{lognormal_fields}, any_kind,
                "lognormal", read, value.mistakes());
    return {Sizes::Shape::lognormal, read.least, read.most, read.median, read.sigma};
  }
  if (value.node().is_table()) {
    value.refuse(
        "must be a size, { uniform = [least, most] } or { lognormal = { median, sigma } }");
    return {};
  }
  const std::uint64_t bytes = value.bytes(1, bytes_max);
  return {Sizes::Shape::fixed, bytes, bytes, bytes, 0};
}

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

constexpr Field<Traffic> rows_of_traffic[] = {
    {"kind", any_kind, true, "rate-limit, cache or gateway", [](Traffic&, const Value&) {}},
    {"name", any_kind, false, "what reports call it",
     [](Traffic& into, const Value& value) { into.name = value.text(); }},
    {"from", any_kind, false, "when it begins, counted from the start (default: at once)",
     [](Traffic& into, const Value& value) { into.from = value.span(); }},
    {"until", any_kind, false, "when it ends, counted from the start (default: with the scenario)",
     [](Traffic& into, const Value& value) { into.until = value.span(); }},
    {"rate", any_kind, true, "requests in all, like \"50/s\"",
     [](Traffic& into, const Value& value) { into.rate = value.rate(); }},
    {"arrivals", any_kind, false, "poisson (default) or regular",
     [](Traffic& into, const Value& value) {
       into.arrivals = static_cast<Arrivals>(value.word({"poisson", "regular"}));
     }},
    {"users", limited, true, "how many users; each has a bucket a limit",
     [](Traffic& into, const Value& value) {
       into.users = static_cast<std::uint64_t>(value.whole(1, population_max));
     }},
    {"user_prefix", limited, false,
     "users are named by it and a number (default: u); blocks with one prefix share users",
     [](Traffic& into, const Value& value) { into.user_prefix = value.text(); }},
    {"user_popularity", limited, false,
     "uniform (default), { zipf = 0.99 }, or once: each one time, in order",
     [](Traffic& into, const Value& value) { into.user_popularity = read_popularity(value); }},
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
     "uniform (default), { zipf = 0.99 }, or once: each one time, in order",
     [](Traffic& into, const Value& value) { into.prompt_popularity = read_popularity(value); }},
    {"size", cached, false,
     "bytes of a cached answer (default: 1000): a size, { uniform = [least, most] } or "
     "{ lognormal = { median = \"2kb\", sigma = 0.8, max = \"1mb\" } }",
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
    {"gateway", any_kind, false, "through which gateway it comes (default: gateway)",
     [](Traffic& into, const Value& value) { into.gateway = value.text(); }},
};

}  // namespace

std::span<const Field<Limit>> limit_fields() {
  return rows_of_limit;
}
std::span<const Field<Traffic>> traffic_fields() {
  return rows_of_traffic;
}

}  // namespace outlive::harness
