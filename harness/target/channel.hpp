// The words between a gateway and a server.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "outlive/departure.hpp"
#include "outlive/native_function.hpp"

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

// What a gateway speaks to: commands go in, answers come out.
class Channel {
 public:
  virtual ~Channel() = default;

  virtual Answer run(std::span<const std::string_view> words) = 0;
  Answer run(std::initializer_list<std::string_view> words) {
    return run(std::span{words.begin(), words.size()});
  }

  // None: the server's clock is the scenario's. Else its clock can't be moved, and keys expire when
  // the target is told: an expiry is written as the scenario's instant plus this distance, which
  // keeps all keys in order of their TTL, and will_expire() announces it.
  virtual std::optional<std::chrono::milliseconds> clock_ahead() const { return std::nullopt; }
  virtual void will_expire(std::string_view key, Time at) {
    static_cast<void>(key);
    static_cast<void>(at);
  }
  // Nor will it by what was announced before.
  virtual void will_not_expire(std::string_view key) { static_cast<void>(key); }

  // Runs `body` in place of a function that a library has, or will have. A target that can't goes
  // on with the library's own, which does the same.
  virtual void replace_function(std::string_view name, NativeFunction body) {
    static_cast<void>(name);
    static_cast<void>(body);
  }

  // Values will come from within this text. A target in this process need not copy them.
  virtual void lend(std::shared_ptr<const std::string> text) { static_cast<void>(text); }
};

}  // namespace outlive::harness
