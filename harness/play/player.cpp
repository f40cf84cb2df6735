#include "play/player.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <span>

#include "base/number.hpp"
#include "play/limiter.hpp"
#include "play/observer.hpp"
#include "play/response_cache.hpp"
#include "traffic/roster.hpp"
#include "traffic/timeline.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t requests_ahead = 32;
constexpr std::uint64_t requests_between_progress = 1 << 15;

std::size_t place_of(const Scenario& scenario, std::string_view instance) {
  const auto found = std::ranges::find(scenario.instances, instance, &Instance::name);
  return static_cast<std::size_t>(found - scenario.instances.begin());
}

class Player {
 public:
  Player(const Scenario& scenario, const TargetKind& kind, const Play& play)
      : scenario_{scenario},
        seed_{play.seed},
        end_{scenario.start + std::min(play.until.value_or(scenario.duration), scenario.duration)},
        asks_ttl_{std::ranges::find(scenario.checks, CheckKind::ttl, &Check::kind) !=
                  scenario.checks.end()},
        roster_{scenario},
        observer_{scenario, roster_},
        primary_{place_of(scenario, scenario.primary)},
        cache_{place_of(scenario, scenario.cache)} {
    start_targets(kind);
    start_gateway();
  }

  Observations run(const Progress& progress) {
    Timeline timeline{scenario_, seed_};
    std::array<Request, requests_ahead> drawn;
    std::uint64_t played = 0;
    while (const std::size_t count = timeline.next(drawn)) {
      const std::span requests = std::span{drawn}.first(count);
      prefetch(requests);
      for (const Request& request : requests) {
        if (request.at > end_) return finish();
        if (request.at >= next_slice_) end_slices(request.at);
        if (next_event_ < scenario_.events.size()) handle_events(request.at);
        observer_.request(request.at);
        serve(request);
      }
      played += count;
      if (progress && played % requests_between_progress < count) {
        progress(played, timeline.expected());
      }
    }
    return finish();
  }

 private:
  // One block of traffic, with all that it needs for a request.
  struct Block {
    explicit Block(const Traffic& played) : traffic{played}, buckets(played.limits.size()) {}

    const Traffic& traffic;
    std::optional<Limiter> limiter;
    std::optional<ResponseCache> cache;
    std::vector<KeyId> buckets;  // of the request at hand
  };

  void start_targets(const TargetKind& kind) {
    const Random seeds{seed_};
    for (std::size_t i = 0; i < scenario_.instances.size(); ++i) {
      const Instance& instance = scenario_.instances[i];
      const std::uint64_t seed = seeds.fork("instance " + instance.name).seed();
      targets_.push_back(kind.start(instance, scenario_.start, seed));
      targets_[i]->on_departure(
          [this, i](const Departure& departure) { observer_.departed(i, departure); });
    }
  }

  // As the gateway starts: it loads its functions, then serves.
  void start_gateway() {
    if (std::ranges::any_of(scenario_.traffic, &Traffic::takes_tickets)) {
      note(primary_, Operation::load, load_rate_limits(*targets_[primary_], scenario_.engine));
    }
    for (const Traffic& traffic : scenario_.traffic) {
      Block& block = blocks_.emplace_back(traffic);
      if (traffic.takes_tickets()) block.limiter.emplace(traffic, *targets_[primary_], roster_);
      if (!traffic.uses_cache()) continue;
      const Random chance = Random{seed_}.fork("sizes " + traffic.prompt_set);
      block.cache.emplace(traffic, *targets_[cache_],
                          draw_sizes(traffic.sizes, traffic.prompts, chance));
    }
  }

  // Everything that happens up to and at this instant, before a request of that instant.
  void handle_events(Time until) {
    for (; next_event_ < scenario_.events.size(); ++next_event_) {
      const Event& event = scenario_.events[next_event_];
      const Time at = scenario_.start + event.at;
      if (at > until) return;
      Target& target = *targets_[place_of(scenario_, event.instance)];
      target.advance_to(at);
      configure(target, event.directives);
    }
  }

  // The keys that these requests will ask for first lie anywhere in memory: all are fetched before
  // the first is looked at.
  void prefetch(std::span<const Request> requests) {
    std::array<KeyId, requests_ahead> keys;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const Request& request = requests[i];
      keys[i] = blocks_[request.traffic].cache ? roster_.entry(request.traffic, request.prompt)
                                               : roster_.bucket(request.traffic, 0, request.user);
      roster_.prefetch(keys[i]);
    }
    for (std::size_t i = 0; i < requests.size(); ++i) roster_.prefetch_name(keys[i]);
    prefetch_on(primary_, std::span{keys}.first(requests.size()));
    if (cache_ != primary_) prefetch_on(cache_, std::span{keys}.first(requests.size()));
  }

  // Those of the keys that live on this instance.
  void prefetch_on(std::size_t instance, std::span<const KeyId> keys) {
    std::array<std::string_view, requests_ahead> names;
    std::size_t count = 0;
    for (const KeyId key : keys) {
      if (instance == (roster_.is_bucket(key) ? primary_ : cache_)) {
        names[count++] = roster_.name(key);
      }
    }
    targets_[instance]->prefetch(std::span{names}.first(count));
  }

  // In the gateway's order: a hit takes no ticket; without a ticket nothing is asked or stored.
  void serve(const Request& request) {
    Block& block = blocks_[request.traffic];
    if (block.cache && answered_from_cache(block, request)) return;
    if (block.limiter && !admitted(block, request)) return;
    if (block.cache) store(block, request);
  }

  bool answered_from_cache(Block& block, const Request& request) {
    targets_[cache_]->advance_to(request.at);
    const Answer answer =
        block.cache->get(roster_.name(roster_.entry(request.traffic, request.prompt)));
    note(cache_, Operation::cache_read, answer);
    const bool hit = answer.kind == Answer::Kind::text;
    observer_.looked_up(hit);
    return hit;
  }

  bool admitted(Block& block, const Request& request) {
    for (std::size_t i = 0; i < block.buckets.size(); ++i) {
      block.buckets[i] = roster_.bucket(request.traffic, i, request.user);
    }
    targets_[primary_]->advance_to(request.at);
    const Limiter::Result result = block.limiter->consume(block.buckets, request.at);
    const bool granted = result.outcome == Observer::Outcome::granted;
    if (result.outcome != Observer::Outcome::failed) {
      observer_.succeeded(primary_, Operation::consume);
    }
    if (granted) {
      for (const KeyId bucket : block.buckets) wrote(primary_, bucket, request.at);
    } else if (result.outcome == Observer::Outcome::failed) {
      observer_.failed(primary_, Operation::consume, result.message);
    }
    observer_.asked(block.traffic.limits, block.buckets, result.outcome);
    return granted;
  }

  void store(Block& block, const Request& request) {
    const KeyId entry = roster_.entry(request.traffic, request.prompt);
    const Answer answer = block.cache->put(roster_.name(entry), request.prompt, request.at);
    note(cache_, Operation::cache_write, answer);
    if (!answer.is_error()) wrote(cache_, entry, request.at);
  }

  void wrote(std::size_t instance, KeyId key, Time now) {
    if (observer_.wrote(instance, key) && asks_ttl_) ask_ttl(instance, key, now);
  }

  // By the instant of expiry: a TTL hangs on the target's own clock.
  void ask_ttl(std::size_t instance, KeyId key, Time now) {
    Target& target = *targets_[instance];
    const Answer answer = target.run({"PEXPIRETIME", roster_.name(key)});
    const std::optional<std::int64_t> expiry_ms = parse_integer(answer.text);
    if (answer.kind != Answer::Kind::integer || !expiry_ms) return;
    if (*expiry_ms == -2) return;  // it has gone already
    if (*expiry_ms == -1) return observer_.lives(instance, key, std::nullopt);
    const auto ahead = target.clock_ahead().value_or(std::chrono::milliseconds{0});
    observer_.lives(instance, key,
                    std::chrono::milliseconds{*expiry_ms} - ahead -
                        std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()));
  }

  void note(std::size_t instance, Operation operation, const Answer& answer) {
    if (answer.is_error()) return observer_.failed(instance, operation, answer.text);
    observer_.succeeded(instance, operation);
  }

  // Where the slices that are over by now end.
  void end_slices(Time now) {
    for (; next_slice_ <= now; ++slices_ended_, next_slice_ = slice_end(slices_ended_)) {
      if (next_event_ < scenario_.events.size()) handle_events(next_slice_);
      std::vector<std::uint64_t> used_memory;
      for (const auto& target : targets_) {
        target->advance_to(next_slice_);
        used_memory.push_back(target->used_memory());
      }
      observer_.end_slice(next_slice_, used_memory);
    }
  }

  Time slice_end(std::int64_t slices) const {
    return scenario_.start + scenario_.duration * (slices + 1) / slice_count;
  }

  Observations finish() {
    end_slices(end_);
    handle_events(end_);
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      Target& target = *targets_[i];
      target.advance_to(end_);
      // Asked before the keys, whose listing would itself take memory.
      const std::uint64_t used_memory = target.used_memory();
      observer_.look(i, target.keys());
      observer_.close(i, used_memory, target.digest());
    }
    return observer_.take(seed_, std::ranges::all_of(targets_, [](const auto& target) {
                            return target->tells_scores();
                          }));
  }

  const Scenario& scenario_;
  std::uint64_t seed_;
  Time end_;
  bool asks_ttl_;
  Roster roster_;
  Observer observer_;
  std::size_t primary_;
  std::size_t cache_;
  std::vector<std::unique_ptr<Target>> targets_;
  std::deque<Block> blocks_;
  std::size_t next_event_ = 0;
  std::int64_t slices_ended_ = 0;
  Time next_slice_ = slice_end(0);
};

}  // namespace

Observations play(const Scenario& scenario, const TargetKind& target, const Play& play,
                  const Progress& progress) {
  return Player{scenario, target, play}.run(progress);
}

}  // namespace outlive::harness
