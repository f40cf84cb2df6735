#include <array>

#include "base/number.hpp"
#include "describe/passage.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

using namespace words;

std::string for_so_long(const Event& event) {
  return "for " + format_span(event.lasting);
}

std::string until_back(const Event& event) {
  return event.lasting == Span::zero() ? "at once" : "after " + format_span(event.lasting);
}

std::string amount(std::string_view value) {
  const auto distance = parse_used(value);
  if (!distance) return std::string{value};
  if (*distance == 0) return "what is used at that moment";
  const std::string bytes = words::bytes(static_cast<std::uint64_t>(std::abs(*distance)));
  return bytes + (*distance > 0 ? " more" : " less") + " than is used at that moment";
}

std::string of_config(const Event& event) {
  std::vector<std::string> changes;
  for (const auto& [name, value] : event.directives) {
    changes.push_back(name + " is set to " + (name == "maxmemory" ? amount(value) : value));
  }
  return "on " + in_quotes(event.instance) + " " + listed(changes);
}

std::string of_flush(const Event& event) {
  return in_quotes(event.instance) + " is flushed (FLUSHALL): all its keys go, functions stay";
}

std::string of_restart(const Event& event) {
  return in_quotes(event.instance) + " is shut down and is back " + until_back(event) +
         (event.persistent ? ", with all that it had saved"
                           : ", empty and without functions: nothing was saved");
}

std::string of_crash(const Event& event) {
  const std::string age =
      event.saved == Span::zero() ? "just before" : format_span(event.saved) + " before";
  return in_quotes(event.instance) + " crashes and is back " + until_back(event) +
         (event.persistent ? ", with a snapshot that was taken " + age
                           : ", empty and without functions: nothing was saved");
}

std::string of_failover(const Event& event) {
  return "an empty server, without functions, takes the place of " + in_quotes(event.instance) +
         " " + until_back(event);
}

std::string of_outage(const Event& event) {
  return "nobody reaches " + in_quotes(event.instance) + " " + for_so_long(event) +
         "; it loses nothing";
}

std::string of_slow(const Event& event) {
  return "each reply of " + in_quotes(event.instance) + " takes " + format_span(event.by) +
         " longer, " + for_so_long(event);
}

// "half of …" for drop and fault: "10 % of the commands".
std::string share_of(const Event& event, std::string_view what) {
  const std::string share =
      event.share == 1 ? std::string{"all"} : format_double(event.share * 100) + " % of the";
  return share + " " + std::string{what};
}

std::string of_drop(const Event& event) {
  return "the connection to " + in_quotes(event.instance) + " breaks under " +
         share_of(event, "commands") + ", " + for_so_long(event) +
         "; half of them had been carried out";
}

std::string of_fault(const Event& event) {
  const std::string which = event.command.empty() ? "commands" : event.command + " commands";
  return share_of(event, which) + (event.keys.empty() ? "" : " on " + event.keys) + " get " +
         in_quotes(event.error) + " from " + in_quotes(event.instance) + ", " + for_so_long(event);
}

std::string of_clock(const Event& event) {
  const bool of_server = !event.instance.empty();
  const std::string whose =
      of_server ? in_quotes(event.instance) : "the gateway " + in_quotes(event.gateway);
  std::vector<std::string> changes;
  if (event.by != Span::zero()) {
    const bool back = event.by < Span::zero();
    changes.push_back("is set " + std::string{back ? "back by " : "ahead by "} +
                      format_span(back ? -event.by : event.by));
  }
  if (event.drift.count != 0) {
    const bool loses = event.drift.count < 0;
    const Span drift{loses ? -event.drift.count : event.drift.count};
    changes.push_back(std::string{loses ? "loses " : "gains "} + format_span(drift) + " " +
                      per(event.drift.per) + " from then on");
  }
  return "the clock of " + whose + " " + listed(changes);
}

std::string of_gateway_restart(const Event& event) {
  const bool all = event.gateway.empty();
  return (all ? std::string{"the gateway"} : "the gateway " + in_quotes(event.gateway)) +
         " is restarted and loads its functions anew";
}

// In the order of EventKind.
constexpr std::array<std::string (*)(const Event&), event_kind_count> tellers{
    of_config, of_flush, of_restart, of_crash, of_failover,       of_outage,
    of_slow,   of_drop,  of_fault,   of_clock, of_gateway_restart};

}  // namespace

Sentences sentences_of(const Event& event) {
  const std::string when =
      event.at == Span::zero() ? "From the start" : "After " + format_span(event.at);
  return {when + " " + tellers[static_cast<std::size_t>(event.kind)](event) + "."};
}

}  // namespace outlive::harness
