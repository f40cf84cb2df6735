// The JSON Schema of the JSON report, report/run.schema.json.
#pragma once

#include <string_view>

namespace outlive::harness {

extern const std::string_view run_schema;

// The form of the report. It grows when a program that reads the old form would misread the new
// one; what is merely added does not count.
constexpr int json_report_version = 1;

}  // namespace outlive::harness
