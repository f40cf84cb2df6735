#include "report/report.hpp"

#include <algorithm>

namespace outlive::harness {
namespace {

constexpr ReportFormat formats[] = {
    {"table", "for people; the default", write_table, false},
    {"json", "every verdict and figure, for programs", write_json},
    {"junit", "JUnit's XML, for CI", write_junit},
    {"html", "a page to look at, with charts", write_html},
    {"github", "annotations, for GitHub Actions", write_github},
};

}  // namespace

bool Played::as_stated() const {
  return error.empty() && std::ranges::all_of(verdicts, &Verdict::as_stated);
}

Span Played::lasted() const {
  return std::min(until.value_or(scenario.duration), scenario.duration);
}

int Run::exit_status() const {
  int status = error.empty() ? 0 : 2;
  for (const Played& one : played) {
    status = std::max(status, !one.error.empty() ? 2 : one.as_stated() ? 0 : 1);
  }
  return status;
}

std::span<const ReportFormat> report_formats() {
  return formats;
}

}  // namespace outlive::harness
