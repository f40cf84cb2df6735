// One Lua 5.1 machine: compiles scripts or libraries and runs them against a Host. It knows neither
// sessions nor flags.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "resp/reply_writer.hpp"
#include "scripting/block_pool.hpp"
#include "scripting/convert.hpp"
#include "scripting/flags.hpp"
#include "scripting/host.hpp"

struct lua_State;
struct lua_Debug;

namespace outlive {

// A Lua value that the machine keeps for us.
using Reference = int;

// What a library registered while it was loaded.
struct RegisteredFunction {
  std::string name;
  std::string description;
  bool described = false;
  Reference callback = 0;
  ScriptFlags flags = 0;
};

class Interpreter {
 public:
  // EVAL's scripts see KEYS and ARGV as globals; functions get them as arguments, and their
  // libraries are loaded with a smaller set of globals.
  enum class Kind : std::uint8_t { scripts, functions };

  Interpreter(Kind kind, Host& host);
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  struct Compiled {
    Reference function = 0;
    std::string error;  // "" if it could be compiled
  };
  Compiled compile(std::string_view code);
  // Runs a library's code, which registers functions. Without an error there may be none.
  std::string load(std::string_view code, std::vector<RegisteredFunction>& registered);
  void release(Reference reference);

  struct Invocation {
    Reference function;
    std::string_view name;  // for errors: the script's digest, the function's name
    std::span<const std::string_view> keys;
    std::span<const std::string_view> arguments;
    bool interruptible;  // ask the host now and then
  };
  // Answers with what the script returns, or with its error.
  CountedErrors run(const Invocation& invocation, ReplyWriter& reply);

  // Bytes that Lua holds (luaMemory: whole kilobytes).
  std::size_t memory() const;

  // ---- for the functions that Lua calls
  // -----------------------------------------------------------
  static Interpreter& of(lua_State* lua);
  Host& host() { return host_; }
  // server.call: takes the arguments from Lua's stack, leaves the result on it.
  int call(lua_State* lua, bool raises);
  // The words of a command from Lua's arguments, good until the next time; false: one is no word.
  bool collect_words(lua_State* lua);
  std::span<const std::string_view> words() const { return words_; }
  // Where register_function puts what it is given; null when no library is being loaded.
  std::vector<RegisteredFunction>* registering() { return registering_; }

 private:
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static void on_count(lua_State* lua, lua_Debug*);
  void write_error(std::string_view name, ReplyWriter& reply, CountedErrors& counted);
  void collect_garbage_now_and_then();

  Host& host_;
  Kind kind_;
  BlockPool pool_;
  lua_State* lua_;
  std::vector<std::string_view> words_;
  std::string numbers_;  // the text of numbers among them
  std::string reply_;    // of the command under way
  std::vector<RegisteredFunction>* registering_ = nullptr;
  int runs_since_collection_ = 0;
};

}  // namespace outlive
