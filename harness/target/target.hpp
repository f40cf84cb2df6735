// A Valkey that a scenario is played on: in this process, or another program's.
//
// A target takes commands and the scenario's time, and tells which keys left. Where its clock can't
// be moved (a real server's), the scenario's instants are shifted onto it: see clock_ahead().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "outlive/departure.hpp"
#include "outlive/native_function.hpp"
#include "scenario/model.hpp"
#include "target/channel.hpp"

namespace outlive::harness {

class Target : public Channel {
 public:
  using Channel::run;

  int database() const { return database_; }
  // Commands from now on are for this database. Throws UserError where there is none.
  void select(int database) {
    if (database != database_) change_database(database);
  }

  // A hint: these keys will be asked for soon.
  virtual void prefetch(std::span<const std::string_view> keys) { static_cast<void>(keys); }

  // Lives on to this instant, in order; does nothing for one that is over.
  virtual void advance_to(Time now) = 0;
  // The same where a command follows at once, and may travel with it.
  virtual void approach(Time now) { advance_to(now); }
  // The clock is set, forward or back.
  virtual void set_clock(Time now) = 0;

  // Keeps all keys and functions as SAVE does, for start_again().
  virtual void save() = 0;
  // Ends the server as it stands. Until start_again() nothing may be asked of it.
  virtual void stop() = 0;
  // A server with the instance's own directives: empty, or with what was saved last.
  virtual void start_again(Time now, bool loads) = 0;

  // Keys that are evicted or expire, from now on. The listener must not call the target.
  using Listener = std::function<void(const Departure&)>;
  virtual void on_departure(Listener listener) = 0;

  // CONFIG SET, as whoever runs the server. An error is the server's.
  virtual Answer set_directive(const std::string& name, const std::string& value);
  // At the end of a play: leaves the server as it was found. What of that could not be done, and
  // what had not been as the scenario wants it, in words.
  virtual std::vector<std::string> leave() { return {}; }

  // By looking: every key of these databases. Asks for no more than that: what is answered takes
  // memory, which could push keys out.
  std::vector<std::string> keys(std::span<const int> databases);
  virtual std::uint64_t used_memory() = 0;
  // Of all that it holds; 0 where the target does not repeat itself.
  virtual std::uint64_t digest() { return 0; }

  // Those of a server of one's own that hold keys.
  std::vector<int> databases();
  virtual std::vector<std::string> keys_of_database() = 0;

 protected:
  // A server that was started again, or a new connection.
  void database_is_first() { database_is(0); }
  void database_is(int database) { database_ = database; }
  // The server's number of a database of the scenario's.
  virtual int database_number(int database) { return database; }
  // Of a managed service's: from now on it may, or may not, do what the service keeps from clients.
  virtual void act_as_operator(bool on) { static_cast<void>(on); }

 private:
  friend class AsOperator;
  void change_database(int database);

  int database_ = 0;
  int operators_ = 0;
  std::string refusal_;  // of set_directive()
};

// While it lives, commands are those of whoever runs the server, not of a client.
class AsOperator {
 public:
  explicit AsOperator(Target& target) : target_{target} {
    if (target_.operators_++ == 0) target_.act_as_operator(true);
  }
  ~AsOperator() {
    if (--target_.operators_ == 0) target_.act_as_operator(false);
  }
  AsOperator(const AsOperator&) = delete;
  AsOperator& operator=(const AsOperator&) = delete;

 private:
  Target& target_;
};

// Sets directives on a running target, and gives them with their values as they were set: what was
// relative to the memory in use has become bytes. Throws UserError when the target refuses.
std::vector<Directive> configure(Target& target, std::span<const Directive> directives);

}  // namespace outlive::harness
