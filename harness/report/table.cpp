// The table for people: a block a scenario with a line a check, then a line a scenario.
#include <algorithm>
#include <array>
#include <ostream>

#include "base/number.hpp"
#include "base/text.hpp"
#include "report/overview.hpp"
#include "report/report.hpp"
#include "report/wording.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

enum class Colour : std::uint8_t { plain, green, red, bold, faint };

// How many columns a text takes: bytes that go on a character of UTF-8 take none.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_letter));
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t taken = columns_of(text);
  if (taken < columns) text.append(columns - taken, ' ');
  return text;
}

constexpr std::size_t verdict_width = 24;  // "violated, not as stated "
const std::string under_claims(verdict_width + 2, ' ');

std::string words_of(const Verdict& verdict) {
  std::string words{to_string(verdict.finding)};
  if (!verdict.as_stated()) return words + ", not as stated";
  // That a rule holds surprises nobody.
  return verdict.expected_violated ? words + ", as stated" : words;
}

// One line of the last table.
using Row = std::array<std::string, 4>;

Row row_of(const Played& one) {
  const Overview overview = overview_of(one);
  return {one.scenario.title, overview.limits_lost, overview.tickets_too_many, overview.errors};
}

class Table {
 public:
  Table(std::ostream& out, bool colours) : out_{out}, colours_{colours} {}

  void write(const Run& run) {
    for (const Played& one : run.played) scenario(one, run);
    if (run.played.size() > 1) overview(run);
    summary(run);
  }

 private:
  std::string in(Colour colour, std::string_view text) const {
    constexpr std::string_view codes[] = {"", "\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[2m"};
    if (!colours_ || colour == Colour::plain) return std::string{text};
    return std::string{codes[static_cast<std::size_t>(colour)]}.append(text).append("\x1b[0m");
  }

  void scenario(const Played& one, const Run& run) {
    if (one.interrupted) return;  // the overview and the summary tell of it
    out_ << in(Colour::bold, one.scenario.title);
    if (!one.scenario.file.empty()) out_ << in(Colour::faint, "  " + one.scenario.file);
    out_ << '\n';
    if (!one.scenario.rule.empty()) rule(one.scenario);
    if (!one.error.empty()) {
      out_ << "  " << in(Colour::red, "could not run: ") << one.error << "\n\n";
      return;
    }
    for (const Verdict& verdict : one.verdicts) check(verdict, one);
    played(one, run);
  }

  void rule(const Scenario& scenario) {
    out_ << "  rule: " << scenario.rule;
    if (!scenario.source.empty()) out_ << in(Colour::faint, " (" + scenario.source + ")");
    out_ << '\n';
  }

  void check(const Verdict& verdict, const Played& one) {
    const Colour colour = verdict.as_stated() ? Colour::green : Colour::red;
    out_ << "  " << in(colour, padded(words_of(verdict), verdict_width)) << verdict.claim << '\n'
         << under_claims << verdict.seen << '\n';
    if (verdict.as_stated()) return;
    for (const std::string& detail : details_of(one, verdict)) {
      out_ << under_claims << detail << '\n';
    }
  }

  void played(const Played& one, const Run& run) {
    std::string text = format_count(one.observations.requests) + " requests in " +
                       format_span(one.lasted()) + " of virtual time, seed " +
                       std::to_string(one.seed);
    if (run.repeatable) text += ", digest " + format_hex(one.observations.digest);
    out_ << "  " << in(Colour::faint, text) << '\n';
    for (const Approximation& what : one.observations.approximations) approximated(what, one);
    out_ << '\n';
  }

  void approximated(const Approximation& what, const Played& one) {
    std::string text = "approximated: " + what.meaning;
    if (one.scenario.instances.size() > 1) {
      for (std::size_t i = 0; i < what.instances.size(); ++i) {
        text += (i == 0 ? " (" : ", ") + what.instances[i];
      }
      text += ')';
    }
    out_ << "  " << in(Colour::faint, text) << '\n';
  }

  void overview(const Run& run) {
    const Row heads{"scenario", "limits lost", "tickets too many", "errors"};
    std::vector<Row> rows{heads};
    for (const Played& one : run.played) rows.push_back(row_of(one));
    std::array<std::size_t, std::tuple_size_v<Row>> widths{};
    for (const Row& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        widths[i] = std::max(widths[i], columns_of(row[i]) + 2);
      }
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::string line;
      for (std::size_t k = 0; k < widths.size(); ++k) line += padded(rows[i][k], widths[k]);
      if (i == 0) {
        out_ << in(Colour::bold, line + "verdicts") << '\n';
      } else {
        out_ << line << outcome(run.played[i - 1]) << '\n';
      }
    }
    out_ << '\n';
  }

  std::string outcome(const Played& one) const {
    return in(one.as_stated() ? Colour::green : Colour::red, overview_of(one).outcome);
  }

  void summary(const Run& run) {
    const auto total = run.played.size();
    const auto as_stated =
        static_cast<std::size_t>(std::ranges::count_if(run.played, &Played::as_stated));
    const auto interrupted =
        static_cast<std::size_t>(std::ranges::count_if(run.played, &Played::interrupted));
    const auto failed = static_cast<std::size_t>(std::ranges::count_if(
        run.played, [](const Played& one) { return !one.error.empty() && !one.interrupted; }));
    out_ << total << (total == 1 ? " scenario" : " scenarios") << " on " << run.target
         << duration(run) << ": "
         << in(as_stated == total ? Colour::green : Colour::red,
               std::to_string(as_stated) + " as stated");
    const std::size_t otherwise = total - as_stated - failed - interrupted;
    if (otherwise > 0) out_ << ", " << otherwise << " not as stated";
    if (interrupted > 0) out_ << ", " << interrupted << " interrupted";
    if (failed > 0) out_ << ", " << failed << " could not run";
    out_ << ".\n";
    for (const std::string_view hint : hints_for(run)) out_ << hint << '\n';
  }

  static std::string duration(const Run& run) {
    std::uint64_t requests = 0;
    for (const Played& one : run.played) requests += one.observations.requests;
    if (run.took.count() == 0 || requests == 0) return {};
    return ", " + format_count(requests) + " requests in " +
           format_double(static_cast<double>((run.took.count() + 50) / 100) / 10) + " s";
  }

  std::ostream& out_;
  bool colours_;
};

}  // namespace

void write_table(std::ostream& out, const Run& run, const ReportStyle& style) {
  Table{out, style.colours}.write(run);
}

}  // namespace outlive::harness
