// What no single word of [[traffic]] shows to be wrong.
#include <algorithm>
#include <set>
#include <string>

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
      mistakes.add(line_of(traffic, "limits"),
                   "two limits on " + limit.resource +
                       " with one scope share a bucket name; the gateway would "
                       "refuse every request (\"Duplicate keys are not allowed\")");
    }
    if (limit.capacity > 0 && limit.tickets > limit.capacity) {
      mistakes.add(line_of(traffic, "limits"), "a request takes " + std::to_string(limit.tickets) +
                                                   " tickets and a full bucket has " +
                                                   std::to_string(limit.capacity));
    }
  }
}

void validate_span(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes) {
  if (scenario.duration == Span::zero()) return;  // unreadable: already told
  const Span until = traffic.until.value_or(scenario.duration);
  if (traffic.from >= until) {
    mistakes.add(line_of(traffic, "from"), "this traffic ends (" + format_span(until) +
                                               ") before it begins (" + format_span(traffic.from) +
                                               ")");
  } else if (until > scenario.duration) {
    mistakes.add(line_of(traffic, "until"), "this traffic goes on (" + format_span(until) +
                                                ") after the scenario has ended (" +
                                                format_span(scenario.duration) + ")");
  }
}

// A phase that never begins was surely meant to.
void validate_phases(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes) {
  if (traffic.phases.empty() || scenario.duration == Span::zero()) return;
  const Span lasting = traffic.until.value_or(scenario.duration) - traffic.from;
  const int line = line_of(traffic, traffic.day_begins ? "rate" : "phases");
  Span begins{};
  bool silent = true;
  for (std::size_t i = 0; i < traffic.phases.size(); ++i) {
    const Phase& phase = traffic.phases[i];
    if (begins >= lasting && lasting > Span::zero() && !traffic.repeats) {
      mistakes.add(line, "phase " + std::to_string(i + 1) + " would begin after " +
                             format_span(begins) + ", and this traffic lasts " +
                             format_span(lasting));
      return;
    }
    const bool open = phase.lasting == Span::zero();
    if (open && traffic.repeats) {
      mistakes.add(line, "repeat: the last phase too must say how long it is \"lasting\"");
    }
    if (open && (phase.first.count != phase.last.count || phase.first.per != phase.last.per)) {
      mistakes.add(line, "a ramp must say how long it is \"lasting\"");
    }
    silent &= phase.first.count == 0 && phase.last.count == 0;
    begins += phase.lasting;
  }
  if (silent) mistakes.add(line, "nothing comes in any of these phases");
}

// A population: what it is called, how it is drawn from, and how many there will have been.
void validate_population(const Traffic& traffic, std::string_view name,
                         const Popularity& popularity, const Rate& turnover, std::uint64_t count,
                         std::uint64_t in_all, Mistakes& mistakes) {
  if (count == 0) return;       // none, or told already
  const std::string who{name};  // "users", of which one is a "user"
  const std::string one = who.substr(0, who.size() - 1);
  if (popularity.shape == Popularity::Shape::hot && popularity.hot >= count) {
    mistakes.add(line_of(traffic, one + "_popularity"),
                 who + ": " + std::to_string(popularity.hot) + " of " + std::to_string(count) +
                     " would be the popular ones; less must be");
  }
  if (popularity.shape == Popularity::Shape::once && turnover.count > 0) {
    mistakes.add(line_of(traffic, one + "_turnover"),
                 who + ": where each comes once there is no turnover");
  }
  if (in_all > population_max) {
    mistakes.add(line_of(traffic, one + "_turnover"),
                 who + ": with the turnover there would be " + format_count(in_all) +
                     " in the end; the most is " + format_count(population_max));
  }
}

void validate_target(const Scenario& scenario, const Traffic& traffic, Mistakes& mistakes) {
  if (traffic.instance.empty()) return;
  const bool known = require_instance(scenario, traffic.instance, line_of(traffic, "instance"),
                                      "instance", mistakes);
  if (!known) return;
  int highest = traffic.database.value_or(0);
  if (traffic.transcript && !traffic.database) {
    for (const auto& line : traffic.transcript->lines) highest = std::max(highest, line.database);
  }
  const int line = line_of(traffic, traffic.database ? "database" : "file");
  require_database(scenario, traffic.instance, highest, line, mistakes);
}

// Words that say how something is drawn that no command draws.
void validate_commands(const Traffic& traffic, Mistakes& mistakes) {
  if (traffic.commands.empty()) return;
  const auto draws = [&traffic](CommandTemplate::Piece::Kind kind) {
    for (const CommandTemplate& command : traffic.commands) {
      for (const CommandTemplate::Word& word : command.words) {
        if (std::ranges::find(word, kind, &CommandTemplate::Piece::kind) != word.end()) return true;
      }
    }
    return false;
  };
  const auto refuse = [&](std::string_view word, std::string_view placeholder) {
    if (!traffic.word_lines.contains(word)) return;
    mistakes.add(line_of(traffic, word),
                 std::string{word} + ": no command has a " + std::string{placeholder} + " in it");
  };
  if (!draws(CommandTemplate::Piece::Kind::key)) {
    for (const std::string_view word : {"keys", "key_popularity", "key_turnover"}) {
      refuse(word, "{key}");
    }
  }
  if (!draws(CommandTemplate::Piece::Kind::value)) refuse("size", "{value}");
}

// A recording is played to its end as the clock goes, which is not that of geology.
void validate_speed(const Traffic& traffic, Mistakes& mistakes) {
  if (!traffic.transcript || traffic.transcript->lines.empty()) return;
  constexpr double us_max = 1e16;  // some three hundred years
  const Span last = traffic.transcript->lines.back().at;
  if (static_cast<double>(last.count()) / traffic.speed <= us_max) return;
  mistakes.add(
      line_of(traffic, traffic.word_lines.contains("speed") ? "speed" : "file"),
      "at this speed what was recorded lasts more than three hundred years; the first line "
      "and the last are " +
          format_span(last) + " apart");
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
  validate_commands(traffic, mistakes);
  validate_speed(traffic, mistakes);
}

}  // namespace outlive::harness
