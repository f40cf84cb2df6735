// The words of `outlive doctor`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "deployment/rule.hpp"
#include "doctor/examine.hpp"
#include "doctor/forecast.hpp"
#include "target/tls_client.hpp"

namespace CLI {
class App;
}

namespace outlive::harness {

struct DoctorOptions {
  std::string url;
  TlsTrust tls;
  ExamineOptions examine;
  double rate = 2'000;  // commands a second
  std::optional<std::uint64_t> maxmemory;
  std::string policy;
  ForecastOptions forecast;
  std::string format = "text";
  Severity fails_at = Severity::warning;
};

// Teaches the application to read them, and its help. Keeps a reference to `options`.
void describe(CLI::App& app, DoctorOptions& options);

}  // namespace outlive::harness
