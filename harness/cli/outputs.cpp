#include "cli/outputs.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/text.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

UserError not_writable(const Output& output) {
  return UserError{"--format " + std::string{output.format->name} + "=" + output.file +
                   ": can't be written: " + std::strerror(errno)};
}

// Before hours are played: what stands there stays as it is until there is something new.
void must_be_writable(const Output& output) {
  std::error_code ignored;
  const bool was_there = std::filesystem::exists(output.file, ignored);
  if (!std::ofstream{output.file, std::ios::app}) throw not_writable(output);
  if (!was_there) std::filesystem::remove(output.file, ignored);
}

// https://no-color.org
bool wants_colours() {
  const char* refused = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) == 1 && (!refused || *refused == '\0');
}

}  // namespace

Output parse_output(std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view name = word.substr(0, equals);
  std::vector<std::string_view> names;
  for (const ReportFormat& format : report_formats()) {
    names.push_back(format.name);
    if (format.name != name) continue;
    if (equals == word.npos) return {.format = &format, .file = {}};
    if (equals + 1 < word.size()) {
      return {.format = &format, .file = std::string{word.substr(equals + 1)}};
    }
    throw UserError{"--format " + std::string{word} + " names no file"};
  }
  std::string what = "--format: there is no format " + quoted(name);
  if (const auto near = nearest_name(name, names)) {
    what += "; did you mean " + quoted(*near) + "?";
  } else {
    what += "; there are";
    for (const std::string_view one : names) what.append(" ").append(one);
  }
  throw UserError{what};
}

std::vector<Output> complete(std::vector<Output> outputs) {
  const auto to_standard_output =
      std::ranges::count_if(outputs, [](const Output& one) { return one.file.empty(); });
  if (to_standard_output > 1) {
    throw UserError{
        "--format: two reports would go to standard output; give one a file, like "
        "junit=report.xml"};
  }
  for (const Output& output : outputs) {
    if (!output.file.empty()) must_be_writable(output);
  }
  if (to_standard_output == 0) outputs.push_back({.format = &report_formats().front(), .file = {}});
  return outputs;
}

void write_reports(const Run& run, const std::vector<Output>& outputs) {
  for (const Output& output : outputs) {
    if (output.file.empty()) {
      output.format->write(std::cout, run, {.colours = wants_colours()});
      std::cout << std::flush;
      continue;
    }
    std::ofstream file{output.file, std::ios::trunc};
    output.format->write(file, run, {});
    if (!file.flush()) throw not_writable(output);
  }
}

}  // namespace outlive::harness
