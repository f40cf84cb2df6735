// An engine for tests: no socket, a clock that the test moves, replies as RESP text.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "commands/table.hpp"
#include "engine/directives.hpp"
#include "engine/engine.hpp"

namespace outlive::test {

struct TestOptions {
  std::uint64_t maxmemory = 0;
  std::string_view policy = "noeviction";
  int samples = 5;
  std::uint64_t seed = 1;
  std::string_view profile = profile_default.name;
};

class TestEngine {
 public:
  explicit TestEngine(TestOptions options = {}) : engine(setup(options)), session_(&open()) {}

  // One command on the test's own session; the reply's bytes.
  std::string run(std::initializer_list<std::string_view> words) { return run_on(*session_, words); }
  std::string run_on(Session& session, std::initializer_list<std::string_view> words) {
    const std::vector<std::string_view> list(words);
    engine.execute(session, list, now_);
    return take(session);
  }
  // Bytes as a client would send them; all that is answered.
  std::string send(std::string_view bytes) { return send_on(*session_, bytes); }
  std::string send_on(Session& session, std::string_view bytes) {
    engine.receive(session, bytes, now_);
    return take(session);
  }
  static std::string take(Session& session) { return std::exchange(session.out, {}); }

  Session& open() { return engine.open(now_); }
  Session& session() { return *session_; }
  Instant now() const { return now_; }

  void advance(Duration by) {
    now_ += by;
    engine.advance(now_);
  }
  void set_maxmemory(std::int64_t bytes) {
    engine.options.eviction.maxmemory = static_cast<std::uint64_t>(bytes);
  }
  std::int64_t used() const { return engine.ledger.used(); }
  bool has(std::string_view key) {
    return engine.keyspace.database(0).find(engine.keyspace.key(key), peeking) != nullptr;
  }
  // What the ledger says must be there besides keys and tables: clients, histograms.
  std::int64_t recount() const {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < engine.keyspace.databases(); ++i) {
      const Database& database = engine.keyspace.database(i);
      total += static_cast<std::int64_t>(database.keys().charged_bytes() +
                                         database.expires().charged_bytes() +
                                         database.with_expiring_fields().charged_bytes());
      database.keys().for_each([&](const Entry* entry) {
        total += static_cast<std::int64_t>(entry->weight());
        if (!entry->is<HashPointer>()) return;
        const Hash& hash = *entry->as<HashPointer>();
        total += static_cast<std::int64_t>(hash.total_bytes() - hash.heap_bytes());
      });
    }
    return total;
  }

 private:
  static Engine::Setup setup(const TestOptions& wanted) {
    Options options;
    options.eviction.maxmemory = wanted.maxmemory;
    options.eviction.samples = wanted.samples;
    options.latency_tracking = false;
    const std::string_view profile[] = {wanted.profile};
    set_directive(options, "outlive-profile", profile);
    for (std::size_t i = 0; i < eviction_policies.size(); ++i) {
      if (eviction_policies[i].name == wanted.policy) options.eviction.policy = i;
    }
    options.keyspace.lfu = options.eviction.chosen().rank == EvictionRank::lfu;
    return {.options = std::move(options),
            .seed = wanted.seed,
            .start = start,
            .families = all_commands(),
            .scripts = make_script_host,
            .journal_limit = 100'000};
  }

  static constexpr Instant start = instant_from_ms(1'750'000'000'000);

 public:
  Engine engine;

 private:
  Instant now_ = start;
  Session* session_;
};

}  // namespace outlive::test
