// Tells the observer what commands did. Where the answer does not say what became of a key, the
// server is asked; of keys that expire, a target whose clock can't be moved is told when.
#pragma once

#include <deque>

#include "play/node.hpp"
#include "play/observer.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {

class Witness {
 public:
  Witness(const Scenario& scenario, const Roster& roster, std::deque<Node>& nodes,
          Observer& observer);

  void note(std::size_t instance, Operation operation, const Answer& answer) {
    if (answer.is_error()) return observer_.failed(instance, operation, answer.text);
    observer_.succeeded(instance, operation);
  }

  // A key was written.
  void wrote(std::size_t instance, KeyId key, Time now) {
    if (observer_.wrote(instance, key) && asks_ttl_) ask_ttl(instance, key, now);
  }
  // After a command that failed for the gateway, but perhaps not for the server.
  void maybe_wrote(std::size_t instance, KeyId key, Time now);

  // What a command that was carried out, any at all, did to a key, in the database last spoken to.
  void affected(std::size_t instance, KeyId key, KeyEffect effect, Time now);

 private:
  void ask_ttl(std::size_t instance, KeyId key, Time now);

  const Roster& roster_;
  std::deque<Node>& nodes_;
  Observer& observer_;
  bool asks_ttl_;
};

}  // namespace outlive::harness
