#include "report/overview.hpp"

#include <algorithm>

#include "scenario/quantity.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {
namespace {

std::string limits_lost(const Observations& seen) {
  const std::string pattern = std::string{bucket_prefix} + '*';
  const auto place = std::ranges::find(seen.patterns, pattern) - seen.patterns.begin();
  if (place == std::ssize(seen.patterns)) return "-";
  std::uint64_t written = 0, lost = 0;
  for (const InstanceObservations& instance : seen.instances) {
    written += instance.patterns[static_cast<std::size_t>(place)].written;
    lost += instance.patterns[static_cast<std::size_t>(place)].lost;
  }
  return written == 0 ? "-" : format_count(lost) + " of " + format_count(written);
}

std::string commands_failed(const Observations& seen) {
  std::uint64_t count = 0;
  for (const InstanceObservations& instance : seen.instances) {
    for (const OperationTally& operation : instance.operations) {
      for (const auto& [message, error] : operation.errors) count += error.count;
    }
  }
  return format_count(count);
}

std::string outcome_of(const Played& played) {
  if (played.interrupted) return "interrupted";
  if (!played.error.empty()) return "could not run";
  if (!played.as_stated()) return "NOT as stated";
  const auto violated =
      std::ranges::count(played.verdicts, Verdict::Finding::violated, &Verdict::finding);
  return violated == 0 ? "all hold" : std::to_string(violated) + " violated, as stated";
}

}  // namespace

Overview overview_of(const Played& played) {
  Overview overview;
  overview.outcome = outcome_of(played);
  if (!played.error.empty()) return overview;
  const Observations& seen = played.observations;
  overview.limits_lost = limits_lost(seen);
  if (seen.admission.asked > 0) overview.tickets_too_many = format_count(seen.admission.excess);
  overview.errors = commands_failed(seen);
  return overview;
}

}  // namespace outlive::harness
