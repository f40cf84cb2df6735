// An instance as the play knows it: its server, what its clock shows, and what is wrong with it
// just now. Between server and gateway stands a Link, on which the troubles are felt.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "play/drifting_clock.hpp"
#include "target/target.hpp"

namespace outlive::harness {

class Node {
 public:
  Node(std::unique_ptr<Target> server, const Random& chance);

  // It must run.
  Target& server() { return *server_; }
  bool runs() const { return downs_ == 0; }

  DriftingClock& clock() { return clock_; }
  // What its clock shows at an instant of the scenario.
  Time clock_at(Time now) const { return clock_.at(now); }
  void advance_to(Time now) {
    if (runs()) server_->advance_to(clock_.at(now));
  }

  // The same where a command follows at once.
  void approach(Time now) {
    if (!troubles_.empty()) return advance_to(now);
    if (runs()) server_->approach(clock_.at(now));
  }

  // What an event does to it, when it begins and when it is over. Those of kinds config, flush,
  // clock and gateway-restart are not its own affair.
  void begin(const Event& event, Time now);
  void end(const Event& event, Time now);
  void save() {
    if (runs()) server_->save();
  }

  // A gateway's command, as it fares just now.
  Answer ask(std::span<const std::string_view> words, int database) {
    if (!troubles_.empty() || !runs()) [[unlikely]]
      return ask_in_trouble(words, database);
    server_->select(database);
    return server_->run(words);
  }
  // Whether the last command failed for the gateway, and was carried out all the same.
  bool done_unheard() const { return done_unheard_; }
  // For how long commands were kept waiting since this was asked last.
  Span take_wait() { return std::exchange(waited_, Span::zero()); }

 private:
  struct Trouble {
    const Event* event;
    Random chance;
  };

  Answer ask_in_trouble(std::span<const std::string_view> words, int database);
  Answer through_trouble(Trouble& trouble, std::span<const std::string_view> words, int database);
  bool run_unheard(std::span<const std::string_view> words, int database);
  static bool hits(Trouble& trouble, std::span<const std::string_view> words);
  void come_back(const Event& event, Time now);

  std::unique_ptr<Target> server_;
  Random chance_;
  DriftingClock clock_;
  int downs_ = 0;  // events that keep it down
  std::vector<Trouble> troubles_;
  Span waited_{};
  bool done_unheard_ = false;
};

// A gateway's connection to an instance, in a database of it.
class Link final : public Channel {
 public:
  Link(Node& node, int database) : node_{node}, database_{database} {}

  using Channel::run;
  Answer run(std::span<const std::string_view> words) override {
    return node_.ask(words, database_);
  }
  std::optional<std::chrono::milliseconds> clock_ahead() const override {
    return node_.server().clock_ahead();
  }
  void will_expire(std::string_view key, Time at) override { node_.server().will_expire(key, at); }
  void replace_function(std::string_view name, NativeFunction body) override {
    if (node_.runs()) node_.server().replace_function(name, std::move(body));
  }
  void lend(std::shared_ptr<const std::string> text) override {
    if (node_.runs()) node_.server().lend(std::move(text));
  }

 private:
  Node& node_;
  int database_;
};

}  // namespace outlive::harness
