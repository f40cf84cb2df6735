#include "scripting/interpreter.hpp"

#include <cmath>
#include <cstdio>
#include <lua.hpp>
#include <utility>

#include "base/ensure.hpp"
#include "base/number.hpp"
#include "scripting/sandbox.hpp"
#include "scripting/server_api.hpp"
#include "scripting/wording.hpp"

namespace outlive {
namespace {

// Instructions between two questions to the host (script_lua.c, luaCallFunction).
constexpr int instructions_between_checks = 100'000;
// LUA_GC_CYCLE_PERIOD: runs between two steps of collection, and the size of a step.
constexpr int collection_period = 50;

// What stays at the bottom of the machine's stack.
enum Slot {
  error_handler = 1,
  real_globals,
  globals_metatable,
  loading_globals,
  keys_name,  // "KEYS" and "ARGV", made once
  arguments_name,
  slots = arguments_name
};

// Turns what was thrown into {err=…} and says where: the caller's line when a C function failed.
// Runs above the function that failed, before the stack is unwound.
int handle_error(lua_State* lua) {
  lua_Debug where;
  bool known = lua_getstack(lua, 1, &where) != 0 && lua_getinfo(lua, "Sl", &where) != 0;
  if (known && where.what[0] == 'C' && where.what[1] == '\0') {
    known = lua_getstack(lua, 2, &where) != 0 && lua_getinfo(lua, "Sl", &where) != 0;
  }
  if (!lua_istable(lua, 1)) {
    const char* text = lua_tostring(lua, 1);
    if (!text) text = lua_isnil(lua, 1) ? "nil" : luaL_typename(lua, 1);
    lua_createtable(lua, 0, 3);
    lua_pushfstring(lua, "ERR %s", text);
    lua_setfield(lua, -2, "err");
  }
  if (known) {
    lua_pushliteral(lua, "source");
    lua_pushstring(lua, where.source);
    lua_rawset(lua, -3);
    lua_pushliteral(lua, "line");
    lua_pushnumber(lua, where.currentline);
    lua_rawset(lua, -3);
  }
  return 1;
}

void push_words(lua_State* lua, std::span<const std::string_view> words) {
  lua_createtable(lua, static_cast<int>(words.size()), 0);
  int index = 0;
  for (const std::string_view word : words) {
    lua_pushlstring(lua, word.data(), word.size());
    lua_rawseti(lua, -2, ++index);
  }
}

// The table on top of the stack, into the one below it: `redis`, and since Valkey `server`, too.
void name_api(lua_State* lua, const Profile& profile) {
  if (!profile.is_redis()) {
    lua_pushvalue(lua, -1);
    lua_setfield(lua, -3, "server");
  }
  lua_setfield(lua, -2, "redis");
}

}  // namespace

Interpreter::Interpreter(Kind kind, Host& host)
    : host_(host), kind_(kind), lua_(lua_newstate(allocate, this)) {
  ensure(lua_ != nullptr, "there is memory for Lua");
  lua_pushcfunction(lua_, handle_error);
  sandbox::push_libraries(lua_, host.profile());
  kind == Kind::scripts ? push_script_api(lua_) : push_function_api(lua_);
  sandbox::protect(lua_);
  name_api(lua_, host.profile());
  if (kind == Kind::scripts) {
    lua_pushvalue(lua_, error_handler);
    lua_setfield(lua_, real_globals, "__redis__err__handler");
    if (!host.profile().is_redis()) {
      lua_pushvalue(lua_, error_handler);
      lua_setfield(lua_, real_globals, "__server__err__handler");
    }
  }
  sandbox::refuse_unknown(lua_);
  lua_pushvalue(lua_, -1);
  sandbox::protect_globals(lua_);
  lua_insert(lua_, -2);
  lua_replace(lua_, LUA_GLOBALSINDEX);
  // While a library is loaded it sees little more than register_function.
  lua_newtable(lua_);
  push_loading_api(lua_);
  sandbox::refuse_unknown(lua_);
  sandbox::protect(lua_);
  name_api(lua_, host.profile());
  sandbox::refuse_unknown(lua_);
  lua_pushliteral(lua_, "KEYS");
  lua_pushliteral(lua_, "ARGV");
  ensure(lua_gettop(lua_) == slots, "the machine's stack holds its fixed values");
}

Interpreter::~Interpreter() {
  lua_close(lua_);
}

void* Interpreter::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  return static_cast<Interpreter*>(self)->pool_.resize(block, old_size, new_size);
}

Interpreter& Interpreter::of(lua_State* lua) {
  void* self;
  lua_getallocf(lua, &self);
  return *static_cast<Interpreter*>(self);
}

Interpreter::Compiled Interpreter::compile(std::string_view code) {
  if (sandbox::load_source(lua_, code.data(), code.size(), "@user_script") != 0) {
    Compiled failed{.error = lua_tostring(lua_, -1)};
    lua_pop(lua_, 1);
    return failed;
  }
  return {.function = luaL_ref(lua_, LUA_REGISTRYINDEX), .error = {}};
}

std::string Interpreter::load(std::string_view code, std::vector<RegisteredFunction>& registered) {
  if (sandbox::load_source(lua_, code.data(), code.size(), "@user_function") != 0) {
    std::string error = "Error compiling function: " + std::string(lua_tostring(lua_, -1));
    lua_pop(lua_, 1);
    return error;
  }
  lua_pushvalue(lua_, loading_globals);
  lua_setfield(lua_, globals_metatable, "__index");
  registering_ = &registered;
  lua_sethook(lua_, on_count, LUA_MASKCOUNT, instructions_between_checks);
  std::string error;
  if (lua_pcall(lua_, 0, 0, 0) != 0) {
    const ScriptError thrown = error_at_top(lua_);
    error = "Error registering functions: " + (thrown.plain ? "ERR " + thrown.text : thrown.text);
    lua_pop(lua_, 1);
  }
  lua_sethook(lua_, nullptr, 0, 0);
  registering_ = nullptr;
  lua_pushvalue(lua_, real_globals);
  lua_setfield(lua_, globals_metatable, "__index");
  if (!error.empty()) {
    for (const RegisteredFunction& function : registered) release(function.callback);
    registered.clear();
  }
  return error;
}

void Interpreter::release(Reference reference) {
  luaL_unref(lua_, LUA_REGISTRYINDEX, reference);
}

CountedErrors Interpreter::run(const Invocation& invocation, ReplyWriter& reply) {
  if (invocation.interruptible) {
    lua_sethook(lua_, on_count, LUA_MASKCOUNT, instructions_between_checks);
  } else {
    lua_sethook(lua_, nullptr, 0, 0);
  }
  lua_rawgeti(lua_, LUA_REGISTRYINDEX, invocation.function);
  if (kind_ == Kind::scripts) {
    for (const auto& [name, words] :
         {std::pair{keys_name, invocation.keys}, {arguments_name, invocation.arguments}}) {
      lua_pushvalue(lua_, name);
      push_words(lua_, words);
      lua_rawset(lua_, real_globals);
    }
  } else {
    push_words(lua_, invocation.keys);
    push_words(lua_, invocation.arguments);
  }
  const int failed = lua_pcall(lua_, kind_ == Kind::scripts ? 0 : 2, 1, error_handler);
  collect_garbage_now_and_then();
  CountedErrors counted = 0;
  if (failed != 0) {
    write_error(invocation.name, reply, counted);
  } else {
    counted = reply_with_top(lua_, host_.protocol(), reply);
  }
  lua_settop(lua_, slots);
  return counted;
}

void Interpreter::write_error(std::string_view name, ReplyWriter& reply, CountedErrors& counted) {
  const ScriptError error = error_at_top(lua_);
  const bool by_module = host().profile().scripts == ScriptKeeping::by_module;
  if (error.plain || !lua_istable(lua_, -1)) {
    constexpr std::size_t shown_max = 100;
    const std::string text = error.plain ? error.text : "execution failure";
    const std::string which = by_module ? "" : " " + std::string(name);
    return reply.error("ERR Error running script" + which + ", " + text.substr(0, shown_max));
  }
  std::string text = error.text;
  if (!error.line.empty() && !error.source.empty()) {
    text += " script: " + (by_module ? "" : std::string(name) + ", ") + "on " + error.source + ":" +
            error.line + ".";
  }
  // In 8.0 what a script raises keeps its line ends (script_lua.c, luaCallFunction).
  const bool as_is = host().profile().is_within("8.0.0", "8.1.0");
  if (!error.counted) return as_is ? reply.error_as_is(text) : reply.error(text);
  counted = 1;
  as_is ? reply.raw("-" + text + "\r\n") : write_counted_error(reply, text);
}

void Interpreter::collect_garbage_now_and_then() {
  if (++runs_since_collection_ < collection_period) return;
  lua_gc(lua_, LUA_GCSTEP, collection_period);
  runs_since_collection_ = 0;
}

std::size_t Interpreter::memory() const {
  return static_cast<std::size_t>(lua_gc(lua_, LUA_GCCOUNT, 0)) * 1024;
}

void Interpreter::on_count(lua_State* lua, lua_Debug*) {
  const std::string_view error = of(lua).host_.interruption();
  if (error.empty()) return;
  // From now on at every line: a script that catches the error meets it again at once.
  lua_sethook(lua, on_count, LUA_MASKLINE, 0);
  push_error(lua, error);
  lua_error(lua);
}

bool Interpreter::collect_words(lua_State* lua) {
  // The longest that a number's text gets.
  constexpr std::size_t number_max = 32;
  // Whole numbers as such up to this size (util.c, double2ll).
  constexpr double whole_max = 0x1p62;
  const int count = lua_gettop(lua);
  words_.clear();
  numbers_.clear();
  for (int i = 1; i <= count; ++i) {
    const int type = lua_type(lua, i);
    if (type == LUA_TSTRING) {
      std::size_t size;
      const char* text = lua_tolstring(lua, i, &size);
      words_.emplace_back(text, size);
      continue;
    }
    if (type != LUA_TNUMBER) return false;
    // Room for all at once: words point into it.
    if (numbers_.capacity() < number_max * static_cast<std::size_t>(count)) {
      ensure(numbers_.empty(), "the text of numbers stays in its place");
      numbers_.reserve(number_max * static_cast<std::size_t>(count));
    }
    const double number = lua_tonumber(lua, i);
    const std::size_t start = numbers_.size();
    if (host_.profile().is_redis()) {
      char text[number_max];
      const int size = std::snprintf(text, sizeof text, "%.17g", number);
      numbers_.append(text, static_cast<std::size_t>(size));
    } else if (number > -whole_max && number < whole_max &&
        static_cast<double>(static_cast<std::int64_t>(number)) == number) {
      append_integer(numbers_, static_cast<std::int64_t>(number));
    } else {
      if (std::isnan(number) && std::signbit(number)) numbers_ += '-';  // fpconv_dtoa tells it
      numbers_ += format_double(number);
    }
    words_.push_back(std::string_view(numbers_).substr(start));
  }
  return true;
}

int Interpreter::call(lua_State* lua, bool raises) {
  const auto fail = [&](std::string_view error) {
    push_error(lua, worded(host_.profile(), error));
    return raises ? lua_error(lua) : 1;
  };
  if (lua_gettop(lua) == 0) return fail("Please specify at least one argument for this call");
  if (!collect_words(lua)) return fail("Command arguments must be strings or integers");
  reply_.clear();
  const std::string_view refusal = host_.call(words_, reply_);
  lua_settop(lua, 0);
  if (!refusal.empty()) {
    push_counted_error(lua, worded(host_.profile(), refusal));
    return raises ? lua_error(lua) : 1;
  }
  push_reply(lua, reply_, host_.profile().scripts != ScriptKeeping::directly);
  return raises && reply_[0] == '-' ? lua_error(lua) : 1;
}

}  // namespace outlive
