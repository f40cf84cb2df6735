// The emulator as a process of its own: `outlive serve`, started for one play and spoken to over a
// socket, as a real server is. Its clock is the scenario's (OUTLIVE CLOCK) and its seed the play's
// (OUTLIVE SEED), so that it goes the way of the embedded emulator to the byte.
//
// The clock is moved by a request that travels with the next command, ahead of it; departures come
// as pushes ahead of the reply of the command that caused them (OUTLIVE JOURNAL FOLLOW). Neither
// weighs anything.
#pragma once

#include <optional>

#include "base/random.hpp"
#include "target/snapshot.hpp"
#include "target/spawned_server.hpp"
#include "target/target.hpp"

namespace outlive::harness {

class ServeTarget final : public Target {
 public:
  // `program` is outlive. Throws UserError if it does not come up.
  ServeTarget(const std::string& program, const Instance& instance, Time at, std::uint64_t seed);

  using Target::run;
  Answer run(std::span<const std::string_view> words) override;
  void advance_to(Time now) override;
  void approach(Time now) override;
  void set_clock(Time now) override;
  void save() override { saved_ = Snapshot::take(*this); }
  void stop() override;
  void start_again(Time now, bool loads) override;
  void on_departure(Listener listener) override { listener_ = std::move(listener); }
  std::vector<std::string> keys_of_database() override;
  std::uint64_t used_memory() override;
  std::uint64_t digest() override;

 private:
  void start();
  void send_clock(std::string_view how, Span time);
  void finish_move();
  void tell(std::initializer_list<std::string_view> words);
  void heard(const redisReply& push);
  void act_as_operator(bool on) override;

  SpawnedServer server_;
  std::vector<Directive> directives_;
  bool is_service_;  // a managed one
  Random seeds_;
  int starts_ = 0;
  Time now_;
  bool moving_ = false;  // the clock's answer is not there yet
  Listener listener_;
  std::optional<Snapshot> saved_;
};

// The program that is running, to be started again as a server. Throws UserError where the system
// does not tell its path.
std::string own_program();

}  // namespace outlive::harness
