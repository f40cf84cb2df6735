#include "doctor/examine.hpp"

#include <algorithm>

#include "doctor/closer_look.hpp"
#include "doctor/facts.hpp"
#include "doctor/scan.hpp"

namespace outlive::harness {
namespace {

constexpr Span between_min = std::chrono::seconds{1};

double difference(std::optional<std::uint64_t> after, std::optional<std::uint64_t> before) {
  if (!after || !before) return 0;
  return static_cast<double>(*after) - static_cast<double>(*before);
}

// What has changed, a second; none where too little time has passed to tell.
std::optional<Growth> growth_between(const ServerFacts& before, const ServerFacts& after,
                                     Span between) {
  if (between < between_min) return std::nullopt;
  const double seconds = static_cast<double>(between.count()) / 1e6;
  return Growth{.between = between,
                .bytes = difference(after.used_memory, before.used_memory) / seconds,
                .keys = difference(after.keys(), before.keys()) / seconds,
                .evicted = difference(after.evicted_keys, before.evicted_keys) / seconds,
                .expired = difference(after.expired_keys, before.expired_keys) / seconds};
}

}  // namespace

Examination examine(GentleClient& client, const ExamineOptions& options, int database,
                    const ExamineProgress& progress) {
  Examination examination;
  read_facts(client, examination);
  const std::int64_t began_us = examination.seen_at_us;
  Scanned scanned =
      scan_databases(client, examination.facts, options, database, progress, examination.unseen);
  examination.scanned = scanned.named;
  // The first use of a command costs the server a histogram (24 KB), which is no growth of its
  // keys, and evicts some at the cap.
  ServerFacts before = examination.facts;
  std::int64_t before_us = began_us;
  const auto look_again = [&] {
    const OwnedReply info = client.ask({"INFO"});
    if (refused(info)) return;
    before = facts_of(parse_info(text_of(*info)));
    before_us = client.now_us();
  };
  look_closer(client, std::move(scanned), options, progress, look_again, examination);
  if (options.watch > Span::zero()) {
    const auto ends_us = began_us + options.watch.count();
    for (std::int64_t now_us = client.now_us(); now_us < ends_us; now_us = client.now_us()) {
      progress("seconds watched", static_cast<std::uint64_t>(now_us - began_us) / 1'000'000,
               static_cast<std::uint64_t>(options.watch.count()) / 1'000'000);
      client.wait_until(std::min(now_us + 1'000'000, ends_us));
    }
  }
  if (const OwnedReply info = client.ask({"INFO"}); !refused(info)) {
    const ServerFacts after = facts_of(parse_info(text_of(*info)));
    examination.growth = growth_between(before, after, Span{client.now_us() - before_us});
    const double evicted = difference(after.evicted_keys, examination.facts.evicted_keys);
    examination.evicted_meanwhile = static_cast<std::uint64_t>(std::max(evicted, 0.0));
  }
  examination.commands = client.sent();
  return examination;
}

}  // namespace outlive::harness
