// What `outlive doctor` has to say: what was seen, what is to be feared, what will become of it.
#pragma once

#include <ostream>
#include <span>
#include <string_view>
#include <vector>

#include "deployment/rule.hpp"
#include "doctor/examination.hpp"
#include "doctor/forecast.hpp"

namespace outlive::harness {

// Of the JSON's form; it grows when a program that reads the old form would misread the new one.
constexpr int doctor_report_version = 1;

struct Diagnosis {
  Examination examination;
  Forecast forecast;
  std::vector<Judged> findings;  // the worst first
  Severity fails_at = Severity::warning;

  // 0: nothing of `fails_at` or worse was found. 1: something was.
  int exit_status() const;
};

// What is known of the server as `outlive check` knows a deployment: rate limits are on it if keys
// of that role were seen, answers likewise.
Deployment deployment_of(const Examination& examination);

// By the rules of `outlive check` that a look at a server can answer, and by those that only a look
// can.
std::vector<Judged> judge_live(const Examination& examination, const Forecast& forecast);

struct DoctorFormat {
  std::string_view name;
  void (*write)(std::ostream& out, const Diagnosis& diagnosis);
};
// The default first.
std::span<const DoctorFormat> doctor_formats();

void write_doctor_text(std::ostream& out, const Diagnosis& diagnosis);
// In the form of doctor.schema.json.
void write_doctor_json(std::ostream& out, const Diagnosis& diagnosis);

}  // namespace outlive::harness
