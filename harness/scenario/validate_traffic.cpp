// What no single word of [[traffic]] shows to be wrong.
#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "base/number.hpp"
#include "scenario/quantity.hpp"
#include "scenario/shapes.hpp"
#include "scenario/validate.hpp"

namespace outlive::harness {
namespace {

// The gateway names a bucket by resource and scope alone, so two windows of one resource meet in
// one bucket and every request fails with "Duplicate keys are not allowed in the input array".
void validate_limits(const Traffic& traffic, Mistakes& mistakes) {
  std::set<std::pair<std::string_view, Limit::Scope>> seen;
  for (const Limit& limit : traffic.limits) {
    if (!seen.insert({limit.resource, limit.scope}).second) {
      mistakes.add(traffic.line, "two limits on " + limit.resource +
                                     " with one scope share a bucket name; the gateway would "
                                     "refuse every request (\"Duplicate keys are not allowed\")");
    }
    if (limit.tickets > limit.capacity) {
      mistakes.add(traffic.line, "a request takes " + std::to_string(limit.tickets) +
                                     " tickets and a full bucket has " +
                                     std::to_string(limit.capacity));
    }
  }
}

void validate_span(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes) {
  if (scenario.duration == Span::zero()) return;  // unreadable: already told
  const Span until = traffic.until.value_or(scenario.duration);
  if (traffic.from >= until) {
    mistakes.add(traffic.line, "this traffic ends (" + format_span(until) + ") before it begins (" +
                                   format_span(traffic.from) + ")");
  } else if (until > scenario.duration) {
    mistakes.add(traffic.line, "this traffic goes on (" + format_span(until) +
                                   ") after the scenario has ended (" +
                                   format_span(scenario.duration) + ")");
  }
}

// A phase that never begins was surely meant to.
void validate_phases(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes) {
  if (traffic.phases.empty() || scenario.duration == Span::zero()) return;
  const Span lasting = traffic.until.value_or(scenario.duration) - traffic.from;
  Span begins{};
  bool silent = true;
  for (std::size_t i = 0; i < traffic.phases.size(); ++i) {
    const Phase& phase = traffic.phases[i];
    if (begins >= lasting && lasting > Span::zero() && !traffic.repeats) {
      mistakes.add(traffic.line, "phase " + std::to_string(i + 1) + " would begin after " +
                                     format_span(begins) + ", and this traffic lasts " +
                                     format_span(lasting));
      return;
    }
    const bool open = phase.lasting == Span::zero();
    if (open && traffic.repeats) {
      mistakes.add(traffic.line, "repeat: the last phase too must say how long it is \"lasting\"");
    }
    if (open && (phase.first.count != phase.last.count || phase.first.per != phase.last.per)) {
      mistakes.add(traffic.line, "a ramp must say how long it is \"lasting\"");
    }
    silent &= phase.first.count == 0 && phase.last.count == 0;
    begins += phase.lasting;
  }
  if (silent) mistakes.add(traffic.line, "nothing comes in any of these phases");
}

// A population: what it is called, how it is drawn from, and how many there will have been.
void validate_population(const Traffic& traffic, std::string_view name,
                         const Popularity& popularity, const Rate& turnover, std::uint64_t count,
                         std::uint64_t in_all, Mistakes& mistakes) {
  if (count == 0) return;  // none, or told already
  const std::string who{name};
  if (popularity.shape == Popularity::Shape::hot && popularity.hot >= count) {
    mistakes.add(traffic.line, who + ": " + std::to_string(popularity.hot) + " of " +
                                   std::to_string(count) +
                                   " would be the popular ones; less must be");
  }
  if (popularity.shape == Popularity::Shape::once && turnover.count > 0) {
    mistakes.add(traffic.line, who + ": where each comes once there is no turnover");
  }
  if (in_all > population_max) {
    mistakes.add(traffic.line, who + ": with the turnover there would be " + format_count(in_all) +
                                   " in the end; the most is " + format_count(population_max));
  }
}

// Valkey 8.1 `config.c`: 16 databases unless the directive says otherwise.
int databases_of(const Instance& instance) {
  const auto stated = std::ranges::find(instance.directives, "databases", &Directive::first);
  const auto count = stated == instance.directives.end() ? std::optional<std::int64_t>{16}
                                                         : parse_integer(stated->second);
  return static_cast<int>(count.value_or(INT32_MAX));  // an unreadable one has been told already
}

void validate_target(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes) {
  if (traffic.instance.empty()) return;
  require_instance(scenario, traffic.instance, traffic.line, "instance", mistakes);
  const auto found = std::ranges::find(scenario.instances, traffic.instance, &Instance::name);
  if (found == scenario.instances.end()) return;
  int highest = traffic.database.value_or(0);
  if (traffic.transcript && !traffic.database) {
    for (const auto& line : traffic.transcript->lines) highest = std::max(highest, line.database);
  }
  if (highest >= databases_of(*found)) {
    mistakes.add(traffic.line, traffic.instance + " has no database " + std::to_string(highest) +
                                   "; the directive databases says how many there are");
  }
}

}  // namespace

void validate_traffic(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes) {
  validate_span(scenario, traffic, mistakes);
  validate_limits(traffic, mistakes);
  validate_phases(scenario, traffic, mistakes);
  validate_population(traffic, "users", traffic.user_popularity, traffic.user_turnover,
                      traffic.users, traffic.users_in(scenario.duration), mistakes);
  validate_population(traffic, "prompts", traffic.prompt_popularity, traffic.prompt_turnover,
                      traffic.prompts, traffic.prompts_in(scenario.duration), mistakes);
  validate_population(traffic, "keys", traffic.key_popularity, traffic.key_turnover, traffic.keys,
                      traffic.keys_in(scenario.duration), mistakes);
  validate_target(scenario, traffic, mistakes);
}

}  // namespace outlive::harness
