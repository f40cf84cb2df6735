// The report for people.
#include <ostream>

#include "deployment/check_report.hpp"
#include "deployment/finding_text.hpp"

namespace outlive::harness {
namespace {

std::string_view limits_elsewhere(const Deployment& deployment) {
  const GatewaySettings& settings = deployment.settings;
  if (deployment.limits_in_valkey()) return "on no server that is known";
  if (!settings.limits_enabled) return "none: enabled = false in [rate_limiting]";
  return settings.rules.empty() ? "none: no [[rate_limiting.rules]]" : "in Postgres";
}

std::string_view answers_elsewhere(const Deployment& deployment) {
  if (deployment.answers_in_valkey()) return "on no server that is known";
  return deployment.settings.cache_enabled == false ? "none: enabled = false in [gateway.cache]"
                                                    : "in ClickHouse";
}

// Which server does what, so that nobody has to guess what was judged.
void write_understood(std::ostream& out, const Deployment& deployment) {
  const auto tell = [&](std::string_view what, const DeployedServer* server,
                        std::string_view elsewhere) {
    out << "  " << what << ": ";
    if (server == nullptr) {
      out << elsewhere << '\n';
      return;
    }
    out << server->name;
    const auto policy = server->policy();
    if (server->directives.known) out << ", maxmemory-policy " << policy.value_or("not known");
    out << '\n';
  };
  out << "Looked at:\n";
  for (const std::string& file : deployment.read) out << "  " << file << '\n';
  tell("rate limits", deployment.limits(), limits_elsewhere(deployment));
  tell("cached answers", deployment.answers(), answers_elsewhere(deployment));
}

}  // namespace

void write_check_text(std::ostream& out, const CheckResult& result) {
  if (!result.mistakes.empty()) {
    out << to_string(result.mistakes) << "\nNothing was checked.\n";
    return;
  }
  for (const Judged& one : result.findings) write_finding(out, one);
  write_understood(out, result.deployment);
  if (!result.deployment.unseen.empty()) {
    out << "\nCould not be seen:\n";
    for (const std::string& one : result.deployment.unseen) write_beside(out, "*", one);
  }
  out << '\n'
      << counted(result.count(Severity::error), "error") << ", "
      << counted(result.count(Severity::warning), "warning") << ", "
      << counted(result.count(Severity::note), "note") << ".\n";
}

void write_rules(std::ostream& out) {
  for (const Rule& rule : all_rules()) {
    out << rule.id << " (" << to_string(rule.severity) << "): " << rule.title << '\n';
    write_beside(out, "why", rule.why);
    write_beside(out, "mend", rule.mend);
    write_beside(out, "source", rule.source);
    if (!rule.scenario.empty())
      write_beside(out, "see it", "outlive run " + std::string{rule.scenario});
    out << '\n';
  }
}

}  // namespace outlive::harness
