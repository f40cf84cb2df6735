#include "play/incidents.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

namespace outlive::harness {
namespace {

using namespace std::chrono_literals;
using Part = Moment::Part;

Event event_of(EventKind kind, Span at, Span lasting = {}) {
  Event event;
  event.kind = kind;
  event.at = at;
  event.lasting = lasting;
  return event;
}

// "begins at 60 s, over at 70 s": the moments of these events, as text.
std::vector<std::pair<Part, Span>> shown(std::vector<Event> events) {
  Scenario scenario;
  scenario.events = std::move(events);
  std::vector<std::pair<Part, Span>> all;
  for (const Moment& moment : moments_of(scenario)) all.emplace_back(moment.part, moment.at);
  return all;
}

TEST_CASE("an event that lasts begins and is over") {
  CHECK(shown({event_of(EventKind::outage, 60s, 10s)}) ==
        std::vector<std::pair<Part, Span>>{{Part::begins, 60s}, {Part::over, 70s}});
  CHECK(shown({event_of(EventKind::flush, 60s)}) ==
        std::vector<std::pair<Part, Span>>{{Part::begins, 60s}});
  CHECK(shown({event_of(EventKind::restart, 60s)}) ==
        std::vector<std::pair<Part, Span>>{{Part::begins, 60s}});
}

TEST_CASE("a crash that keeps something saves before") {
  Event crash = event_of(EventKind::crash, 60s);
  crash.persistent = true;
  crash.saved = 15s;
  CHECK(shown({crash}) ==
        std::vector<std::pair<Part, Span>>{{Part::saves, 45s}, {Part::begins, 60s}});
  crash.saved = 0s;
  CHECK(shown({crash}) ==
        std::vector<std::pair<Part, Span>>{{Part::saves, 60s}, {Part::begins, 60s}});
}

TEST_CASE("what is over at an instant makes room for what begins there") {
  CHECK(shown({event_of(EventKind::outage, 10s, 5s), event_of(EventKind::outage, 5s, 5s)}) ==
        std::vector<std::pair<Part, Span>>{
            {Part::begins, 5s}, {Part::over, 10s}, {Part::begins, 10s}, {Part::over, 15s}});
}

TEST_CASE("the order of the file makes no difference") {
  std::vector<Event> events{event_of(EventKind::flush, 5s), event_of(EventKind::config, 5s),
                            event_of(EventKind::clock, 5s), event_of(EventKind::clock, 5s)};
  events[2].gateway = "a";
  events[3].gateway = "b";
  const auto kinds = [](const std::vector<Event>& file) {
    Scenario scenario;
    scenario.events = file;
    std::vector<std::pair<EventKind, std::string>> all;
    for (const Moment& moment : moments_of(scenario)) {
      all.emplace_back(moment.event->kind, moment.event->gateway);
    }
    return all;
  };
  const auto first = kinds(events);
  std::ranges::reverse(events);
  CHECK(kinds(events) == first);
}

}  // namespace
}  // namespace outlive::harness
