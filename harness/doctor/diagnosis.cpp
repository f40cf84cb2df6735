#include "doctor/diagnosis.hpp"

#include <algorithm>

namespace outlive::harness {
namespace {

// Directives that rules ask for: where nobody told them they are not known, rather than Valkey's
// defaults.
constexpr std::string_view asked_for[] = {"maxmemory", "maxmemory-policy", "maxmemory-samples",
                                          "save", "appendonly"};

constexpr DoctorFormat formats[] = {{"text", write_doctor_text}, {"json", write_doctor_json}};

}  // namespace

std::span<const DoctorFormat> doctor_formats() {
  return formats;
}

int Diagnosis::exit_status() const {
  const auto fails = [this](const Judged& one) { return one.severity >= fails_at; };
  return std::ranges::any_of(findings, fails) ? 1 : 0;
}

Deployment deployment_of(const Examination& examination) {
  const ServerFacts& facts = examination.facts;
  DeployedServer server;
  server.name = facts.url;
  ServerDirectives& directives = server.directives;
  directives.known = true;
  const auto say = [&directives](const std::string& name, const std::string& value) {
    directives.said[name] = {value, Origin{{}, 0, name}};
  };
  for (const auto& [name, value] : facts.directives) say(name, value);
  if (facts.maxmemory) say("maxmemory", std::to_string(*facts.maxmemory));
  if (facts.policy) say("maxmemory-policy", *facts.policy);
  for (const std::string_view name : asked_for) {
    if (!directives.said.contains(name)) directives.unclear.emplace(name);
  }
  Deployment deployment;
  deployment.servers.push_back(std::move(server));
  if (examination.keys_of(Role::limits) > 0) deployment.primary = 0;
  if (examination.keys_of(Role::answers) > 0) deployment.cache = 0;
  return deployment;
}

}  // namespace outlive::harness
