#include "deployment/check_report.hpp"

#include <algorithm>

namespace outlive::harness {
namespace {

constexpr CheckFormat formats[] = {
    {"text", "for people", write_check_text},
    {"json", "for programs, in the form of check.schema.json", write_check_json},
    {"sarif", "SARIF 2.1.0, for code scanning", write_check_sarif},
};

}  // namespace

std::span<const CheckFormat> check_formats() {
  return formats;
}

std::size_t CheckResult::count(Severity severity) const {
  return static_cast<std::size_t>(std::ranges::count(findings, severity, &Judged::severity));
}

int CheckResult::exit_status() const {
  if (!mistakes.empty()) return 2;
  const auto fails = [this](const Judged& one) { return one.severity >= fails_at; };
  return std::ranges::any_of(findings, fails) ? 1 : 0;
}

}  // namespace outlive::harness
