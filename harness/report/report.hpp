// What became of a run, for people and for programs.
#pragma once

#include <chrono>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check/verdict.hpp"

namespace outlive::harness {

// One scenario played. `error` is why it could not be; then there are no verdicts.
struct Played {
  Scenario scenario;
  std::uint64_t seed = 0;
  std::optional<Span> until = {};  // only so much of it was played
  Observations observations;
  std::vector<Verdict> verdicts;
  std::string error;
  bool interrupted = false;          // somebody stopped it; `error` says so
  std::chrono::milliseconds took{};  // on the machine's clock; zero: not measured

  bool as_stated() const;
  Span lasted() const;  // in virtual time
};

struct Run {
  std::string target;
  bool repeatable = true;
  std::vector<Played> played;
  std::chrono::milliseconds took{};  // on the machine's clock; zero: not measured
  // Why nothing could be played, a line a mistake, most of them as "file:line: what". Then `played`
  // is empty.
  std::string error = {};

  // 0: all as stated; 1: something is not; 2: something could not be run.
  int exit_status() const;
};

struct ReportStyle {
  bool colours = false;
};

struct ReportFormat {
  std::string_view name;
  std::string_view meaning;
  void (*write)(std::ostream& out, const Run& run, const ReportStyle& style);
  bool for_programs = true;
};

// All formats; the first is the default.
std::span<const ReportFormat> report_formats();

void write_table(std::ostream& out, const Run& run, const ReportStyle& style);
void write_json(std::ostream& out, const Run& run, const ReportStyle& style);
void write_html(std::ostream& out, const Run& run, const ReportStyle& style);
void write_junit(std::ostream& out, const Run& run, const ReportStyle& style);
void write_github(std::ostream& out, const Run& run, const ReportStyle& style);

}  // namespace outlive::harness
