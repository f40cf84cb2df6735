// What `--format` asks for: which reports, and where they go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/report.hpp"

namespace outlive::harness {

struct Output {
  const ReportFormat* format = nullptr;
  std::string file;  // "": standard output
};

// "junit" or "junit=report.xml". Throws UserError for a format that there is not.
Output parse_output(std::string_view word);

// The same, with the table on standard output where nothing else goes there. Throws UserError for
// two that would, and for a file that can't be written.
std::vector<Output> complete(std::vector<Output> outputs);

// Writes them all. Throws UserError for a file that can't be written.
void write_reports(const Run& run, const std::vector<Output>& outputs);

}  // namespace outlive::harness
