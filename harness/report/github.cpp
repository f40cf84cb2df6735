// For GitHub Actions: workflow commands, which it shows as annotations at the lines they name.
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
#include <algorithm>
#include <ostream>
#include <sstream>

#include "report/report.hpp"
#include "report/wording.hpp"

namespace outlive::harness {
namespace {

// What a command's message may not have, as its runner reads it back; in a property ':' and ','
// too (actions/runner, ActionCommand.cs).
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char letter : as_text(text)) {
    switch (letter) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += property ? "%3A" : ":";
        break;
      case ',':
        out += property ? "%2C" : ",";
        break;
      default:
        out += letter;
    }
  }
  return out;
}

void annotate(std::ostream& out, std::string_view command, const FilePlace& place,
              std::string_view title, std::string_view message) {
  out << "::" << command << " title=" << escaped(title, true);
  if (!place.file.empty()) out << ",file=" << escaped(place.file, true);
  if (place.line > 0) out << ",line=" << place.line;
  out << "::" << escaped(message, false) << '\n';
}

void annotate(std::ostream& out, const Played& one) {
  const Scenario& scenario = one.scenario;
  if (!one.error.empty()) {
    const PlacedMistake mistake = mistake_in(one.error);
    const bool has_place = !mistake.place.file.empty();
    return annotate(out, "error", has_place ? mistake.place : FilePlace{.file = scenario.file},
                    scenario.title, "could not run: " + (has_place ? mistake.what : one.error));
  }
  for (const Verdict& verdict : one.verdicts) {
    std::string message = headline_of(verdict);
    if (verdict.as_stated()) {
      // That a rule holds is no news.
      if (!verdict.expected_violated) continue;
      annotate(out, "notice", place_of(scenario, verdict), scenario.title, message);
      continue;
    }
    for (const std::string& detail : details_of(one, verdict)) message += '\n' + detail;
    annotate(out, "error", place_of(scenario, verdict), scenario.title, message);
  }
}

}  // namespace

void write_github(std::ostream& out, const Run& run, const ReportStyle&) {
  std::istringstream mistakes{run.error};
  for (std::string line; std::getline(mistakes, line);) {
    const PlacedMistake mistake = mistake_in(line);
    if (mistake.place.file.empty() && line.ends_with(':')) continue;  // a heading
    annotate(out, "error", mistake.place, "outlive run", mistake.what);
  }
  for (const Played& one : run.played) annotate(out, one);
  const auto as_stated = std::ranges::count_if(run.played, &Played::as_stated);
  out << run.played.size() << (run.played.size() == 1 ? " scenario" : " scenarios") << " on "
      << as_text(run.target) << ": " << as_stated << " as stated\n";
}

}  // namespace outlive::harness
