// What the engine asks of whoever runs scripts; scripting/ implements it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.hpp"
#include "outlive/native_function.hpp"

namespace outlive {

struct Command;

// What scripts and functions weigh (INFO memory), in bytes, and how many there are.
struct ScriptMemory {
  std::int64_t eval = 0;            // used_memory_scripts_eval: cached EVAL scripts
  std::int64_t vm_eval = 0;         // used_memory_vm_eval: the interpreter
  std::int64_t function_bytes = 0;  // used_memory_functions
  std::int64_t vm_functions = 0;    // used_memory_vm_functions
  std::int64_t cached_scripts = 0;
  std::int64_t functions = 0;
  std::int64_t libraries = 0;
};

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
  virtual ScriptMemory memory() = 0;
  // From now on FCALL of this function runs `body`, past the same gates, once a library has it.
  virtual void replace_function(std::string_view name, NativeFunction body) = 0;
};

}  // namespace outlive
