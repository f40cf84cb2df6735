// What the engine asks of whoever runs scripts; scripting/ implements it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.hpp"

namespace outlive {

struct Command;

class ScriptHost {
 public:
  virtual ~ScriptHost() = default;

  // The flags with which this EVAL, EVALSHA or FCALL passes the gates: the row's, changed by what
  // the script declares (script.c, scriptFlagsToCmdFlags).
  virtual std::uint64_t flags_of(const Command& command,
                                 std::span<const std::string_view> words) = 0;
  // A script has passed its time limit and others may speak: the BUSY error, or "".
  virtual std::string_view busy() const = 0;
  // A script or function is running (commands within it pass no gates of the top level).
  virtual bool running() const = 0;
};

}  // namespace outlive
