// A scenario as the harness plays it: what a scenario file says once it has been read and found
// sound. Plain data; scenario/parse.hpp makes it from a file, a test may make it in code.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/commands.hpp"
#include "scenario/time.hpp"

namespace outlive::harness {

// A directive of valkey.conf, e.g. maxmemory-policy volatile-ttl.
using Directive = std::pair<std::string, std::string>;

// Where the words of a table stand, as lines of the scenario's files (see place_of).
using WordLines = std::map<std::string, int, std::less<>>;

// Which version outlive imitates: a directive of the emulator's own.
constexpr std::string_view profile_directive = "outlive-profile";
// Which managed service, by its documentation: another one.
constexpr std::string_view like_directive = "outlive-like";

struct Instance {
  std::string name;
  // With the profile and the service among them, if it says one.
  std::vector<Directive> directives;
  int line = 0;

  // Those for a server that is of the version it is.
  std::vector<Directive> directives_without_profile() const;
  // The managed service that it is like; "": none.
  std::string like() const;
};

// So many in so long, kept as two whole numbers so that the k-th arrival is exact.
struct Rate {
  std::int64_t count = 1;
  Span per = std::chrono::seconds{1};
};

constexpr Rate never{0, std::chrono::seconds{1}};

// How many whole times it happens in so long.
std::uint64_t times_in(Span lasting, const Rate& rate);

enum class Arrivals : std::uint8_t { poisson, regular };

// A stretch of time in which a rate, which may be none, goes evenly from the first to the last.
struct Phase {
  Span lasting{};  // zero: to the end of the traffic
  Rate first;
  Rate last;
};

// Who of many comes next. `once`: each of them one time, in order; then the traffic ends. `hot`:
// the first few have a share for themselves, the others the rest; if it moves, the few are others
// with time.
struct Popularity {
  enum class Shape : std::uint8_t { uniform, zipf, once, hot };
  Shape shape = Shape::uniform;
  double exponent = 0;    // zipf: the k-th is drawn with weight 1 / k^exponent
  std::uint64_t hot = 0;  // hot: how many
  double share = 0;       // hot: theirs
  Rate moves = never;     // hot: the first of them becomes one of the others, the next one hot
};

// Values up to so many bytes, and above the bin before: how many of them there are.
struct SizeBin {
  std::uint64_t most = 0;
  double weight = 0;
};

// Bytes of a value. A cached answer's hang on the prompt alone: the same prompt has the same
// answer.
struct Sizes {
  enum class Shape : std::uint8_t { fixed, uniform, lognormal, histogram };
  Shape shape = Shape::fixed;
  std::uint64_t least = 1'000;  // fixed: the size
  std::uint64_t most = 1'000;
  std::uint64_t median = 1'000;  // lognormal, cut to least … most
  double sigma = 0;
  std::string file = {};  // histogram: as the scenario names it
  std::vector<SizeBin> bins = {};
};

// One row of a gateway's `[[rate_limiting.rules]]`: so much of a resource in a window.
struct Limit {
  enum class Scope : std::uint8_t { each, total };  // TensorZero's TagEach and TagTotal
  std::string resource = "model_inference";
  Scope scope = Scope::each;
  Span window = std::chrono::hours{24};
  std::int64_t capacity = 0;
  std::int64_t refill = 0;   // tickets that come back each window
  std::int64_t tickets = 1;  // what one request takes
};

enum class TrafficKind : std::uint8_t {
  rate_limit,
  cache,
  gateway,
  commands,   // of anybody else, as templates
  transcript  // the same, as recorded
};

// Who runs the function that works the buckets: Lua, as with the gateway, or, where the target is
// the embedded emulator, C++ that issues the same commands.
enum class Engine : std::uint8_t { lua, native };

struct Traffic {
  TrafficKind kind = TrafficKind::gateway;
  std::string name;
  Span from{};
  std::optional<Span> until;  // none: the end of the scenario
  Rate rate;                  // the same throughout, where there are no phases
  std::vector<Phase> phases;  // one after the other; after the last the traffic is over
  bool repeats = false;       // but for these: after the last the first comes again
  // The phases are those of a day, and begin at this time of it (UTC). None: they begin with the
  // traffic.
  std::optional<Span> day_begins;
  Arrivals arrivals = Arrivals::poisson;

  std::uint64_t users = 0;  // rate-limit, gateway
  std::string user_prefix = "u";
  Popularity user_popularity;
  // A new one comes in the place of the one that has been there longest.
  Rate user_turnover = never;
  std::vector<Limit> limits;

  std::uint64_t prompts = 0;  // cache, gateway
  std::string prompt_set = "prompts";
  Popularity prompt_popularity;
  Rate prompt_turnover = never;
  Sizes sizes;
  std::chrono::seconds ttl = std::chrono::hours{24};
  // An answer that is older, by the gateway's clock, is not used. None: any is.
  std::optional<std::chrono::seconds> max_age;

  std::string gateway = "gateway";  // through which it comes: rate-limit, cache, gateway

  std::string instance;         // commands, transcript: to whom they are said
  std::optional<int> database;  // commands: 0 unless stated; transcript: as recorded unless stated
  std::vector<CommandTemplate> commands;
  std::uint64_t keys = 1;  // commands
  Popularity key_popularity;
  Rate key_turnover = never;
  std::string transcript_file;  // as the scenario names it
  std::shared_ptr<const Transcript> transcript;
  double speed = 1;  // transcript: so many times as fast as recorded
  int line = 0;
  WordLines word_lines;

  bool takes_tickets() const {
    return kind == TrafficKind::rate_limit || kind == TrafficKind::gateway;
  }
  bool uses_cache() const { return kind == TrafficKind::cache || kind == TrafficKind::gateway; }
  bool comes_through_gateway() const { return takes_tickets() || uses_cache(); }
  bool says_commands() const { return !comes_through_gateway(); }
  // All that there will ever have been in a scenario so long.
  std::uint64_t users_in(Span duration) const { return users + times_in(duration, user_turnover); }
  std::uint64_t prompts_in(Span duration) const {
    return prompts + times_in(duration, prompt_turnover);
  }
  std::uint64_t keys_in(Span duration) const { return keys + times_in(duration, key_turnover); }
};

enum class EventKind : std::uint8_t {
  config,           // directives change
  flush,            // FLUSHALL
  restart,          // the server ends in good order and is started again
  crash,            // it ends without a word and is started again
  failover,         // an empty server takes its place
  outage,           // nobody reaches it; it goes on
  slow,             // its replies take longer
  drop,             // connections to it break
  fault,            // commands get an error in place of their answer
  clock,            // a clock is set, or runs fast
  gateway_restart,  // a gateway ends and starts again: it loads its functions anew
};
constexpr std::size_t event_kind_count = 11;

// Something that happens at a moment, or lasts from there.
struct Event {
  EventKind kind = EventKind::config;
  Span at{};
  Span lasting{};        // restart, crash, failover: until it is back; zero: at once
  std::string instance;  // "": none is meant
  std::string gateway;   // gateway-restart, clock; gateway-restart of "": all of them
  // config. A maxmemory of "used", "used + 2mb" or "used - 2mb" means the memory in use then.
  std::vector<Directive> directives;
  bool persistent = false;  // restart, crash: what was saved is loaded
  Span saved{};             // crash: so long ago
  Span by{};                // slow: what a reply takes longer; clock: the step, may be negative
  Rate drift{0, std::chrono::seconds{1}};  // clock: microseconds that it gains in so long
  double share = 1;                        // drop, fault: of the commands
  std::string command;                     // fault: "" for any
  std::string keys;                        // fault: a pattern for a command's first key; "" for any
  std::string error;                       // fault
  int line = 0;
  WordLines word_lines;

  bool is_end_of_server() const {
    return kind == EventKind::restart || kind == EventKind::crash || kind == EventKind::failover;
  }
};

enum class CheckKind : std::uint8_t {
  outlives,
  order,
  never_evicted,
  evicted_share,
  no_stale_pool,
  loses_nothing,
  resident,
  ttl,
  only_on,
  memory,
  over_admission,
  hit_ratio,
  errors,
  recovers_within,
  latency
};
constexpr std::size_t check_kind_count = 15;

// The commands that an errors check may look at.
enum class Operation : std::uint8_t { load, consume, cache_read, cache_write, command };
constexpr std::size_t operation_count = 5;

// What a check is expected to find on targets of these families (embedded, serve, exec, wire).
struct Expectation {
  std::vector<std::string> targets;
  bool violated = false;
};

struct Check {
  CheckKind kind = CheckKind::outlives;
  std::string keys;                     // a glob pattern
  std::string others;                   // outlives: the pattern that must go first
  std::vector<std::string> classes;     // order: patterns, those that must go first in front
  std::string instance;                 // only-on, memory
  std::optional<double> at_least;       // a share, a count, bytes or seconds, by kind
  std::optional<double> at_most;        // the same
  std::optional<double> worst_at_most;  // over-admission
  std::optional<Operation> operation;   // errors, recovers-within; none: any
  std::string saying;                   // errors, recovers-within: what the message starts with
  Span after{};                         // recovers-within: when what disturbs is over
  Span within{};                        // recovers-within
  Span longer_than{};                   // latency: what is not yet a delay
  bool expect_violated = false;
  std::vector<Expectation> expect_on;  // what goes before that, the first that fits, by target
  int line = 0;
  WordLines word_lines;

  bool expects_violation(std::string_view target) const;
};

// A file of the scenario, and the number of its first line: the lines of all files of a scenario
// are numbered in one row, the scenario's own file first.
struct SourceFile {
  std::string name;
  int first_line = 1;
};

// A line of such a file.
struct SourcePlace {
  std::string file;
  int line = 1;
};

// What an axis of the scenario stands for in this play.
struct AxisValue {
  std::string name;
  std::string value;    // as people read it
  bool varies = false;  // other plays of the file have others
  int line = 0;
};

struct Scenario {
  std::string file;
  std::string title;   // with what tells this play from others of the file, in brackets
  std::string rule;    // the sentence that is tested
  std::string source;  // who says so
  std::string story;
  std::uint64_t seed = 1;
  Time start{};
  Span duration{};
  Engine engine = Engine::lua;
  std::vector<Instance> instances;
  std::string primary;  // names of instances, out of [environment]
  std::string cache;
  int primary_database = 0;
  int cache_database = 0;
  std::vector<Traffic> traffic;
  std::vector<Event> events;
  std::vector<Check> checks;
  std::vector<AxisValue> axes;
  std::vector<SourceFile> sources;   // empty: made in code
  std::vector<std::string> watched;  // patterns of keys to count, besides those of checks
};

// The line of a word of a table; of the table, where the word is not in it.
template <class Table>
int line_of(const Table& table, std::string_view word) {
  const auto found = table.word_lines.find(word);
  return found == table.word_lines.end() ? table.line : found->second;
}

// The file and its own number of a line that the model knows; and that as "file:line".
SourcePlace source_place_of(const Scenario& scenario, int line);
std::string place_of(const Scenario& scenario, int line);
// What makes `outlive run` play this of the file's plays alone: " --set cache_ttl=36h", or nothing.
std::string settings_of(const Scenario& scenario);
// What tells it from the file's other plays: " [cache_ttl = 36h]", or nothing; and its title
// without that.
std::string variant_of(const Scenario& scenario);
std::string title_of(const Scenario& scenario);

// The words that files, reports and the reference use for the kinds above.
std::string_view to_string(TrafficKind kind);
std::string_view to_string(EventKind kind);
std::string_view to_string(CheckKind kind);
std::string_view to_string(Operation operation);

// All of them, in the order of the enumerators.
std::span<const std::string_view> traffic_kind_names();
std::span<const std::string_view> event_kind_names();
std::span<const std::string_view> check_kind_names();
std::span<const std::string_view> operation_names();

}  // namespace outlive::harness
