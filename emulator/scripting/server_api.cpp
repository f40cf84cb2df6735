#include "scripting/server_api.hpp"

#include <lua.hpp>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "scripting/convert.hpp"
#include "scripting/interpreter.hpp"
#include "scripting/library.hpp"
#include "scripting/wording.hpp"

namespace outlive {
namespace {

// `version.h` of Valkey 8.0 and 8.1: the version of Redis that scripts are told.
constexpr const char* redis_version = "7.2.4";
constexpr int redis_version_number = 0x00070204;

constexpr int log_warning = 3;    // LL_WARNING, the highest
constexpr int propagate_all = 3;  // PROPAGATE_AOF | PROPAGATE_REPL

int raise(lua_State* lua, std::string_view error) {
  push_error(lua, worded(Interpreter::of(lua).host().profile(), error));
  return lua_error(lua);
}

int call(lua_State* lua) {
  return Interpreter::of(lua).call(lua, true);
}

int pcall(lua_State* lua) {
  return Interpreter::of(lua).call(lua, false);
}

int sha1hex(lua_State* lua) {
  if (lua_gettop(lua) != 1) return raise(lua, "wrong number of arguments");
  std::size_t size = 0;
  const char* text = lua_tolstring(lua, 1, &size);
  const std::string digest = sha1_hex(text ? std::string_view(text, size) : std::string_view{});
  lua_pushlstring(lua, digest.data(), digest.size());
  return 1;
}

bool has_one_string(lua_State* lua) {
  if (lua_gettop(lua) == 1 && lua_type(lua, 1) == LUA_TSTRING) return true;
  push_error(lua, "wrong number or type of arguments");
  return false;
}

int error_reply(lua_State* lua) {
  if (!has_one_string(lua)) return 1;
  const std::string text = lua_tostring(lua, 1);
  push_error(lua, text.empty() || text[0] != '-' ? "-" + text : text);
  return 1;
}

int status_reply(lua_State* lua) {
  if (!has_one_string(lua)) return 1;
  lua_createtable(lua, 0, 1);
  lua_pushvalue(lua, 1);
  lua_setfield(lua, -2, "ok");
  return 1;
}

// Replication by effects can't be narrowed where there is none; the arguments are checked.
int set_repl(lua_State* lua) {
  if (lua_gettop(lua) != 1) return raise(lua, "server.set_repl() requires one argument.");
  const std::int64_t flags = truncated(lua_tonumber(lua, 1));
  if (flags & ~std::int64_t{propagate_all}) {
    return raise(lua,
                 "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
  }
  return 0;
}

int setresp(lua_State* lua) {
  if (lua_gettop(lua) != 1) return raise(lua, "server.setresp() requires one argument.");
  const std::int64_t version = truncated(lua_tonumber(lua, 1));
  if (version != 2 && version != 3) return raise(lua, "RESP version must be 2 or 3.");
  Interpreter::of(lua).host().set_protocol(version == 2 ? Protocol::resp2 : Protocol::resp3);
  return 0;
}

int acl_check_cmd(lua_State* lua) {
  if (lua_gettop(lua) == 0) return raise(lua, "Please specify at least one argument for this call");
  Interpreter& self = Interpreter::of(lua);
  if (!self.collect_words(lua)) return raise(lua, "Command arguments must be strings or integers");
  if (!self.host().knows(self.words())) {
    return raise(lua, "Invalid command passed to server.acl_check_cmd()");
  }
  lua_pushboolean(lua, self.host().may_run(self.words()));
  return 1;
}

int log(lua_State* lua) {
  const int arguments = lua_gettop(lua);
  if (arguments < 2) return raise(lua, "server.log() requires two arguments or more.");
  if (lua_isnumber(lua, 1) == 0) return raise(lua, "First argument must be a number (log level).");
  const std::int64_t level = truncated(lua_tonumber(lua, 1));
  if (level < 0 || level > log_warning) return raise(lua, "Invalid log level.");
  std::string line;
  for (int i = 2; i <= arguments; ++i) {
    std::size_t size;
    const char* text = lua_tolstring(lua, i, &size);
    if (!text) continue;
    if (i > 2) line += ' ';
    line.append(text, size);
  }
  Interpreter::of(lua).host().log(static_cast<int>(level), line);
  return 0;
}

int always_true(lua_State* lua) {
  lua_pushboolean(lua, 1);
  return 1;
}

// Outside a debugging session a breakpoint stops nothing, and debug() says nothing.
int breakpoint(lua_State* lua) {
  lua_pushboolean(lua, 0);
  return 1;
}

int debug(lua_State*) {
  return 0;
}

// ---- register_function
// ----------------------------------------------------------------------------

bool read_text(lua_State* lua, int index, std::string& into) {
  if (lua_isstring(lua, index) == 0) return false;
  std::size_t size;
  const char* text = lua_tolstring(lua, index, &size);
  into.assign(text, size);
  return true;
}

// The names in the table on top of the stack.
bool read_flags(lua_State* lua, ScriptFlags& flags) {
  for (int i = 1;; ++i) {
    lua_rawgeti(lua, -1, i);
    if (lua_isnil(lua, -1)) {
      lua_pop(lua, 1);
      return true;
    }
    const char* wanted = lua_isstring(lua, -1) != 0 ? lua_tostring(lua, -1) : "";
    bool known = false;
    for (const auto& [flag, name] : script_flag_names) {
      if (!equal_ignoring_case(name, wanted)) continue;
      flags |= flag;
      known = true;
    }
    lua_pop(lua, 1);
    if (!known) return false;
  }
}

// One named argument, its value on top of the stack; the error, or null.
const char* read_named(lua_State* lua, std::string_view key, RegisteredFunction& function,
                       bool& named) {
  if (equal_ignoring_case(key, "function_name")) {
    named = read_text(lua, -1, function.name);
    return named ? nullptr
                 : "function_name argument given to server.register_function must be a string";
  }
  if (equal_ignoring_case(key, "description")) {
    function.described = read_text(lua, -1, function.description);
    return function.described
               ? nullptr
               : "description argument given to server.register_function must be a string";
  }
  if (equal_ignoring_case(key, "callback")) {
    if (!lua_isfunction(lua, -1)) {
      return "callback argument given to server.register_function must be a function";
    }
    lua_pushvalue(lua, -1);
    function.callback = luaL_ref(lua, LUA_REGISTRYINDEX);
    return nullptr;
  }
  if (equal_ignoring_case(key, "flags")) {
    if (!lua_istable(lua, -1)) {
      return "flags argument to server.register_function must be a table representing function "
             "flags";
    }
    return read_flags(lua, function.flags) ? nullptr : "unknown flag given";
  }
  return "unknown argument given to server.register_function";
}

const char* read_table(lua_State* lua, RegisteredFunction& function) {
  if (!lua_istable(lua, 1)) {
    return "calling server.register_function with a single argument is only applicable to Lua "
           "table "
           "(representing named arguments).";
  }
  bool named = false;
  lua_pushnil(lua);
  while (lua_next(lua, 1) != 0) {
    if (lua_type(lua, -2) != LUA_TSTRING) {
      return "named argument key given to server.register_function is not a string";
    }
    if (const char* error = read_named(lua, lua_tostring(lua, -2), function, named)) return error;
    lua_pop(lua, 1);
  }
  if (!named) return "server.register_function must get a function name argument";
  if (function.callback == 0) return "server.register_function must get a callback argument";
  return nullptr;
}

const char* read_positional(lua_State* lua, RegisteredFunction& function) {
  if (!read_text(lua, 1, function.name)) {
    return "first argument to server.register_function must be a string";
  }
  if (!lua_isfunction(lua, 2)) {
    return "second argument to server.register_function must be a function";
  }
  function.callback = luaL_ref(lua, LUA_REGISTRYINDEX);
  return nullptr;
}

int register_function(lua_State* lua) {
  auto* registering = Interpreter::of(lua).registering();
  if (!registering) {
    return raise(lua, "server.register_function can only be called on FUNCTION LOAD command");
  }
  const int arguments = lua_gettop(lua);
  if (arguments < 1 || arguments > 2) {
    return raise(lua, "wrong number of arguments to server.register_function");
  }
  RegisteredFunction function;
  const char* error = arguments == 1 ? read_table(lua, function) : read_positional(lua, function);
  if (!error && Interpreter::of(lua).host().profile().scripts == ScriptKeeping::directly) {
    error = refusal_at_once(function.name, *registering);
  }
  if (error) {
    if (function.callback != 0) luaL_unref(lua, LUA_REGISTRYINDEX, function.callback);
    return raise(lua, error);
  }
  registering->push_back(std::move(function));
  return 0;
}

// ---- tables
// ---------------------------------------------------------------------------------------

struct Constant {
  const char* name;
  int value;
};

void add(lua_State* lua, std::initializer_list<luaL_Reg> functions) {
  for (const auto& [name, function] : functions) {
    lua_pushcfunction(lua, function);
    lua_setfield(lua, -2, name);
  }
}

void add(lua_State* lua, std::initializer_list<Constant> constants) {
  for (const auto& [name, value] : constants) {
    lua_pushnumber(lua, value);
    lua_setfield(lua, -2, name);
  }
}

void push_common(lua_State* lua) {
  const Profile& profile = Interpreter::of(lua).host().profile();
  const std::string version(profile.version);
  lua_newtable(lua);
  const bool valkey = !profile.is_redis();
  add(lua, {{"log", log}});
  add(lua,
      {{"LOG_DEBUG", 0},
       {"LOG_VERBOSE", 1},
       {"LOG_NOTICE", 2},
       {"LOG_WARNING", log_warning},
       {"REDIS_VERSION_NUM", valkey ? redis_version_number : static_cast<int>(profile.number)}});
  const auto text = [lua](const char* name, const char* value) {
    lua_pushstring(lua, value);
    lua_setfield(lua, -2, name);
  };
  text("REDIS_VERSION", valkey ? redis_version : version.c_str());
  if (!valkey) return;
  add(lua, {{"VALKEY_VERSION_NUM", static_cast<int>(profile.number)}});
  text("VALKEY_VERSION", version.c_str());
  text("SERVER_NAME", "valkey");
}

}  // namespace

void push_function_api(lua_State* lua) {
  push_common(lua);
  add(lua, {{"call", call},
            {"pcall", pcall},
            {"setresp", setresp},
            {"sha1hex", sha1hex},
            {"error_reply", error_reply},
            {"status_reply", status_reply},
            {"set_repl", set_repl},
            {"acl_check_cmd", acl_check_cmd}});
  add(lua, {{"REPL_NONE", 0},
            {"REPL_AOF", 1},
            {"REPL_SLAVE", 2},
            {"REPL_REPLICA", 2},
            {"REPL_ALL", propagate_all}});
}

void push_script_api(lua_State* lua) {
  push_function_api(lua);
  add(lua, {{"breakpoint", breakpoint}, {"debug", debug}, {"replicate_commands", always_true}});
}

void push_loading_api(lua_State* lua) {
  push_common(lua);
  add(lua, {{"register_function", register_function}});
}

}  // namespace outlive
