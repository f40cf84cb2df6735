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

namespace outlive::harness {

// As much of a reply as the commands of a gateway need. The text is good until the next command.
struct Answer {
  enum class Kind : std::uint8_t { null, text, integer, list, error };
  Kind kind = Kind::null;
  std::string_view text = {};  // a bulk or simple string, an error without '-', an integer's digits
  std::string_view second = {};  // list: `text` is its first element, this its second
  bool first_is_null = false;

  bool is_null() const { return kind == Kind::null; }
  bool is_error() const { return kind == Kind::error; }
};

class Target {
 public:
  virtual ~Target() = default;

  virtual Answer run(std::span<const std::string_view> words) = 0;
  Answer run(std::initializer_list<std::string_view> words) {
    return run(std::span{words.begin(), words.size()});
  }

  // A hint: these keys will be asked for soon.
  virtual void prefetch(std::span<const std::string_view> keys) { static_cast<void>(keys); }

  // Time never goes back.
  virtual void advance_to(Time now) = 0;

  // None: the target's clock is the scenario's. Else its clock can't be moved, and keys expire when
  // the target is told: an expiry is written as the scenario's instant plus this distance, which
  // keeps all keys in order of their TTL, and will_expire() announces it.
  virtual std::optional<std::chrono::milliseconds> clock_ahead() const { return std::nullopt; }
  virtual void will_expire(std::string_view key, Time at) {
    static_cast<void>(key);
    static_cast<void>(at);
  }

  // Runs `body` in place of a function that a library has, or will have. A target that can't goes
  // on with the library's own, which does the same.
  virtual void replace_function(std::string_view name, NativeFunction body) {
    static_cast<void>(name);
    static_cast<void>(body);
  }

  // Keys that are evicted or expire, from now on. The listener must not call the target.
  using Listener = std::function<void(const Departure&)>;
  virtual void on_departure(Listener listener) = 0;
  // Whether it tells the score on which a key was evicted, and whether that was still true.
  virtual bool tells_scores() const { return false; }

  // By looking: every key there is.
  virtual std::vector<std::string> keys() = 0;
  virtual std::uint64_t used_memory() = 0;
  // Of all that it holds; 0 where the target does not repeat itself.
  virtual std::uint64_t digest() { return 0; }
};

// Sets directives on a running target. Throws UserError when it refuses.
void configure(Target& target, std::span<const Directive> directives);

// Where to play: "embedded" or "exec:PATH".
class TargetKind {
 public:
  // Throws UserError for anything else.
  explicit TargetKind(std::string_view name);

  const std::string& name() const { return name_; }
  // Whether the same seed gives the same run.
  bool repeatable() const { return program_.empty(); }
  // What must be known of figures from such a target; empty for an exact one.
  std::string_view caveat() const;

  // Starts one. Throws UserError.
  std::unique_ptr<Target> start(const Instance& instance, Time at, std::uint64_t seed) const;

 private:
  std::string name_;
  std::string program_;  // empty: embedded
};

}  // namespace outlive::harness
