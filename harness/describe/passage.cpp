#include "describe/passage.hpp"

#include <algorithm>

#include "check/claim.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using namespace words;

void tell_instances(const Scenario& scenario, Passage& passage) {
  for (const Instance& instance : scenario.instances) {
    passage.things.push_back(sentences_of(instance));
  }
}

std::string where(const std::string& instance, int database) {
  return in_quotes(instance) + (database == 0 ? "" : " in database " + std::to_string(database));
}

void tell_places(const Scenario& scenario, Passage& passage) {
  if (scenario.primary.empty()) return;  // no gateway takes part
  const std::string limits = where(scenario.primary, scenario.primary_database);
  const std::string answers = where(scenario.cache, scenario.cache_database);
  passage.things.push_back(
      {limits == answers
           ? "Rate limits and cached answers are both on " + limits + "."
           : "Rate limits are on " + limits + ", cached answers on " + answers + "."});
}

void tell_traffic(const Scenario& scenario, Passage& passage) {
  for (const Traffic& traffic : scenario.traffic) passage.things.push_back(sentences_of(traffic));
}

void tell_events(const Scenario& scenario, Passage& passage) {
  std::vector<Event> events = scenario.events;
  std::ranges::stable_sort(events, {}, &Event::at);
  for (const Event& event : events) passage.things.push_back(sentences_of(event));
}

std::string expectation(bool violated) {
  return violated ? "be violated" : "hold";
}

std::string expectation_of(const Check& check) {
  std::vector<std::string> parts;
  for (const Expectation& expect : check.expect_on) {
    parts.push_back("to " + expectation(expect.violated) + " on " + listed(expect.targets, "or"));
  }
  parts.push_back("to " + expectation(check.expect_violated) + (parts.empty() ? "" : " elsewhere"));
  return "Expected " + listed(parts) + ".";
}

void tell_checks(const Scenario& scenario, Passage& passage) {
  for (const Check& check : scenario.checks) {
    passage.things.push_back({sentence(claim_of(check)), expectation_of(check)});
  }
}

void tell_frame(const Scenario& scenario, Passage& passage) {
  passage.things.push_back(
      {"It lasts " + format_span(scenario.duration) + " of virtual time, from " +
           instant(scenario.start) + " on.",
       "All chance comes from the seed " + std::to_string(scenario.seed) + "."});
  if (scenario.engine == Engine::native) {
    passage.things.back().push_back(
        "On the embedded emulator tickets are taken by C++ in place of Lua, by the same commands.");
  }
}

struct Row {
  std::string_view heading;
  void (*tell)(const Scenario&, Passage&);
};

constexpr Row rows[] = {
    {"What there is", tell_instances}, {"Where the gateway keeps things", tell_places},
    {"What comes", tell_traffic},      {"What happens on the way", tell_events},
    {"What is checked", tell_checks},  {"How it is played", tell_frame},
};

}  // namespace

std::vector<Passage> passages_of(const Scenario& scenario) {
  std::vector<Passage> passages;
  for (const Row& row : rows) {
    Passage passage{.heading = row.heading, .things = {}};
    row.tell(scenario, passage);
    if (!passage.things.empty()) passages.push_back(std::move(passage));
  }
  return passages;
}

}  // namespace outlive::harness
