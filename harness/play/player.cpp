#include "play/player.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "base/number.hpp"
#include "base/text.hpp"
#include "outlive/emulator.hpp"
#include "play/incidents.hpp"
#include "play/limiter.hpp"
#include "play/neighbour.hpp"
#include "play/node.hpp"
#include "play/observer.hpp"
#include "play/response_cache.hpp"
#include "play/witness.hpp"
#include "traffic/drawn_ahead.hpp"
#include "traffic/roster.hpp"
#include "traffic/timeline.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t requests_ahead = 32;
constexpr std::size_t keys_ahead = 2 * requests_ahead;
constexpr std::uint64_t requests_between_progress = 1 << 15;

// How long until what supervises a gateway starts it again after a start that failed.
constexpr Span gateway_start_again = std::chrono::seconds{10};
constexpr std::string_view gateway_is_down =
    "the gateway does not run: it could not load its functions";

std::size_t place_of(const Scenario& scenario, std::string_view instance) {
  const auto found = std::ranges::find(scenario.instances, instance, &Instance::name);
  return static_cast<std::size_t>(found - scenario.instances.begin());
}

// The cap that these directives set; none: they say nothing of it.
std::optional<std::uint64_t> maxmemory_in(std::span<const Directive> directives) {
  std::optional<std::uint64_t> bytes;
  for (const auto& [name, value] : directives) {
    if (equal_ignoring_case(name, "maxmemory")) bytes = parse_memory(value);
  }
  return bytes;
}

// By instance, the databases that keys may be in.
std::vector<std::vector<int>> databases_of(const Scenario& scenario) {
  std::vector<std::set<int>> found(scenario.instances.size());
  const auto add = [&](std::string_view instance, int database) {
    if (!instance.empty()) found[place_of(scenario, instance)].insert(database);
  };
  add(scenario.primary, scenario.primary_database);
  add(scenario.cache, scenario.cache_database);
  for (const Traffic& traffic : scenario.traffic) {
    if (traffic.database || !traffic.transcript) {
      add(traffic.instance, traffic.database.value_or(0));
    } else {
      for (const Transcript::Line& line : traffic.transcript->lines)
        add(traffic.instance, line.database);
    }
  }
  std::vector<std::vector<int>> databases;
  for (const std::set<int>& of_instance : found) {
    databases.emplace_back(of_instance.begin(), of_instance.end());
  }
  return databases;
}

class Player {
 public:
  Player(const Scenario& scenario, const TargetKind& kind, const Play& play)
      : scenario_{scenario},
        seed_{play.seed},
        stop_{play.stop},
        end_{scenario.start + std::min(play.until.value_or(scenario.duration), scenario.duration)},
        roster_{scenario},
        observer_{scenario, roster_},
        witness_{scenario, roster_, nodes_, observer_},
        primary_{place_of(scenario, scenario.primary)},
        cache_{place_of(scenario, scenario.cache)},
        databases_{databases_of(scenario)},
        moments_{moments_of(scenario)} {
    kind.must_suit(scenario);
    approximations_ = kind.approximations(scenario);
    start_nodes(kind);
    make_blocks();
    for (Gateway& gateway : gateways_) start(gateway, scenario_.start);
  }

  Observations run(const Progress& progress) {
    Timeline timeline{scenario_, seed_};
    DrawnAhead drawn{timeline};
    std::span<const Request> rest;
    std::uint64_t played = 0;
    while (!(rest = rest.empty() ? drawn.next() : rest).empty()) {
      if (stop_ && *stop_) throw Interrupted{};
      const std::size_t count = std::min(rest.size(), requests_ahead);
      const std::span requests = rest.first(count);
      rest = rest.subspan(count);
      prefetch(requests);
      for (const Request& request : requests) {
        if (request.at > end_) return finish();
        if (request.at >= next_slice_) end_slices(request.at);
        if (next_moment_ < moments_.size()) happen_until(request.at);
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
  // One that serves requests, while it runs.
  struct Gateway {
    std::string name;
    bool limits = false;  // whether it loads functions when it starts
    bool runs = false;
    Time next_start{};  // of one that could not start
    DriftingClock clock;
  };

  // One block of traffic, with all that it needs for a request.
  struct Block {
    Block(const Traffic& played, std::size_t through)
        : traffic{played}, gateway{through}, buckets(played.limits.size()) {}

    const Traffic& traffic;
    std::size_t gateway;
    std::optional<Limiter> limiter;
    std::optional<ResponseCache> cache;
    std::optional<Neighbour> neighbour;  // no gateway's
    std::vector<KeyId> buckets;          // of the request at hand
  };

  void start_nodes(const TargetKind& kind) {
    const Random seeds{seed_};
    for (std::size_t i = 0; i < scenario_.instances.size(); ++i) {
      const Instance& instance = scenario_.instances[i];
      const std::uint64_t seed = seeds.fork("instance " + instance.name).seed();
      Node& node = nodes_.emplace_back(kind.start(instance, scenario_.start, seed),
                                       seeds.fork("troubles of " + instance.name));
      maxmemory_.push_back(maxmemory_in(instance.directives).value_or(0));
      node.server().on_departure(
          [this, i](const Departure& departure) { observer_.departed(i, departure); });
    }
    if (scenario_.primary.empty()) return;
    primary_link_.emplace(nodes_[primary_], scenario_.primary_database);
    cache_link_.emplace(nodes_[cache_], scenario_.cache_database);
  }

  void make_blocks() {
    for (const Traffic& traffic : scenario_.traffic) {
      if (!traffic.comes_through_gateway()) {
        add_neighbour(traffic);
        continue;
      }
      const std::size_t through = gateway_called(traffic.gateway);
      Block& block = blocks_.emplace_back(traffic, through);
      if (traffic.takes_tickets()) {
        gateways_[through].limits = true;
        block.limiter.emplace(traffic, *primary_link_, roster_);
      }
      if (!traffic.uses_cache()) continue;
      const Random chance = Random{seed_}.fork("sizes " + traffic.prompt_set);
      block.cache.emplace(
          traffic, *cache_link_,
          draw_sizes(traffic.sizes, traffic.prompts_in(scenario_.duration), chance));
    }
  }

  void add_neighbour(const Traffic& traffic) {
    const std::size_t place = blocks_.size();
    const std::size_t instance = place_of(scenario_, traffic.instance);
    Block& block = blocks_.emplace_back(traffic, 0);
    block.neighbour.emplace(
        scenario_, place, Neighbour::Where{instance, nodes_[instance], databases_[instance]},
        roster_, witness_, observer_, Random{seed_}.fork("commands " + std::to_string(place)));
  }

  std::size_t gateway_called(const std::string& name) {
    const auto found = std::ranges::find(gateways_, name, &Gateway::name);
    if (found == gateways_.end()) {
      gateways_.push_back({.name = name, .next_start = {}, .clock = {}});
      return gateways_.size() - 1;
    }
    return static_cast<std::size_t>(found - gateways_.begin());
  }

  // It loads its functions, then serves. One that can't is started again after a while.
  void start(Gateway& gateway, Time now) {
    gateway.runs = true;
    if (!gateway.limits) return;
    nodes_[primary_].advance_to(now);
    const Answer answer = load_rate_limits(*primary_link_, scenario_.engine);
    witness_.note(primary_, Operation::load, answer);
    gateway.runs = !answer.is_error();
    gateway.next_start = now + gateway_start_again;
  }

  // Everything that happens up to and at this instant, before a request of that instant.
  void happen_until(Time until) {
    for (; next_moment_ < moments_.size(); ++next_moment_) {
      const Moment& moment = moments_[next_moment_];
      const Time at = scenario_.start + moment.at;
      if (at > until) return;
      observer_.moment(at);
      happen(moment, at);
    }
  }

  void happen(const Moment& moment, Time at) {
    const Event& event = *moment.event;
    if (event.kind == EventKind::gateway_restart) return restart_gateways(event, at);
    if (event.kind == EventKind::clock) return change_clock(event, at);
    const std::size_t place = place_of(scenario_, event.instance);
    Node& node = nodes_[place];
    node.advance_to(at);
    switch (moment.part) {
      case Moment::Part::saves:
        return node.save();
      case Moment::Part::over:
        node.end(event, at);
        break;
      case Moment::Part::begins:
        if (event.kind == EventKind::config || event.kind == EventKind::flush) {
          return command(place, event);
        }
        node.begin(event, at);
        if (event.is_end_of_server()) {
          maxmemory_[place] = maxmemory_in(scenario_.instances[place].directives).value_or(0);
        }
        if (event.is_end_of_server() && !event.persistent) observer_.recount(place, {});
    }
    if (event.is_end_of_server() && event.persistent && node.runs()) {
      observer_.recount(place, keys_of(place));
    }
  }

  // An operator's command. A server that is down can't be told anything.
  void command(std::size_t place, const Event& event) {
    Node& node = nodes_[place];
    if (!node.runs()) {
      throw UserError{place_of(scenario_, event.line) + ": " + event.instance +
                      " is down when this happens"};
    }
    if (event.kind == EventKind::config) {
      const std::vector<Directive> set = configure(node.server(), event.directives);
      maxmemory_[place] = maxmemory_in(set).value_or(maxmemory_[place]);
      return;
    }
    node.server().run({"FLUSHALL"});
    observer_.recount(place, {});
  }

  void restart_gateways(const Event& event, Time at) {
    for (Gateway& gateway : gateways_) {
      if (event.gateway.empty() || gateway.name == event.gateway) start(gateway, at);
    }
  }

  void change_clock(const Event& event, Time at) {
    if (!event.gateway.empty()) {
      return gateways_[gateway_called(event.gateway)].clock.change(at, event.by, event.drift);
    }
    Node& node = nodes_[place_of(scenario_, event.instance)];
    node.advance_to(at);
    node.clock().change(at, event.by, event.drift);
    if (node.runs() && event.by != Span::zero()) node.server().set_clock(node.clock_at(at));
  }

  // The keys that these requests will ask for lie anywhere in memory: all are fetched before the
  // first is looked at.
  void prefetch(std::span<const Request> requests) {
    std::array<KeyId, keys_ahead> keys;
    std::size_t count = 0;
    const auto add = [&](KeyId key) {
      keys[count++] = key;
      roster_.prefetch(key);
      observer_.prefetch(key);
    };
    for (const Request& request : requests) {
      const Block& block = blocks_[request.traffic];
      if (block.cache) add(roster_.entry(request.traffic, request.prompt));
      if (!block.cache && block.limiter) add(roster_.bucket(request.traffic, 0, request.user));
    }
    // Who will find no answer takes a ticket.
    for (const Request& request : requests) {
      const Block& block = blocks_[request.traffic];
      if (!block.cache || observer_.holds(roster_.entry(request.traffic, request.prompt))) continue;
      block.cache->prefetch(request.prompt);
      if (block.limiter) add(roster_.bucket(request.traffic, 0, request.user));
    }
    if (count == 0) return;
    for (std::size_t i = 0; i < count; ++i) roster_.prefetch_name(keys[i]);
    prefetch_on(primary_, std::span{keys}.first(count));
    if (cache_ != primary_) prefetch_on(cache_, std::span{keys}.first(count));
  }

  // Those of the keys that live on this instance.
  void prefetch_on(std::size_t instance, std::span<const KeyId> keys) {
    if (!nodes_[instance].runs()) return;
    std::array<std::string_view, keys_ahead> names;
    std::size_t count = 0;
    for (const KeyId key : keys) {
      if (instance == (roster_.is_bucket(key) ? primary_ : cache_)) {
        names[count++] = roster_.name(key);
      }
    }
    nodes_[instance].server().prefetch(std::span{names}.first(count));
  }

  // In the gateway's order: a hit takes no ticket; without a ticket nothing is asked or stored.
  void serve(const Request& request) {
    Block& block = blocks_[request.traffic];
    if (block.neighbour) {
      block.neighbour->serve(request);
      return wait();
    }
    if (!gateways_[block.gateway].runs && !comes_up(block, request)) return;
    const bool answered = block.cache && answered_from_cache(block, request);
    if (!answered && (!block.limiter || admitted(block, request)) && block.cache) {
      store(block, request);
    }
    wait();
  }

  void wait() {
    // Before anything has happened nothing makes a request wait.
    if (next_moment_ == 0) [[likely]]
      return;
    Span waited{};
    for (Node& node : nodes_) waited += node.take_wait();
    if (waited > Span::zero()) observer_.waited(waited);
  }

  // Tries to start a gateway that could not; a request finds it up or fails.
  bool comes_up(Block& block, const Request& request) {
    Gateway& gateway = gateways_[block.gateway];
    if (request.at >= gateway.next_start) start(gateway, request.at);
    if (gateway.runs) return true;
    if (block.limiter) {
      take_buckets(block, request);
      observer_.failed(primary_, Operation::consume, gateway_is_down);
      observer_.asked(block.traffic.limits, block.buckets, Observer::Outcome::failed);
    } else {
      observer_.failed(cache_, Operation::cache_read, gateway_is_down);
    }
    return false;
  }

  bool answered_from_cache(Block& block, const Request& request) {
    nodes_[cache_].approach(request.at);
    const Answer answer =
        block.cache->get(roster_.name(roster_.entry(request.traffic, request.prompt)));
    witness_.note(cache_, Operation::cache_read, answer);
    const bool hit =
        answer.kind == Answer::Kind::text &&
        block.cache->is_fresh(answer.text, gateways_[block.gateway].clock.at(request.at));
    observer_.looked_up(hit);
    return hit;
  }

  void take_buckets(Block& block, const Request& request) {
    for (std::size_t i = 0; i < block.buckets.size(); ++i) {
      block.buckets[i] = roster_.bucket(request.traffic, i, request.user);
    }
  }

  bool admitted(Block& block, const Request& request) {
    take_buckets(block, request);
    nodes_[primary_].approach(request.at);
    const Limiter::Result result =
        block.limiter->consume(block.buckets, nodes_[primary_].clock_at(request.at));
    const bool granted = result.outcome == Observer::Outcome::granted;
    if (result.outcome != Observer::Outcome::failed) {
      observer_.succeeded(primary_, Operation::consume);
    }
    if (granted) {
      for (const KeyId bucket : block.buckets) witness_.wrote(primary_, bucket, request.at);
    } else if (result.outcome == Observer::Outcome::failed) {
      observer_.failed(primary_, Operation::consume, result.message);
      for (const KeyId bucket : block.buckets) witness_.maybe_wrote(primary_, bucket, request.at);
    }
    observer_.asked(block.traffic.limits, block.buckets, result.outcome);
    return granted;
  }

  void store(Block& block, const Request& request) {
    const KeyId entry = roster_.entry(request.traffic, request.prompt);
    const Answer answer =
        block.cache->put(roster_.name(entry), request.prompt, nodes_[cache_].clock_at(request.at),
                         gateways_[block.gateway].clock.at(request.at));
    witness_.note(cache_, Operation::cache_write, answer);
    if (answer.is_error()) return witness_.maybe_wrote(cache_, entry, request.at);
    witness_.wrote(cache_, entry, request.at);
  }

  std::vector<Observer::Memory> memory_at(Time at) {
    std::vector<Observer::Memory> memory;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      Node& node = nodes_[i];
      node.advance_to(at);
      memory.push_back(
          {.used = node.runs() ? node.server().used_memory() : 0, .max = maxmemory_[i]});
    }
    return memory;
  }

  // Where the slices that are over by now end.
  void end_slices(Time now) {
    for (; next_slice_ <= now; ++slices_ended_, next_slice_ = slice_end(slices_ended_)) {
      happen_until(next_slice_);
      observer_.end_slice(next_slice_, memory_at(next_slice_));
    }
  }

  std::vector<std::string> keys_of(std::size_t instance) {
    return nodes_[instance].server().keys(databases_[instance]);
  }

  Time slice_end(std::int64_t slices) const {
    return scenario_.start + scenario_.duration * (slices + 1) / slice_count;
  }

  // A key whose time is over isn't listed any more, and yet nobody is told until it is asked for.
  void have_expired(Target& server, KeyId key) {
    server.select(roster_.database(key).value_or(
        roster_.is_bucket(key) ? scenario_.primary_database : scenario_.cache_database));
    server.run({"EXISTS", roster_.name(key)});
  }

  // Looking takes memory, and must not push out what is looked for. A server that can't be told so
  // at least tells of what it evicts.
  void make_room_to_look() {
    for (Node& node : nodes_) {
      if (node.runs()) node.server().set_directive("maxmemory", "0");
    }
  }

  Observations finish() {
    end_slices(end_ - Time::duration{1});
    happen_until(end_);
    const std::vector<Observer::Memory> memory = memory_at(end_);
    make_room_to_look();
    // After that, which takes memory too and may push out a last key.
    if (next_slice_ == end_) observer_.end_slice(end_, memory);
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      Target& server = nodes_[i].server();
      if (!nodes_[i].runs()) continue;  // what it held comes back, or went when it ended
      const std::vector<std::string> keys = keys_of(i);
      for (const KeyId key : observer_.unseen(i, keys)) have_expired(server, key);
      observer_.look(i, keys);
      observer_.close(i, memory[i].used, server.digest());
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      for (const std::string& remark : nodes_[i].server().leave()) {
        add_approximation(approximations_,
                          {.word = "server", .meaning = remark, .instances = {name_of(i)}});
      }
    }
    Observations seen = observer_.take(seed_);
    seen.tells_scores =
        std::ranges::find(approximations_, "scores", &Approximation::word) == approximations_.end();
    seen.approximations = std::move(approximations_);
    return seen;
  }

  const std::string& name_of(std::size_t place) const { return scenario_.instances[place].name; }

  const Scenario& scenario_;
  std::uint64_t seed_;
  const std::atomic<bool>* stop_;
  Time end_;
  Roster roster_;
  Observer observer_;
  std::deque<Node> nodes_;
  Witness witness_;
  std::size_t primary_;
  std::size_t cache_;
  std::vector<std::vector<int>> databases_;  // by instance: those that keys may be in
  std::vector<Approximation> approximations_;
  std::vector<Moment> moments_;
  std::size_t next_moment_ = 0;
  std::vector<std::uint64_t> maxmemory_;  // of each node, as it was set last
  std::optional<Link> primary_link_;
  std::optional<Link> cache_link_;
  std::vector<Gateway> gateways_;
  std::deque<Block> blocks_;
  std::int64_t slices_ended_ = 0;
  Time next_slice_ = slice_end(0);
};

}  // namespace

Observations play(const Scenario& scenario, const TargetKind& target, const Play& play,
                  const Progress& progress) {
  Observations seen = Player{scenario, target, play}.run(progress);
  seen.target = to_string(target.family());
  return seen;
}

}  // namespace outlive::harness
