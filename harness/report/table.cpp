// The table for people: a block a scenario, a line a check.
#include <algorithm>
#include <ostream>

#include "report/report.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr std::string_view indent = "                 ";  // under the claims

enum class Colour : std::uint8_t { plain, green, red, bold, faint };

class Table {
 public:
  Table(std::ostream& out, bool colours) : out_{out}, colours_{colours} {}

  void write(const Run& run) {
    for (const Played& one : run.played) scenario(one, run);
    summary(run);
  }

 private:
  std::string in(Colour colour, std::string_view text) const {
    constexpr std::string_view codes[] = {"", "\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[2m"};
    if (!colours_ || colour == Colour::plain) return std::string{text};
    return std::string{codes[static_cast<std::size_t>(colour)]}.append(text).append("\x1b[0m");
  }

  void scenario(const Played& one, const Run& run) {
    out_ << in(Colour::bold, one.scenario.title) << '\n';
    if (!one.scenario.rule.empty()) rule(one.scenario);
    if (!one.error.empty()) {
      out_ << "  " << in(Colour::red, "could not run: ") << one.error << "\n\n";
      return;
    }
    for (const Verdict& verdict : one.verdicts) check(verdict);
    played(one, run);
  }

  void rule(const Scenario& scenario) {
    out_ << "  rule: " << scenario.rule;
    if (!scenario.source.empty()) out_ << in(Colour::faint, " (" + scenario.source + ")");
    out_ << '\n';
  }

  void check(const Verdict& verdict) {
    constexpr std::size_t finding_width = 10;
    const Colour colour = verdict.as_stated() ? Colour::green : Colour::red;
    std::string finding{to_string(verdict.finding)};
    finding.resize(finding_width, ' ');
    out_ << "  " << in(colour, (verdict.as_stated() ? "ok   " : "NOT  ") + finding) << verdict.claim
         << '\n'
         << indent << verdict.seen << '\n';
    if (verdict.as_stated()) return;
    out_ << indent << "the scenario states: " << (verdict.expected_violated ? "violated" : "holds")
         << '\n';
    for (const std::string& evidence : verdict.evidence) out_ << indent << evidence << '\n';
  }

  void played(const Played& one, const Run& run) {
    std::string text = format_count(one.observations.requests) + " requests in " +
                       format_span(one.scenario.duration) + " of virtual time, seed " +
                       std::to_string(one.seed);
    if (run.repeatable) text += ", digest " + format_hex(one.observations.digest);
    out_ << "  " << in(Colour::faint, text) << "\n\n";
  }

  void summary(const Run& run) {
    const auto total = run.played.size();
    const auto as_stated =
        static_cast<std::size_t>(std::ranges::count_if(run.played, &Played::as_stated));
    const auto failed = static_cast<std::size_t>(
        std::ranges::count_if(run.played, [](const Played& one) { return !one.error.empty(); }));
    out_ << total << (total == 1 ? " scenario" : " scenarios") << " on " << run.target << ": "
         << in(as_stated == total ? Colour::green : Colour::red,
               std::to_string(as_stated) + " as stated");
    if (total > as_stated + failed) out_ << ", " << total - as_stated - failed << " not as stated";
    if (failed > 0) out_ << ", " << failed << " could not run";
    out_ << ".\n\"holds\" and \"violated\" say what was found; \"ok\" that the scenario file "
            "states the same.\n";
    if (!run.caveat.empty()) out_ << "Mind: " << run.caveat << ".\n";
  }

  std::ostream& out_;
  bool colours_;
};

}  // namespace

void write_table(std::ostream& out, const Run& run, const ReportStyle& style) {
  Table{out, style.colours}.write(run);
}

}  // namespace outlive::harness
