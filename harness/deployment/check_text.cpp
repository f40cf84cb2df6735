// The report for people.
#include <ostream>

#include "base/text.hpp"
#include "deployment/check_report.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t columns = 100;

std::size_t letters_in(std::string_view text) {
  std::size_t letters = 0;
  for (const char byte : text) letters += begins_letter(byte) ? 1 : 0;
  return letters;
}

// A heading and words beside it, broken at blanks; what is broken goes on under the words.
void write_beside(std::ostream& out, std::string_view heading, std::string_view words) {
  constexpr std::size_t indent = 11;
  std::string line = "  " + std::string{heading};
  line.resize(std::max(line.size(), indent), ' ');
  std::size_t used = line.size();
  bool first = true;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    if (!first && used + 1 + letters_in(word) > columns) {
      out << line << '\n';
      line.assign(indent, ' ');
      used = indent;
      first = true;
    }
    if (!first) line += ' ';
    line += word;
    used += letters_in(word) + (first ? 0 : 1);
    first = false;
  }
  out << line << '\n';
}

void write_finding(std::ostream& out, const Judged& one) {
  const std::string place = to_string(one.origin);
  out << (place.empty() ? "" : place + ": ") << to_string(one.severity) << ": " << one.rule.title
      << " [" << one.rule.id << "]\n";
  write_beside(out, "found", one.found);
  write_beside(out, "why", one.rule.why);
  write_beside(out, "mend", one.mend);
  write_beside(out, "source", one.rule.source);
  if (!one.scenario.empty()) write_beside(out, "see it", "outlive run " + one.scenario);
  out << '\n';
}

std::string counted(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string{what} + (count == 1 ? "" : "s");
}

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
