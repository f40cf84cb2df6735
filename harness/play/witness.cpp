#include "play/witness.hpp"

#include <algorithm>
#include <optional>

#include "base/number.hpp"

namespace outlive::harness {
namespace {

// What PEXPIRETIME answers where there is no instant.
constexpr std::int64_t no_key = -2, no_expiry = -1;

}  // namespace

Witness::Witness(const Scenario& scenario, const Roster& roster, std::deque<Node>& nodes,
                 Observer& observer)
    : roster_{roster},
      nodes_{nodes},
      observer_{observer},
      asks_ttl_{std::ranges::find(scenario.checks, CheckKind::ttl, &Check::kind) !=
                scenario.checks.end()} {}

void Witness::maybe_wrote(std::size_t instance, KeyId key, Time now) {
  Node& node = nodes_[instance];
  if (!node.runs() || !node.done_unheard()) return;
  if (node.server().run({"EXISTS", roster_.name(key)}).text == "1") wrote(instance, key, now);
}

void Witness::affected(std::size_t instance, KeyId key, KeyEffect effect, Time now) {
  if (effect == KeyEffect::reads) return;
  Target& server = nodes_[instance].server();
  const auto ahead = server.clock_ahead();
  // Booked before anything is asked, which might push it out.
  if (effect == KeyEffect::makes) {
    wrote(instance, key, now);
    if (!ahead) return;
  }
  const std::string_view name = roster_.name(key);
  const auto expiry_ms = parse_integer(server.run({"PEXPIRETIME", name}).text);
  if (!expiry_ms) return;
  if (*expiry_ms == no_key) {
    observer_.gone(instance, key);
  } else if (effect != KeyEffect::makes) {
    wrote(instance, key, now);
  }
  if (!ahead) return;
  const Time expiry{std::chrono::milliseconds{*expiry_ms} - *ahead};
  if (*expiry_ms == no_key || *expiry_ms == no_expiry) {
    server.will_not_expire(name);
  } else if (expiry >=
             std::chrono::floor<std::chrono::milliseconds>(nodes_[instance].clock_at(now))) {
    server.will_expire(name, expiry);
  }
  // Else a script has set it, by the server's own clock.
}

// By the instant of expiry: a TTL hangs on the target's own clock.
void Witness::ask_ttl(std::size_t instance, KeyId key, Time now) {
  Node& node = nodes_[instance];
  const Answer answer = node.server().run({"PEXPIRETIME", roster_.name(key)});
  const std::optional<std::int64_t> expiry_ms = parse_integer(answer.text);
  if (answer.kind != Answer::Kind::integer || !expiry_ms) return;
  if (*expiry_ms == no_key) return;  // it has gone already
  if (*expiry_ms == no_expiry) return observer_.lives(instance, key, std::nullopt);
  const auto ahead = node.server().clock_ahead().value_or(std::chrono::milliseconds{0});
  observer_.lives(
      instance, key,
      std::chrono::milliseconds{*expiry_ms} - ahead -
          std::chrono::floor<std::chrono::milliseconds>(node.clock_at(now).time_since_epoch()));
}

}  // namespace outlive::harness
