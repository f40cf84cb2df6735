// The words of [[event]].
#include <string>

#include "scenario/fields.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr unsigned on(EventKind kind) {
  return kind_bit(kind);
}

constexpr unsigned ends_a_server =
    on(EventKind::restart) | on(EventKind::crash) | on(EventKind::failover);
constexpr unsigned loads = on(EventKind::restart) | on(EventKind::crash);
constexpr unsigned troubles =
    on(EventKind::outage) | on(EventKind::slow) | on(EventKind::drop) | on(EventKind::fault);
constexpr unsigned at_random = on(EventKind::drop) | on(EventKind::fault);

// A duration that may begin with '-'.
Span read_step(const Value& value) {
  const auto* text = value.node().as_string();
  const bool back = text && text->get().starts_with('-');
  const auto span = text ? parse_span(std::string_view{text->get()}.substr(back)) : std::nullopt;
  if (span) return back ? -*span : *span;
  value.refuse("must be a step like \"5m\" or, back, \"-5m\"");
  return {};
}

Rate read_drift(const Value& value) {
  const auto* text = value.node().as_string();
  const auto drift = text ? parse_drift(text->get()) : std::nullopt;
  if (drift) return *drift;
  value.refuse("must be a gain like \"2s/h\" or, for a clock that loses, \"-2s/h\"");
  return {0, std::chrono::seconds{1}};
}

constexpr Field<Event> rows_of_event[] = {
    {"kind", any_kind, true,
     "config, flush, restart, crash, failover, outage, slow, drop, fault, clock or gateway-restart",
     [](Event&, const Value&) {}},
    {"at", any_kind, true, "when it happens, counted from the start",
     [](Event& into, const Value& value) { into.at = value.span(); }},
    {"instance", any_kind & ~(on(EventKind::clock) | on(EventKind::gateway_restart)), true,
     "whom it happens to", [](Event& into, const Value& value) { into.instance = value.text(); }},
    {"instance", on(EventKind::clock), false, "whose clock; or name a gateway",
     [](Event& into, const Value& value) { into.instance = value.text(); }},
    {"gateway", on(EventKind::clock) | on(EventKind::gateway_restart), false,
     "which gateway, as traffic names them (gateway-restart: all of them unless stated)",
     [](Event& into, const Value& value) { into.gateway = value.text(); }},
    {"lasting", ends_a_server, false, "how long until it is back (default: at once)",
     [](Event& into, const Value& value) { into.lasting = value.span(); }},
    {"lasting", troubles, true, "how long",
     [](Event& into, const Value& value) { into.lasting = value.span(Span{1}); }},
    {"persistence", loads, false,
     "none (default): it comes back empty, without functions; rdb: with all that was saved (a "
     "restart saves at the end)",
     [](Event& into, const Value& value) {
       into.persistent = value.word({"none", "rdb"}) == 1;
     }},
    {"saved", on(EventKind::crash), false,
     "with persistence = \"rdb\": how long before the crash the snapshot was taken (default: just "
     "before)",
     [](Event& into, const Value& value) { into.saved = value.span(); }},
    {"by", on(EventKind::slow), true, "what each reply takes longer, like \"200ms\"",
     [](Event& into, const Value& value) { into.by = value.span(Span{1}); }},
    {"by", on(EventKind::clock), false, "the step, like \"5m\" or, back, \"-5m\"",
     [](Event& into, const Value& value) { into.by = read_step(value); }},
    {"drift", on(EventKind::clock), false,
     "what the clock gains from then on, like \"2s/h\" (or loses: \"-2s/h\")",
     [](Event& into, const Value& value) { into.drift = read_drift(value); }},
    {"share", at_random, false, "of the commands that it could hit, like 0.1 (default: 1, all)",
     [](Event& into, const Value& value) { into.share = value.number(1e-9, 1); }},
    {"command", on(EventKind::fault), false, "only this command, like SETEX (default: any)",
     [](Event& into, const Value& value) { into.command = value.text(); }},
    {"keys", on(EventKind::fault), false,
     "only commands whose first key fits this pattern (default: any)",
     [](Event& into, const Value& value) { into.keys = value.text(); }},
    {"error", on(EventKind::fault), true,
     "what the server says, like \"LOADING Valkey is loading the dataset in memory\"",
     [](Event& into, const Value& value) { into.error = value.text(); }},
};

}  // namespace

std::span<const Field<Event>> event_fields() {
  return rows_of_event;
}

}  // namespace outlive::harness
