// What fits: limits into a cap, a cap into a container.
#include "deployment/rule.hpp"
#include "deployment/sizes.hpp"
#include "deployment/words.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

std::string megabytes(std::uint64_t bytes) {
  constexpr std::uint64_t mb = 1 << 20;
  return format_count((bytes + mb / 2) / mb) + " MB";
}

// The cap of the server that keeps limits, if it has one that a server can run with.
std::optional<std::uint64_t> cap_of_limits(const Deployment& deployment) {
  const DeployedServer* server = deployment.limits();
  const auto cap = server ? server->maxmemory() : std::nullopt;
  return cap && *cap > empty_server_bytes() ? cap : std::nullopt;
}

std::uint64_t need(const Deployment& deployment) {
  return empty_server_bytes() + bucket_bytes(buckets_of(deployment.settings, *deployment.users));
}

std::string told(const Deployment& deployment, std::uint64_t needed, std::uint64_t cap) {
  return format_count(buckets_of(deployment.settings, *deployment.users)) + " buckets of " +
         format_count(*deployment.users) + " users need " + megabytes(needed) + " of " +
         bytes_in_words(cap) + " on " + deployment.limits()->name;
}

void limits_that_do_not_fit(const Deployment& deployment, Findings& findings) {
  const auto cap = cap_of_limits(deployment);
  if (!cap || !deployment.users) return;
  const std::uint64_t needed = need(deployment);
  if (needed <= *cap) return;
  const DeployedServer& server = *deployment.limits();
  const bool refuses = server.policy() == "noeviction";
  findings.push_back({.origin = server.directives.origin_of("maxmemory"),
                      .found = told(deployment, needed, *cap),
                      .scenario = refuses ? "split/primary-full" : "rate-limits/domination"});
}

void limits_without_headroom(const Deployment& deployment, Findings& findings) {
  const auto cap = cap_of_limits(deployment);
  if (!cap || !deployment.users) return;
  const std::uint64_t needed = need(deployment);
  const DeployedServer& server = *deployment.limits();
  // Where limits are alone, room for a fourth more; beside a cache, so much that most keys are
  // answers.
  const bool beside = deployment.shared() && server.policy() != "noeviction";
  const std::uint64_t most = beside ? *cap / 2 : *cap / 5 * 4;
  if (needed <= most || needed > *cap) return;
  Finding finding{.origin = server.directives.origin_of("maxmemory"),
                  .found = told(deployment, needed, *cap)};
  if (beside) {
    finding.scenario = "rate-limits/domination";
    finding.mend = "raise maxmemory to " + megabytes(needed * 2) +
                   " or more, or give the cache a server of its own";
  }
  findings.push_back(std::move(finding));
}

void cap_below_nothing(const Deployment& deployment, Findings& findings) {
  const DeployedServer* const servers[] = {deployment.limits(),
                                           deployment.shared() ? nullptr : deployment.answers()};
  for (const DeployedServer* server : servers) {
    const auto cap = server ? server->maxmemory() : std::nullopt;
    if (!cap || *cap == 0 || *cap > empty_server_bytes()) continue;
    findings.push_back({.origin = server->directives.origin_of("maxmemory"),
                        .found = "maxmemory " + bytes_in_words(*cap) + " on " + server->name +
                                 "; a server that holds nothing uses " +
                                 format_count(empty_server_bytes()) + " bytes"});
  }
}

void cap_beyond_container(const Deployment& deployment, Findings& findings) {
  const DeployedServer* const servers[] = {deployment.limits(),
                                           deployment.shared() ? nullptr : deployment.answers()};
  for (const DeployedServer* server : servers) {
    if (server == nullptr || !server->memory_limit) continue;
    const std::uint64_t limit = server->memory_limit->value;
    const auto cap = server->maxmemory();
    if (!cap || *cap == 0) continue;  // a rule of its own
    const bool too_large = *cap >= limit;
    // While it saves, pages that are written to are there twice.
    const bool tight = *cap > limit / 4 * 3 && server->saves() == true;
    if (!too_large && !tight) continue;
    findings.push_back({.origin = server->directives.origin_of("maxmemory"),
                        .found = "maxmemory " + bytes_in_words(*cap) + " on " + server->name +
                                 ", whose container has " + bytes_in_words(limit) + " (" +
                                 to_string(server->memory_limit->origin) + ")",
                        .severity = too_large ? Severity::error : Severity::warning});
  }
}

constexpr Rule rules[] = {
    {.id = "limits-do-not-fit",
     .severity = Severity::error,
     .title = "The buckets of all users fit into maxmemory",
     .why = "A bucket stays for two days after its user's last request. Once there is no room, a "
            "server on noeviction refuses: limited requests fail (502), and a gateway that is "
            "restarted does not start. Any other pushes limits out, in silence.",
     .mend = "raise maxmemory, or limit by what there is less of than users",
     .source = "measured with TensorZero's gateway 2026.6 on Valkey 8.1.1; weights by the emulator",
     .scenario = "split/primary-full",
     .look = limits_that_do_not_fit},
    {.id = "no-headroom",
     .severity = Severity::warning,
     .title = "There is room for more users than there are",
     .why =
         "Limits alone on noeviction refuse everybody when the last bytes are gone. Beside a cache "
         "they are safe while most keys are answers: where limits dominate a sample has no answer "
         "in it, and a limit goes (10,000 limits beside 10,000 answers lost none, 50,000 beside "
         "5,000 lost 9 %).",
     .mend = "raise maxmemory",
     .source = "measured on Valkey 8.1.1; weights by the emulator",
     .scenario = "split/primary-full",
     .look = limits_without_headroom},
    {.id = "maxmemory-too-small",
     .severity = Severity::error,
     .title = "maxmemory is more than an empty server needs",
     .why =
         "Below that nothing can be stored: writes are refused, or every key is evicted at once. A "
         "number without a unit is bytes.",
     .mend = "write the unit: maxmemory 100mb",
     .source = sources::eviction_page,
     .scenario = "",
     .look = cap_below_nothing},
    {.id = "container-memory",
     .severity = Severity::error,
     .title = "maxmemory leaves room in its container",
     .why =
         "maxmemory counts keys and buffers, the container all of the process: a fragmented heap, "
         "and while a snapshot is written each page that changes a second time. The system ends a "
         "container that passes its limit, before Valkey evicts or refuses anything.",
     .mend = "set maxmemory to three quarters of the container's memory or less; half of it if it "
             "saves "
             "under many writes",
     .source = "https://valkey.io/topics/admin/",
     .scenario = "incidents/crash-old-snapshot",
     .look = cap_beyond_container},
};

}  // namespace

std::span<const Rule> size_rules() {
  return rules;
}

}  // namespace outlive::harness
