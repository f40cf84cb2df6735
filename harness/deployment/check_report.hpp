// What `outlive check` writes, for people and for programs.
#pragma once

#include <ostream>
#include <span>
#include <string_view>
#include <vector>

#include "deployment/rule.hpp"
#include "scenario/mistakes.hpp"

namespace outlive::harness {

// Of the JSON's form; it grows when a program that reads the old form would misread the new one.
constexpr int check_report_version = 1;

struct CheckResult {
  Deployment deployment;
  std::vector<Judged> findings;   // the worst first
  std::vector<Mistake> mistakes;  // where it could not be read; then there is nothing else
  Severity fails_at = Severity::warning;

  std::size_t count(Severity severity) const;
  // 0: nothing of `fails_at` or worse was found. 1: something was. 2: it could not be read.
  int exit_status() const;
};

struct CheckFormat {
  std::string_view name;
  std::string_view meaning;
  void (*write)(std::ostream& out, const CheckResult& result);
};
// The default first.
std::span<const CheckFormat> check_formats();

void write_check_text(std::ostream& out, const CheckResult& result);
void write_check_json(std::ostream& out, const CheckResult& result);
// SARIF 2.1.0, which code scanning reads. Paths are as they were named.
void write_check_sarif(std::ostream& out, const CheckResult& result);

// Every rule with why it is one, for people.
void write_rules(std::ostream& out);

}  // namespace outlive::harness
