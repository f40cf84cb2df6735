#include "play/incidents.hpp"

#include <algorithm>
#include <tuple>

namespace outlive::harness {
namespace {

// All that an event says but where it stands in the file.
auto content(const Event& event) {
  return std::tie(event.kind, event.instance, event.gateway, event.lasting, event.directives,
                  event.persistent, event.saved, event.by, event.drift.count, event.drift.per,
                  event.share, event.command, event.keys, event.error);
}

bool comes_before(const Moment& one, const Moment& other) {
  const auto when = std::tie(one.at, one.part);
  const auto other_when = std::tie(other.at, other.part);
  if (when != other_when) return when < other_when;
  return content(*one.event) < content(*other.event);
}

bool lasts(const Event& event) {
  switch (event.kind) {
    case EventKind::restart:
    case EventKind::crash:
    case EventKind::failover:
    case EventKind::outage:
    case EventKind::slow:
    case EventKind::drop:
    case EventKind::fault:
      return true;
    case EventKind::config:
    case EventKind::flush:
    case EventKind::clock:
    case EventKind::gateway_restart:
      return false;
  }
  return false;
}

}  // namespace

std::vector<Moment> moments_of(const Scenario& scenario) {
  std::vector<Moment> moments;
  for (const Event& event : scenario.events) {
    moments.push_back({event.at, Moment::Part::begins, &event});
    if (event.kind == EventKind::crash && event.persistent) {
      moments.push_back({event.at - event.saved, Moment::Part::saves, &event});
    }
    if (lasts(event) && event.lasting > Span::zero()) {
      moments.push_back({event.at + event.lasting, Moment::Part::over, &event});
    }
  }
  std::ranges::sort(moments, comes_before);
  return moments;
}

}  // namespace outlive::harness
