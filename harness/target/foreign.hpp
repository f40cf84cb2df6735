// A server that is not ours, spoken to through hiredis: a real one.
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

#include <optional>
#include <queue>
#include <unordered_map>

#include "target/connection.hpp"
#include "target/snapshot.hpp"
#include "target/target.hpp"

namespace outlive::harness {

// notify-keyspace-events: classes e (evicted) and x (expired), on channels by event.
constexpr std::string_view departure_events = "Eex";

// How such a server came to be there: a program that was started, or one that was running.
class Host {
 public:
  virtual ~Host() = default;
  virtual Connection& connection() = 0;
  // Ends it; starts it anew with the instance's directives, with or without its RDB file. For
  // servers that can be restarted.
  virtual void stop() = 0;
  virtual void start(bool keeps_file) = 0;
  // The harness has asked for all that it needs before the play.
  virtual void greeted() {}
  // CONFIG SET; an error is the server's.
  virtual Answer set_directive(const std::string& name, const std::string& value) = 0;
  // The server's number of a database of the scenario's.
  virtual int database_number(int database) { return database; }
  // The scenario's database that is selected at first; -1: none of them.
  virtual int database_at_first() const { return 0; }
  // Leaves it as it was found: what could not be done, and what could not be set before.
  virtual std::vector<std::string> leave() { return {}; }
};

class ForeignTarget final : public Target {
 public:
  // Throws UserError if the server speaks no RESP3, which tells of evictions.
  ForeignTarget(std::unique_ptr<Host> host, Time at);

  using Target::run;
  Answer run(std::span<const std::string_view> words) override { return server().run(words); }
  void advance_to(Time now) override;
  void set_clock(Time now) override { now_ = now; }
  void save() override;
  void stop() override { host_->stop(); }
  void start_again(Time now, bool loads) override;
  Answer set_directive(const std::string& name, const std::string& value) override {
    return host_->set_directive(name, value);
  }
  std::optional<std::chrono::milliseconds> clock_ahead() const override { return clock_ahead_; }
  void will_expire(std::string_view key, Time at) override;
  void will_not_expire(std::string_view key) override { expiry_.erase(std::string{key}); }
  void on_departure(Listener listener) override { listener_ = std::move(listener); }
  std::vector<std::string> keys_of_database() override { return scan_keys(server()); }
  std::uint64_t used_memory() override { return used_memory_of(server()); }
  std::vector<std::string> leave() override { return host_->leave(); }

 private:
  struct Due {
    Time at;
    int database;
    std::string key;
    bool operator<(const Due& other) const { return at > other.at; }  // the soonest on top
  };

  Connection& server() { return host_->connection(); }
  int database_number(int database) override { return host_->database_number(database); }
  void greet();
  void set_clock_distance(Time at);
  void subscribe();
  void watch_expiries();
  void expire(const Due& due);
  void heard(const redisReply& push);
  void tell(Departure::Reason reason, std::string_view key);

  std::unique_ptr<Host> host_;
  // What save() kept: true, an RDB file; else, where the program writes none, a snapshot.
  bool has_file_ = false;
  std::optional<Snapshot> saved_;
  std::chrono::milliseconds clock_ahead_{};
  Time now_;
  Listener listener_;
  std::priority_queue<Due> due_;
  std::unordered_map<std::string, Time> expiry_;  // of each key that has one and is there
};

}  // namespace outlive::harness
