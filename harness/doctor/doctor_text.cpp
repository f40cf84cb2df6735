// The report for people.
#include <algorithm>
#include <cmath>
#include <ostream>

#include "deployment/finding_text.hpp"
#include "deployment/words.hpp"
#include "doctor/columns.hpp"
#include "doctor/diagnosis.hpp"
#include "doctor/words.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

std::string range(std::optional<Span> low, std::optional<Span> high) {
  if (!low || !high) return "-";
  const auto whole = [](Span span) { return std::chrono::round<std::chrono::seconds>(span); };
  const std::string from = format_span(whole(*low)), to = format_span(whole(*high));
  return from == to ? from : from + " to " + to;
}

std::string memory_in_words(const ServerFacts& facts) {
  if (!facts.used_memory) return "not told";
  std::string words = size_in_words(static_cast<double>(*facts.used_memory));
  if (facts.maxmemory.value_or(0) > 0) {
    words += " of " + size_in_words(static_cast<double>(*facts.maxmemory)) + " (" +
             percent_in_words(static_cast<double>(*facts.used_memory),
                              static_cast<double>(*facts.maxmemory)) +
             ")";
  } else if (facts.maxmemory) {
    words += ", without a cap";
  }
  words += ", maxmemory-policy " + facts.policy.value_or("not told");
  const auto samples = facts.directives.find("maxmemory-samples");
  if (samples != facts.directives.end()) words += ", maxmemory-samples " + samples->second;
  return words;
}

std::string history_in_words(const ServerFacts& facts) {
  if (!facts.evicted_keys) return "not told";
  std::string words = format_count(*facts.evicted_keys) + " keys evicted, " +
                      format_count(facts.expired_keys.value_or(0)) + " expired";
  const std::uint64_t reads = facts.hits.value_or(0) + facts.misses.value_or(0);
  if (reads > 0) {
    words += "; " + percent_in_words(static_cast<double>(*facts.hits), static_cast<double>(reads)) +
             " of " + format_count(reads) + " reads were hits";
  }
  return words;
}

std::string growth_in_words(const Growth& growth) {
  const auto signed_size = [](double bytes) {
    return (bytes < 0 ? "-" : "+") + size_in_words(std::abs(bytes));
  };
  return "in " + format_span(std::chrono::round<std::chrono::seconds>(growth.between)) + ": " +
         signed_size(growth.bytes) + " a second, " + keys_in_words(growth.evicted) +
         " evicted and " + keys_in_words(growth.expired) + " expired a second";
}

void write_server(std::ostream& out, const Examination& seen) {
  const ServerFacts& facts = seen.facts;
  out << facts.url << ": " << (facts.version.empty() ? "a server" : facts.version);
  if (facts.uptime_s) {
    out << ", up " << format_span(std::chrono::seconds{static_cast<std::int64_t>(*facts.uptime_s)});
  }
  out << (facts.is_replica ? ", a replica" : "") << '\n';
  write_beside(out, "memory", memory_in_words(facts));
  write_beside(out, "so far", history_in_words(facts));
  if (seen.growth) write_beside(out, "watched", growth_in_words(*seen.growth));
  write_beside(out, "looked",
               "at the names of " + format_count(seen.scanned) + " of " +
                   format_count(std::max(facts.keys(), seen.scanned)) + " keys, closely at " +
                   format_count(seen.looked_at) + "; " + format_count(seen.commands) +
                   " commands, none of which reads a value or writes" +
                   (seen.evicted_meanwhile == 0
                        ? ""
                        : "; meanwhile " + format_count(seen.evicted_meanwhile) +
                              " keys were evicted: memory is full, and a connection and the first "
                              "use of a command cost some"));
  out << '\n';
}

void write_groups(std::ostream& out, const Examination& seen) {
  if (seen.groups.empty()) {
    out << "  No keys were seen.\n\n";
    return;
  }
  double bytes = 0;
  bool several = false;
  for (const KeyGroup& group : seen.groups) {
    bytes += group.keys * group.bytes_each();
    several |= group.database != seen.groups.front().database;
  }
  Columns table{{"keys", "role", "number", "bytes each", "of all bytes", "without TTL",
                 "TTL left, 10 to 90 %", "not used for"}};
  for (const KeyGroup& group : seen.groups) {
    table.add({(several ? "db" + std::to_string(group.database) + " " : "") + group.pattern.glob,
               std::string{to_string(group.pattern.role)}, keys_in_words(group.keys),
               keys_in_words(group.bytes_each()),
               percent_in_words(group.keys * group.bytes_each(), bytes),
               percent_in_words(group.share_without_ttl(), 1),
               range(group.ttl_left(0.1, seen.now_ms), group.ttl_left(0.9, seen.now_ms)),
               range(group.idle(0.1, seen.now_ms), group.idle(0.9, seen.now_ms))});
  }
  table.write(out);
  out << '\n';
}

std::string until_in_words(const CapForecast& until) {
  switch (until.when) {
    case CapForecast::When::met:
      return "Memory is full.";
    case CapForecast::When::after:
      return "Memory is full in " + format_span(until.after) + ", by " + until.by + ".";
    case CapForecast::When::settles:
      return "Memory does not fill, by " + until.by + ".";
    case CapForecast::When::no_cap:
      return "There is no cap.";
    default:
      return "When memory is full can't be told: it was not seen to grow. --watch 1m looks for "
             "longer; --writes-per-second N or --bytes-per-second SIZE say what will come.";
  }
}

std::string first_to_go(const Examination& seen, const Prognosis& now) {
  std::string words;
  double all = 0;
  for (const double share : now.first) all += share;
  for (std::size_t i = 0; i < now.first.size(); ++i) {
    if (now.first[i] < 0.5) continue;
    words += (words.empty() ? "" : ", ") + percent_in_words(now.first[i], all) + " " +
             seen.groups[i].pattern.glob;
  }
  return words;
}

void write_forecast(std::ostream& out, const Examination& seen, const Forecast& forecast) {
  out << until_in_words(forecast.until) << '\n';
  if (!forecast.why_not.empty()) {
    out << "No eviction was played: " << forecast.why_not << ".\n\n";
    return;
  }
  out << "Played in the emulator, "
      << (forecast.scale == 1 ? "every key" : "one key of " + format_count(forecast.scale))
      << " rebuilt, " << forecast.trials << " times each:\n";
  write_beside(out, "load",
               keys_in_words(forecast.writes) + " new keys " + in_words(*forecast.plan, seen));
  const Prognosis& now = forecast.prognoses.front();
  if (const std::string first = first_to_go(seen, now); !first.empty()) {
    write_beside(out, "first", "of the first hundred to go: " + first);
  }
  out << '\n';
  Columns table{{"settings", "limits lost", "of them", "least to most", "not refilled",
                 "others evicted", "writes refused"}};
  for (const Prognosis& one : forecast.prognoses) {
    table.add({one.treatment.name, keys_in_words(one.limits_lost),
               percent_in_words(one.limits_lost, forecast.limits),
               keys_in_words(one.limits_lost_min) + " to " + keys_in_words(one.limits_lost_max),
               keys_in_words(one.limits_lost_unrefilled), keys_in_words(one.others_evicted),
               keys_in_words(one.refused)});
  }
  table.write(out);
  if (forecast.limits_alone_bytes > 0) {
    write_beside(out, "or",
                 "limits on a server of their own: none lost, with noeviction and maxmemory " +
                     size_in_words(static_cast<double>(forecast.limits_alone_bytes)));
  }
  out << '\n';
}

}  // namespace

void write_doctor_text(std::ostream& out, const Diagnosis& diagnosis) {
  const Examination& seen = diagnosis.examination;
  write_server(out, seen);
  write_groups(out, seen);
  for (const Judged& one : diagnosis.findings) write_finding(out, one);
  write_forecast(out, seen, diagnosis.forecast);
  if (!seen.unseen.empty()) {
    out << "Could not be seen:\n";
    for (const Unseen& one : seen.unseen) write_beside(out, "*", one.what + ": " + one.remedy);
    out << '\n';
  }
  const auto count = [&diagnosis](Severity severity) {
    return static_cast<std::size_t>(
        std::ranges::count(diagnosis.findings, severity, &Judged::severity));
  };
  out << counted(count(Severity::error), "error") << ", "
      << counted(count(Severity::warning), "warning") << ", "
      << counted(count(Severity::note), "note") << ".\n";
}

}  // namespace outlive::harness
