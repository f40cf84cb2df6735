// What a restart, a crash or a new container leaves of limits and functions.
#include <algorithm>

#include "base/number.hpp"
#include "base/text.hpp"
#include "deployment/rule.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

Origin at(const DeployedServer& server) {
  return server.directives.origin_of("save");
}

constexpr std::string_view saves_nothing = " writes nothing to disk (save \"\", appendonly no)";

void functions_lost(const Deployment& deployment, Findings& findings) {
  const DeployedServer* server = deployment.limits();
  if (server == nullptr || server->saves() != false) return;
  findings.push_back({.origin = at(*server), .found = server->name + std::string{saves_nothing}});
}

void limits_lost(const Deployment& deployment, Findings& findings) {
  const DeployedServer* server = deployment.limits();
  if (server == nullptr || server->saves() != false) return;
  Finding finding{.origin = at(*server), .found = server->name + std::string{saves_nothing}};
  if (const RateWord* word = deployment.settings.slowest()) {
    finding.found += "; " + word->resource + "_per_" + word->window + " takes " +
                     format_span(*word->refill_time()) + " to refill";
    // The page: tolerable where windows are short.
    if (*word->refill_time() <= std::chrono::hours{1}) finding.severity = Severity::note;
  }
  findings.push_back(std::move(finding));
}

void data_not_kept(const Deployment& deployment, Findings& findings) {
  const DeployedServer* server = deployment.limits();
  if (server == nullptr || server->saves() != true || server->keeps_data != false) return;
  findings.push_back({.origin = server->origin,
                      .found = server->name + " saves to " +
                               (server->directives.value("dir").value_or("").empty()
                                    ? "/data"
                                    : *server->directives.value("dir")) +
                               ", which is on no named volume"});
}

// The shortest interval of its save points; none: it makes no snapshots.
std::optional<std::int64_t> shortest_interval(const DeployedServer& server) {
  const auto words = split_words(server.directives.value("save").value_or(""));
  std::optional<std::int64_t> shortest;
  for (std::size_t i = 0; words && i + 1 < words->size(); i += 2) {
    const auto seconds = parse_integer((*words)[i]);
    if (seconds) shortest = std::min(shortest.value_or(*seconds), *seconds);
  }
  return shortest;
}

void snapshots_far_apart(const Deployment& deployment, Findings& findings) {
  const DeployedServer* server = deployment.limits();
  if (server == nullptr || server->directives.value("appendonly") != "no") return;
  const auto seconds = shortest_interval(*server);
  constexpr std::int64_t far_s = 900;
  if (!seconds || *seconds <= far_s) return;
  const RateWord* word = deployment.settings.slowest();
  const Span interval = std::chrono::seconds{*seconds};
  if (deployment.settings.known && (word == nullptr || *word->refill_time() <= interval)) return;
  findings.push_back({.origin = at(*server),
                      .found = "save " + *server->directives.value("save") + " on " + server->name +
                               ", and no append-only file"});
}

constexpr Rule rules[] = {
    {.id = "functions-not-saved",
     .severity = Severity::warning,
     .title = "The gateway's functions outlive a restart of the server",
     .why =
         "The gateway loads its functions when it starts, not when it connects again. A server "
         "that "
         "came back without them answers \"Function not found\": every limited request fails (502) "
         "until the gateway is restarted, too.",
     .mend = "set save 300 100 or appendonly yes; and restart gateways after the server",
     .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.0.1",
     .scenario = "incidents/restart-empty",
     .look = functions_lost},
    {.id = "limits-not-saved",
     .severity = Severity::warning,
     .title = "Rate limits outlive a restart of the server",
     .why = "A bucket that is gone is a full one: after a restart all clients have all of their "
            "tickets "
            "again. With windows of minutes that is soon over; a day's limit is spent twice.",
     .mend = "set save 300 100 or appendonly yes",
     .source = sources::deployment_page,
     .scenario = "incidents/restart-empty",
     .look = limits_lost},
    {.id = "data-not-kept",
     .severity = Severity::warning,
     .title = "What the server saves outlives its container",
     .why = "Snapshots inside a container go with it: after `docker compose down` and `up` the "
            "server is "
            "empty, limits are reset, and requests fail until the gateway is restarted.",
     .mend = "put the folder on a named volume, as in volumes: [\"valkey-data:/data\"]",
     .source = sources::deployment_page,
     .scenario = "incidents/restart-empty",
     .look = data_not_kept},
    {.id = "snapshots-far-apart",
     .severity = Severity::note,
     .title = "Snapshots come more often than limits refill",
     .why = "After a crash the server has what the last snapshot had: tickets that were spent "
            "since are "
            "given back.",
     .mend = "add save 300 100, or set appendonly yes",
     .source = sources::persistence_page,
     .scenario = "incidents/crash-old-snapshot",
     .look = snapshots_far_apart},
};

}  // namespace

std::span<const Rule> persistence_rules() {
  return rules;
}

}  // namespace outlive::harness
