// Scripts and functions of one engine: who runs, what it may do, and what the engine must know of
// it (script.c of 8.1).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/engine.hpp"
#include "engine/scripts.hpp"
#include "scripting/interpreter.hpp"
#include "scripting/library.hpp"
#include "scripting/script_cache.hpp"

namespace outlive {

class Scripts final : public ScriptHost, private Host {
 public:
  explicit Scripts(Engine& engine);

  std::uint64_t flags_of(const Command& command, std::span<const std::string_view> words) override;
  std::string_view busy() const override;
  // What others are told while a script runs, of EVAL's or of FCALL's kind.
  std::string_view busy_with(bool eval) const;
  bool running() const override { return run_.has_value(); }
  ScriptMemory memory() override;
  void replace_function(std::string_view name, NativeFunction body) override;

  ScriptCache& cache() { return cache_; }
  Libraries& libraries() { return libraries_; }
  // The machines; made when they are first asked for.
  Interpreter& script_machine();
  Interpreter& function_machine();
  // SCRIPT FLUSH: the machine goes with its scripts.
  void flush_scripts();
  // While a library loads it is stopped after this time; 0: never.
  void limit_loading(std::int64_t ms);

  // What EVAL or FCALL found to run.
  struct Job {
    Interpreter& machine;
    Reference function;
    std::string_view name;
    ScriptFlags flags;
    bool is_eval;
    bool read_only;  // EVAL_RO, FCALL_RO
    std::span<const std::string_view> keys;
    std::span<const std::string_view> arguments;
  };
  // Answers the call with the job's result, or with why it may not run.
  void run(Call& call, const Job& job);

  // FUNCTION STATS: the run under way.
  struct Running {
    std::string_view name;
    std::span<const std::string_view> command;
    std::int64_t ms;
    bool is_eval;
  };
  std::optional<Running> current() const;
  // SCRIPT KILL and FUNCTION KILL: the error, or "" if the run will end.
  std::string_view kill(bool eval);

 private:
  struct Run {
    std::string_view name;
    std::span<const std::string_view> command;
    std::int64_t start_us = 0;
    bool is_eval = false;
    bool read_only = false;
    bool allow_oom = false;
    bool wrote = false;  // a write command ran: it can be neither killed nor stopped by OOM
    bool timed_out = false;
    bool killed = false;
  };

  std::string_view call(std::span<const std::string_view> words, std::string& reply) override;
  bool knows(std::span<const std::string_view> words) const override;
  bool may_run(std::span<const std::string_view> words) const override;
  Protocol protocol() const override { return session_.protocol; }
  void set_protocol(Protocol protocol) override { session_.protocol = protocol; }
  void log(int level, std::string_view line) override;
  std::string_view interruption() override;
  const Profile& profile() const override;
  double processor_seconds() override;
  std::int32_t draw() override;
  void seed(std::int32_t seed) override;

  CountedErrors run_native(const NativeFunction& body, const Job& job, ReplyWriter& reply);
  const NativeFunction* native(const Job& job) const;
  std::string_view why_not(const Job& job) const;
  std::string_view refusal(const CommandTable::Found& found,
                           std::span<const std::string_view> words);
  void prepare_session(const Session& caller);
  std::int64_t stopwatch_us() const;

  Engine& engine_;
  ScriptCache cache_;
  Libraries libraries_;
  std::unique_ptr<Interpreter> script_machine_;
  std::unique_ptr<Interpreter> function_machine_;
  std::vector<std::pair<std::string, NativeFunction>> natives_;
  std::string refusal_;       // of a command that a script may not run
  std::string native_reply_;  // of the command that a native function has issued
  Session session_;  // in whose name scripts call commands
  std::optional<Run> run_;
  std::int64_t loading_limit_ms_ = 0;
  std::int64_t loading_start_us_ = 0;
  std::int64_t checks_ = 0;  // questions from Lua: the time where there is no stopwatch
  std::int64_t clock_readings_ = 0;
  std::uint64_t random_state_;
};

// The script host of an engine whose commands are commands/table's.
Scripts& scripts_of(Call& call);

}  // namespace outlive
