// Words that describe a shape: how a rate changes, who is popular, how sizes spread.
#include "scenario/shapes.hpp"

#include <algorithm>
#include <array>

#include "scenario/fields.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr Span a_day = std::chrono::hours{24};

// The only word of an inline table like { zipf = 0.99 }.
const toml::node* sole_entry(const Value& value, std::string_view key) {
  const toml::table* table = value.node().as_table();
  return table && table->size() == 1 ? table->get(key) : nullptr;
}

// Some that have a share for themselves: hot ones, and where they move, with the rate.
struct Hot {
  std::uint64_t count = 0;
  double share = 0;
  Rate moves = never;
};

constexpr unsigned moving = 2;  // of two kinds of table: hot, and moving

constexpr Field<Hot> rows_of_hot[] = {
    {"count", any_kind, true, "how many have a share for themselves",
     [](Hot& into, const Value& value) {
       into.count = static_cast<std::uint64_t>(value.whole(1, population_max));
     }},
    {"share", any_kind, true, "of the requests, like 0.5; the others have the rest",
     [](Hot& into, const Value& value) { into.share = value.number(0, 1); }},
    {"by", moving, true, "how many of them are others after a while, like \"100/h\"",
     [](Hot& into, const Value& value) { into.moves = value.rate(); }},
};

Popularity read_hot(const Value& value, const toml::node& node, std::string_view name,
                    unsigned kind) {
  Hot read;
  if (const toml::table* table = node.as_table()) {
    read_fields(*table, std::span<const Field<Hot>>{rows_of_hot}, kind, name, read,
                value.mistakes());
  } else {
    value.refuse(std::string{name} + " wants { count = 10, share = 0.5" +
                 (kind == moving ? ", by = \"100/h\"" : "") + " }");
  }
  return {
      .shape = Popularity::Shape::hot, .hot = read.count, .share = read.share, .moves = read.moves};
}

// The two rates of a day.
struct Daily {
  Rate day, night;
  Span from = std::chrono::hours{8};
  Span until = std::chrono::hours{20};
  Span over{};
};

constexpr Field<Daily> rows_of_daily[] = {
    {"day", any_kind, true, "the rate by day",
     [](Daily& into, const Value& value) { into.day = value.rate(0); }},
    {"night", any_kind, true, "the rate by night",
     [](Daily& into, const Value& value) { into.night = value.rate(0); }},
    {"from", any_kind, false, "when the day begins, counted from midnight UTC (default: 8h)",
     [](Daily& into, const Value& value) { into.from = value.span(); }},
    {"until", any_kind, false, "when the night begins (default: 20h)",
     [](Daily& into, const Value& value) { into.until = value.span(); }},
    {"over", any_kind, false,
     "how long it takes from then on until the other rate is reached (default: none)",
     [](Daily& into, const Value& value) { into.over = value.span(); }},
};

void read_daily(Traffic& into, const Value& value, const toml::table& table) {
  Daily read;
  read_fields(table, std::span<const Field<Daily>>{rows_of_daily}, any_kind,
              "a rate by the time of day", read, value.mistakes());
  const Span daytime = (read.until - read.from + a_day) % a_day;
  if (read.from >= a_day || read.until >= a_day || daytime == Span::zero()) {
    value.blame("from and until are two times of a day, like \"8h\" and \"20h\"");
  } else if (read.over > std::min(daytime, a_day - daytime)) {
    value.blame("over is longer than the day or the night");
  } else {
    const auto part = [&into](Span lasting, const Rate& first, const Rate& last) {
      if (lasting > Span::zero()) into.phases.push_back({lasting, first, last});
    };
    part(read.over, read.night, read.day);
    part(daytime - read.over, read.day, read.day);
    part(read.over, read.day, read.night);
    part(a_day - daytime - read.over, read.night, read.night);
    into.repeats = true;
    into.day_begins = read.from;
  }
}

constexpr Field<Phase> rows_of_phase[] = {
    {"lasting", any_kind, false, "how long (the last: to the end of the traffic, unless stated)",
     [](Phase& into, const Value& value) { into.lasting = value.span(Span{1}); }},
    {"rate", any_kind, true,
     "\"5/s\"; \"0/s\" for a pause; [\"5/s\", \"50/s\"] to go evenly from the first to the second",
     [](Phase& into, const Value& value) {
       const toml::array* ramp = value.node().as_array();
       if (!ramp) {
         into.first = into.last = value.rate(0);
       } else if (ramp->size() == 2) {
         into.first = Value{"rate", (*ramp)[0], value.mistakes()}.rate(0);
         into.last = Value{"rate", (*ramp)[1], value.mistakes()}.rate(0);
       } else {
         value.refuse("a ramp has two rates, like [\"5/s\", \"50/s\"]");
       }
     }},
};

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
  if (sizes.least > sizes.most) value.blame("the least is more than the most");
  return sizes;
}

}  // namespace

Popularity read_popularity(const Value& value) {
  if (const toml::node* exponent = sole_entry(value, "zipf")) {
    return {Popularity::Shape::zipf, Value{"zipf", *exponent, value.mistakes()}.number(0.01, 5)};
  }
  if (const toml::node* hot = sole_entry(value, "hot")) return read_hot(value, *hot, "hot", 1);
  if (const toml::node* set = sole_entry(value, "moving")) {
    return read_hot(value, *set, "moving", moving);
  }
  if (!value.node().is_string()) {
    value.refuse(
        "must be \"uniform\", \"once\", { zipf = 0.99 }, { hot = { count = 10, share = 0.5 } } or "
        "{ moving = { count = 10, share = 0.5, by = \"100/h\" } }");
    return {};
  }
  constexpr std::array shapes{Popularity::Shape::uniform, Popularity::Shape::once};
  return {shapes[value.word({"uniform", "once"})], 0};
}

Sizes read_sizes(const Value& value) {
  if (const toml::node* range = sole_entry(value, "uniform"))
    return read_uniform_sizes(value, *range);
  if (const toml::node* shape = sole_entry(value, "lognormal"); shape && shape->is_table()) {
    Lognormal read;
    read_fields(*shape->as_table(), std::span<const Field<Lognormal>>{lognormal_fields}, any_kind,
                "lognormal", read, value.mistakes());
    if (read.least > read.most) value.blame("min is more than max");
    return {.shape = Sizes::Shape::lognormal,
            .least = read.least,
            .most = read.most,
            .median = read.median,
            .sigma = read.sigma};
  }
  if (const toml::node* file = sole_entry(value, "histogram")) {
    Sizes sizes{.shape = Sizes::Shape::histogram};
    sizes.file = Value{"histogram", *file, value.mistakes()}.text();
    return sizes;
  }
  if (value.node().is_table()) {
    value.refuse(
        "must be a size, { uniform = [least, most] }, { lognormal = { median, sigma } } or "
        "{ histogram = \"file.csv\" }");
    return {};
  }
  const std::uint64_t bytes = value.bytes(1, bytes_max);
  return {.least = bytes, .most = bytes, .median = bytes};
}

void read_rate(Traffic& into, const Value& value) {
  if (const toml::table* table = value.node().as_table()) return read_daily(into, value, *table);
  into.rate = value.rate();
}

std::vector<Phase> read_phases(const Value& value) {
  std::vector<Phase> phases;
  const toml::array* list = value.node().as_array();
  if (!list || list->empty()) {
    value.refuse("must be a list like [{ lasting = \"10m\", rate = \"5/s\" }]");
    return phases;
  }
  for (const toml::node& node : *list) {
    const Value each{"phases", node, value.mistakes()};
    const bool last = &node == &list->back();
    Phase& phase = phases.emplace_back();
    if (const toml::table* table = node.as_table()) {
      read_fields(*table, phase_fields(), any_kind, "a phase", phase, value.mistakes());
      if (!last && !table->contains("lasting")) {
        each.blame("only the last phase may do without \"lasting\"");
      }
    } else {
      each.refuse("each phase looks like { lasting = \"10m\", rate = \"5/s\" }");
    }
  }
  return phases;
}

std::span<const Field<Phase>> phase_fields() {
  return rows_of_phase;
}

}  // namespace outlive::harness
