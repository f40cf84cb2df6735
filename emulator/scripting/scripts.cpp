#include "scripting/scripts.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/directives.hpp"
#include "scripting/shebang.hpp"

namespace outlive {
namespace {

// POSIX's generator of 48 bits, which Valkey carries along (rand.c): multiplier, increment, and the
// state that no seed has been given to.
constexpr std::uint64_t random_multiplier = 0x5deece66d;
constexpr std::uint64_t random_increment = 0xb;
constexpr std::uint64_t random_mask = (std::uint64_t{1} << 48) - 1;
constexpr std::uint64_t random_unseeded = 0x1234abcd330e;
constexpr std::uint64_t random_low = 0x330e;

std::uint64_t command_flags(std::uint64_t row, ScriptFlags script) {
  std::uint64_t flags = row & ~(flag::stale | flag::denyoom | flag::write | flag::may_replicate);
  if (!(script & (script_flag::allow_oom | script_flag::no_writes))) flags |= flag::denyoom;
  if (!(script & script_flag::no_writes)) flags |= flag::write;
  if (script & script_flag::allow_stale) flags |= flag::stale;
  return flags;
}

}  // namespace

Scripts::Scripts(Engine& engine)
    : engine_(engine),
      cache_(engine.ledger),
      libraries_(engine.ledger),
      random_state_(random_unseeded) {
  session_.internal = true;
  session_.deny_blocking = true;
}

Scripts& scripts_of(Call& call) {
  return static_cast<Scripts&>(*call.engine.scripts);
}

std::uint64_t Scripts::flags_of(const Command& command, std::span<const std::string_view> words) {
  if (command.name.starts_with("fcall")) {
    const RegisteredFunction* function = libraries_.find(words[1]);
    return function ? command_flags(command.flags, function->flags) : command.flags;
  }
  ScriptFlags flags;
  if (command.name.starts_with("evalsha")) {
    const CachedScript* script = cache_.find(words[1]);
    if (!script) return command.flags;
    flags = script->flags;
  } else if (const CachedScript* script = cache_.find_body(words[1])) {
    flags = script->flags;
  } else {
    const ScriptHeader header = read_script_header(words[1]);
    if (!header.error.empty()) return command.flags;
    flags = header.flags;
  }
  return flags & script_flag::undeclared ? command.flags : command_flags(command.flags, flags);
}

std::string_view Scripts::busy() const {
  return run_ && run_->timed_out ? busy_with(run_->is_eval) : std::string_view{};
}

std::string_view Scripts::busy_with(bool eval) const {
  if (poses_as_redis(engine_.options) || profile().is_redis()) {
    return eval ? "BUSY Redis is busy running a script. You can only call SCRIPT KILL or "
                  "SHUTDOWN NOSAVE."
                : "BUSY Redis is busy running a script. You can only call FUNCTION KILL or "
                  "SHUTDOWN NOSAVE.";
  }
  return eval ? errors::busy_eval : errors::busy_function;
}

ScriptMemory Scripts::memory() {
  return {.eval = cache_.memory(),
          .vm_eval = static_cast<std::int64_t>(script_machine().memory()),
          .function_bytes = libraries_.memory(),
          .vm_functions = static_cast<std::int64_t>(function_machine().memory()),
          .cached_scripts = static_cast<std::int64_t>(cache_.size()),
          .functions = static_cast<std::int64_t>(libraries_.functions()),
          .libraries = static_cast<std::int64_t>(libraries_.all().size())};
}

Interpreter& Scripts::script_machine() {
  if (!script_machine_) {
    script_machine_ =
        std::make_unique<Interpreter>(Interpreter::Kind::scripts, static_cast<Host&>(*this));
  }
  return *script_machine_;
}

Interpreter& Scripts::function_machine() {
  if (!function_machine_) {
    function_machine_ =
        std::make_unique<Interpreter>(Interpreter::Kind::functions, static_cast<Host&>(*this));
  }
  return *function_machine_;
}

void Scripts::flush_scripts() {
  cache_.clear();
  script_machine_.reset();
}

void Scripts::limit_loading(std::int64_t ms) {
  loading_limit_ms_ = ms;
  loading_start_us_ = stopwatch_us();
}

// ---- one run
// --------------------------------------------------------------------------------------

void Scripts::run(Call& call, const Job& job) {
  if (const std::string_view error = why_not(job); !error.empty()) return call.reply.error(error);
  prepare_session(call.session);
  const bool declared = !(job.flags & script_flag::undeclared);
  run_ = Run{.name = job.name,
             .command = call.words,
             .start_us = stopwatch_us(),
             .is_eval = job.is_eval,
             .read_only = job.read_only || (declared && (job.flags & script_flag::no_writes)),
             .allow_oom = declared && (job.flags & script_flag::allow_oom)};
  const NativeFunction* body = native(job);
  const CountedErrors counted =
      body ? run_native(*body, job, call.reply)
           : job.machine.run({.function = job.function,
                              .name = job.name,
                              .keys = job.keys,
                              .arguments = job.arguments,
                              .interruptible = engine_.options.busy_reply_threshold_ms > 0},
                             call.reply);
  run_.reset();
  // Each of them counts the script as failed once more (networking.c, afterErrorReply).
  if (counted > 0) engine_.stats.of(engine_.table().index_of(call.command)).failed += counted;
}

const NativeFunction* Scripts::native(const Job& job) const {
  if (job.is_eval) return nullptr;
  for (const auto& [name, body] : natives_) {
    if (name == job.name) return &body;
  }
  return nullptr;
}

CountedErrors Scripts::run_native(const NativeFunction& body, const Job& job, ReplyWriter& reply) {
  class NativeCall final : public FunctionCall {
   public:
    NativeCall(Scripts& scripts, const Job& its_job)
        : FunctionCall(its_job.keys, its_job.arguments), scripts_(scripts) {}
    std::string_view run(std::span<const std::string_view> words) override {
      std::string& reply_bytes = scripts_.native_reply_;
      reply_bytes.clear();
      const std::string_view refusal = scripts_.call(words, reply_bytes);
      if (refusal.empty()) return reply_bytes;
      if (refusal[0] == '-') return refusal;
      return reply_bytes.append("-ERR ").append(refusal);
    }

   private:
    Scripts& scripts_;
  };
  NativeCall call(*this, job);
  const std::string_view answer = body(call);
  if (!answer.starts_with('-')) {
    reply.bulk(answer);
    return 0;
  }
  write_counted_error(reply, std::string(answer.substr(1)) + " script: " + std::string(job.name));
  return 1;
}

void Scripts::replace_function(std::string_view name, NativeFunction body) {
  natives_.emplace_back(name, std::move(body));
}

// script.c, scriptPrepareForRun: what a script that declares flags must declare.
std::string_view Scripts::why_not(const Job& job) const {
  if (job.flags & script_flag::undeclared) return {};
  const bool writes = !(job.flags & script_flag::no_writes);
  if (writes && job.read_only) {
    return "ERR Can not execute a script with write flag using *_ro command.";
  }
  if (writes && !(job.flags & script_flag::allow_oom) && engine_.out_of_memory() &&
      engine_.options.eviction.maxmemory != 0) {
    return "OOM allow-oom flag is not set on the script, can not run it when used memory > "
           "'maxmemory'";
  }
  return {};
}

void Scripts::prepare_session(const Session& caller) {
  session_.id = caller.id;
  session_.database = caller.database;
  session_.protocol = Protocol::resp2;
  session_.user = caller.user;
  session_.no_touch = caller.no_touch;
  session_.is_operator = caller.is_operator;
}

std::string_view Scripts::call(std::span<const std::string_view> words, std::string& reply) {
  const CommandTable::Found found = engine_.table().resolve(words);
  if (const std::string_view error = refusal(found, words); !error.empty()) {
    engine_.count_error(error[0] == '-' ? error.substr(1) : "ERR");
    if (found.command) ++engine_.stats.of(found.index).rejected;
    return error;
  }
  if (found.command->has(flag::write)) run_->wrote = true;
  ReplyWriter writer(reply, session_.protocol);
  if (profile().is_redis()) writer.tell_all_digits();
  engine_.call(session_, found, words, writer);
  return {};
}

// What keeps a command from running within this script (script.c, scriptCall), or "".
std::string_view Scripts::refusal(const CommandTable::Found& found,
                                  std::span<const std::string_view> words) {
  const bool by_module = engine_.ledger.profile().scripts == ScriptKeeping::by_module;
  if (!found.command) {
    if (!by_module || !found.container) return "Unknown command called from script";
    return refusal_ = "-" + Engine::unknown_command(words, found.container);
  }
  if (engine_.refuses(session_, found)) [[unlikely]] {
    return refusal_ = engine_.refuse_script(*found.command);
  }
  const Command& command = *found.command;
  if (!command.takes(words.size())) return "Wrong number of args calling command from script";
  if (command.has(flag::noscript) && !engine_.switches.scripts_may_all) {
    return by_module ? "This Valkey command is not allowed from script"
                     : "This Redis command is not allowed from script";
  }
  const bool lacks_memory = !run_->allow_oom && !run_->wrote &&
                            engine_.options.eviction.maxmemory != 0 && engine_.out_of_memory() &&
                            command.has(flag::denyoom);
  constexpr std::string_view oom = "-OOM command not allowed when used memory > 'maxmemory'.";
  if (by_module && lacks_memory) return oom;
  if (run_->read_only && command.has(flag::write | flag::may_replicate)) {
    return "Write commands are not allowed from read-only scripts.";
  }
  // Once a script has written it may go on (script.c, scriptVerifyWriteCommandAllow).
  if (command.has(flag::write) && !run_->wrote && engine_.lacks_replicas()) {
    return "-NOREPLICAS Not enough good replicas to write.";
  }
  if (lacks_memory) return oom;
  return {};
}

bool Scripts::knows(std::span<const std::string_view> words) const {
  return engine_.table().resolve(words).command != nullptr;
}

// There are no users with fewer rights than all, but services that give none more than some.
bool Scripts::may_run(std::span<const std::string_view> words) const {
  return !engine_.refuses(session_, engine_.table().resolve(words));
}

void Scripts::log(int level, std::string_view line) {
  engine_.log(level, line);
}

// ---- time
// -----------------------------------------------------------------------------------------

// Where nobody measures, time passes by what Lua executes: a hundred thousand instructions, between
// two questions, are about a millisecond. So a run is the same wherever it is repeated.
std::int64_t Scripts::stopwatch_us() const {
  return engine_.stopwatch ? engine_.stopwatch() : checks_ * 1000;
}

std::string_view Scripts::interruption() {
  ++checks_;
  if (!run_) {
    const std::int64_t ms = (stopwatch_us() - loading_start_us_) / 1000;
    return loading_limit_ms_ > 0 && ms > loading_limit_ms_ ? "FUNCTION LOAD timeout" : "";
  }
  if (!run_->timed_out) {
    const std::int64_t ms = (stopwatch_us() - run_->start_us) / 1000;
    if (ms < engine_.options.busy_reply_threshold_ms) return {};
    constexpr int warning = 3;
    engine_.log(warning, "Slow script detected: still in execution after " + std::to_string(ms) +
                             " milliseconds. You can try killing the script using the " +
                             (run_->is_eval ? "SCRIPT KILL" : "FUNCTION KILL") +
                             " command. Script name is: " + std::string(run_->name) + ".");
    run_->timed_out = true;
  }
  if (!engine_.serve_others()) return "Script ended by SHUTDOWN.";
  if (!run_->killed) return {};
  return run_->is_eval ? "Script killed by user with SCRIPT KILL."
                       : "Script killed by user with FUNCTION KILL.";
}

const Profile& Scripts::profile() const {
  return engine_.ledger.profile();
}

double Scripts::processor_seconds() {
  // Without a stopwatch each reading is a microsecond later, so that waiting for a time ends.
  const std::int64_t us =
      engine_.stopwatch ? engine_.stopwatch() : stopwatch_us() + ++clock_readings_;
  return static_cast<double>(us) / 1e6;
}

// ---- chance
// ---------------------------------------------------------------------------------------

std::int32_t Scripts::draw() {
  random_state_ = (random_state_ * random_multiplier + random_increment) & random_mask;
  return static_cast<std::int32_t>(random_state_ >> 17);
}

void Scripts::seed(std::int32_t seed) {
  random_state_ = std::uint64_t{static_cast<std::uint32_t>(seed)} << 16 | random_low;
}

// ---- who runs
// -------------------------------------------------------------------------------------

std::optional<Scripts::Running> Scripts::current() const {
  if (!run_) return {};
  return Running{.name = run_->name,
                 .command = run_->command,
                 .ms = (stopwatch_us() - run_->start_us) / 1000,
                 .is_eval = run_->is_eval};
}

std::string_view Scripts::kill(bool eval) {
  if (!run_) return "NOTBUSY No scripts in execution right now.";
  if (run_->wrote) {
    return "UNKILLABLE Sorry the script already executed write commands against the dataset. You "
           "can "
           "either wait the script termination or kill the server in a hard way using the SHUTDOWN "
           "NOSAVE command.";
  }
  if (eval != run_->is_eval) return busy_with(!eval);
  run_->killed = true;
  return {};
}

}  // namespace outlive
