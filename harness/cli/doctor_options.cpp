#include "cli/doctor_options.hpp"

#include <CLI/CLI.hpp>

#include "cli/tls_options.hpp"
#include "doctor/diagnosis.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr const char* description =
    "Looks at a live server, changes nothing there, and says what is to be feared: which keys "
    "there "
    "are, what was evicted, when memory is full. Then it rebuilds what it saw in the emulator, "
    "lets "
    "writes come, and says who goes: at the server's settings and at better ones.";

constexpr const char* footer =
    "It reads INFO, CONFIG GET where that is allowed, names of keys (SCAN), and of some of them "
    "TTL, "
    "weight and idle time; never a value. What it may not see it says, with what would tell it. "
    "Its "
    "connection costs the server 17 KB, and the first use that is ever made there of a command 24 "
    "KB "
    "(latency-tracking), some 200 KB in all: where memory is full, keys go for that.\n"
    "\n"
    "Examples:\n"
    "  outlive doctor valkey://127.0.0.1:6379\n"
    "  outlive doctor valkeys://reader:secret@staging:6380 --cacert tls/ca.crt --rate 200\n"
    "  outlive doctor valkey://valkey --limits 'login-attempts:*' --answers 'page:*'\n"
    "                                             keys of others than TensorZero's gateway\n"
    "  outlive doctor valkey://valkey --writes-per-second 50\n"
    "                                             when memory is full by so many new answers\n"
    "  outlive doctor valkey://valkey --maxmemory 2gb --policy volatile-lru\n"
    "                                             a managed service that tells neither; or what "
    "if\n"
    "  outlive doctor valkey://valkey --format json | jq '.forecast.settings[].limits_lost'\n"
    "\n"
    "Exit status: 0 when nothing of --fail-at or worse was found, 1 when something was, 2 when the "
    "server\ncould not be looked at.\n";

constexpr const char* policies[] = {"noeviction",      "allkeys-lru",  "allkeys-lfu",
                                    "allkeys-random",  "volatile-lru", "volatile-lfu",
                                    "volatile-random", "volatile-ttl"};

// A word that becomes a value, or is refused with an example.
template <class Value, class Read>
void add_value(CLI::App& app, const char* name, const char* type, const std::string& meaning,
               Value& into, Read read, const std::string& wants) {
  app.add_option_function<std::string>(
         name,
         [&into, read, name, wants](const std::string& text) {
           const auto value = read(text);
           if (!value) throw CLI::ValidationError(std::string{name} + " wants " + wants);
           into = *value;
         },
         meaning)
      ->type_name(type);
}

void describe_look(CLI::App& app, DoctorOptions& options) {
  app.add_option("URL", options.url,
                 "valkey://[USER[:PASSWORD]@]HOST[:PORT][/DATABASE], valkeys:// over TLS; every "
                 "database is looked at")
      ->required()
      ->type_name("");
  add_tls_options(app, options.tls);
  app.add_option("--keys", options.examine.keys, "name so many keys at most (default 10,000)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000'000}))
      ->type_name("COUNT");
  app.add_option("--sample", options.examine.sample,
                 "look closely at so many of these, and at a hundred of each kind (default 2,000)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{10'000'000}))
      ->type_name("COUNT");
  app.add_option("--rate", options.rate, "send no more commands a second (default 2,000)")
      ->check(CLI::Range(1.0, 1e6))
      ->type_name("COUNT");
  add_value(app, "--watch", "DURATION", "let so much pass between the first look and the last",
            options.examine.watch, parse_span, "a duration like 30s or 5m");
  const auto add_patterns = [&](const char* name, Role role, const char* meaning) {
    app.add_option_function<std::vector<std::string>>(
           name,
           [&options, role](const std::vector<std::string>& globs) {
             for (const std::string& glob : globs) options.examine.patterns.push_back({glob, role});
           },
           meaning)
        ->type_name("GLOB")
        ->allow_extra_args(false);  // a word each time: the next may be the server
  };
  add_patterns("--limits", Role::limits,
               "keys that must not be lost, beside tensorzero_ratelimit:*");
  add_patterns("--answers", Role::answers, "keys of a cache, beside tensorzero_cache:*");
  add_patterns("--pattern", Role::other, "any other keys that you want told apart");
}

void describe_forecast(CLI::App& app, DoctorOptions& options) {
  LoadOptions& load = options.forecast.load;
  add_value(app, "--maxmemory", "SIZE", "the cap, whatever the server says of it",
            options.maxmemory, parse_size, "a size like 100mb");
  app.add_option("--policy", options.policy, "the maxmemory-policy, whatever the server says of it")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(policies), std::end(policies))))
      ->type_name("NAME");
  app.add_option("--samples", options.forecast.samples,
                 "maxmemory-samples, whatever the server says of it")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{64}))
      ->type_name("COUNT");
  app.add_option("--writes", load.writes,
                 "play so many new answers (default: until memory is full, then each answer that "
                 "is there once more)")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000'000}))
      ->type_name("COUNT");
  app.add_option("--writes-per-second", load.writes_per_second,
                 "how fast they come (default: as was seen, else in no time)")
      ->check(CLI::Range(1e-6, 1e6))
      ->type_name("NUMBER");
  add_value(app, "--bytes-per-second", "SIZE", "how fast memory grows, whatever was seen",
            options.forecast.bytes_per_second, parse_size, "a size like 10kb");
  add_value(app, "--answer-ttl", "DURATION",
            "the TTL of new answers (default: the longest that an answer has left)",
            load.answer_ttl, parse_span, "a duration like 24h");
  app.add_option_function<double>(
         "--limits-used", [&load](double percent) { load.limits_used = percent / 100; },
         "how many of the limits are used, and so renewed, while the load lasts (default 0)")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("PERCENT");
  app.add_option("--seed", options.forecast.seed, "all chance of the emulator comes from it")
      ->type_name("NUMBER");
}

}  // namespace

void describe(CLI::App& app, DoctorOptions& options) {
  app.description(description);
  describe_look(app, options);
  describe_forecast(app, options);
  app.add_option("--format", options.format, "text (for people, the default) or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT");
  app.add_option_function<std::string>(
         "--fail-at",
         [&options](const std::string& name) {
           for (const Severity one : {Severity::note, Severity::warning, Severity::error}) {
             if (to_string(one) == name) options.fails_at = one;
           }
         },
         "exit with 1 from note, warning (the default) or error on")
      ->check(CLI::IsMember({"note", "warning", "error"}))
      ->type_name("SEVERITY");
  app.footer(footer);
}

}  // namespace outlive::harness
