// A valkey-server-like program, started for one play and spoken to through hiredis.
//
// Its clock can't be moved, so for its keys it stands still: an expiry is written at a fixed
// distance from the scenario's instant (an hour ahead, so that nothing expires by itself while the
// play lasts), and when the scenario reaches it the key is deleted, as the server's active expiry
// would. Remaining TTLs thus compare as in the scenario and `volatile-ttl` is exact; idle times and
// LFU's minutes are those of the machine, hours shrunk to seconds: LRU and LFU policies choose
// among keys in the order of their use, but coarsely, since the LRU clock counts whole seconds.
//
// Departures come as keyspace events on the same connection (RESP3), so they fall between the
// replies where they happened. The messages pass through the connection's buffer, which counts in
// used_memory for as long as they wait.
#pragma once

#include <hiredis/hiredis.h>

#include <optional>
#include <queue>
#include <unordered_map>

#include "target/process.hpp"
#include "target/snapshot.hpp"
#include "target/target.hpp"

namespace outlive::harness {

class ExecTarget final : public Target {
 public:
  // Throws UserError if the program does not come up.
  ExecTarget(const std::string& program, const Instance& instance, Time at);

  using Target::run;
  Answer run(std::span<const std::string_view> words) override;
  void advance_to(Time now) override;
  void set_clock(Time now) override { now_ = now; }
  void save() override;
  void stop() override;
  void start_again(Time now, bool loads) override;
  std::optional<std::chrono::milliseconds> clock_ahead() const override { return clock_ahead_; }
  void will_expire(std::string_view key, Time at) override;
  void on_departure(Listener listener) override { listener_ = std::move(listener); }
  std::vector<std::string> keys_of_database() override;
  std::uint64_t used_memory() override;

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  using OwnedReply = std::unique_ptr<redisReply, FreeReply>;
  struct Due {
    Time at;
    std::string key;
    bool operator<(const Due& other) const { return at > other.at; }  // the soonest on top
  };

  void connect();
  void set_clock_distance(Time at);
  void subscribe();
  void expire(const std::string& key);
  OwnedReply ask(std::span<const std::string_view> words);
  OwnedReply await_reply();
  static void receive_push(void* target, void* message);
  void tell(Departure::Reason reason, std::string_view key);

  void start_program();
  void track_latency();
  void watch_expiries();

  std::string program_;
  std::vector<Directive> directives_;
  int port_;
  TemporaryFolder folder_;          // where its RDB file lies
  std::optional<Process> process_;  // none: stopped
  std::unique_ptr<redisContext, FreeContext> context_;
  OwnedReply last_;
  std::string digits_;  // of the last answer, when it was a number
  // What save() kept: true, an RDB file; else, where the program writes none, a snapshot.
  bool has_file_ = false;
  std::optional<Snapshot> saved_;
  std::chrono::milliseconds clock_ahead_{};
  Time now_;
  Listener listener_;
  std::priority_queue<Due> due_;
  std::unordered_map<std::string, Time> expiry_;  // of each key that has one and is there
  std::vector<const char*> words_;
  std::vector<std::size_t> sizes_;
};

}  // namespace outlive::harness
