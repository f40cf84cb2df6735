#include "scripting/sandbox.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <lua.hpp>
#include <string>
#include <string_view>

#include "scripting/bindings.hpp"
#include "scripting/interpreter.hpp"

extern "C" {
int luaopen_cjson(lua_State* lua);
int luaopen_bit(lua_State* lua);
}

namespace outlive::sandbox {
namespace {

// Keys of a stand-in's metatable that no script can make: the addresses of these.
constexpr char real_key = 0;   // the table behind it
constexpr char shown_key = 0;  // what getmetatable() gives

void push_key(lua_State* lua, const char& key) {
  lua_pushlightuserdata(lua, const_cast<char*>(&key));
}

// Pushes the table behind a stand-in, and tells whether it is one.
bool push_real(lua_State* lua, int index, const char& key = real_key) {
  if (lua_type(lua, index) != LUA_TTABLE || lua_getmetatable(lua, index) == 0) return false;
  push_key(lua, key);
  lua_rawget(lua, -2);
  lua_remove(lua, -2);
  if (!lua_isnil(lua, -1)) return true;
  lua_pop(lua, 1);
  return false;
}

int refuse_writing(lua_State* lua) {
  return luaL_error(lua, "Attempt to modify a readonly table");
}

// The same where Valkey's Lua finds out inside a C function: without a position.
int refuse_raw_writing(lua_State* lua) {
  lua_pushliteral(lua, "Attempt to modify a readonly table");
  return lua_error(lua);
}

int refuse_variable(lua_State* lua) {
  if (lua_gettop(lua) != 2) {
    return luaL_error(lua, "Wrong number of arguments to luaProtectedTableError");
  }
  if (lua_isstring(lua, -1) == 0) {
    return luaL_error(lua, "Second argument to luaProtectedTableError must be a string or number");
  }
  return luaL_error(lua, "Script attempted to access nonexistent global variable '%s'",
                    lua_tostring(lua, -1));
}

// ---- functions that would go past the stand-ins
// ---------------------------------------------------

// The original is upvalue 1; it is entered as if it had been called itself.
int original(lua_State* lua) {
  return lua_tocfunction(lua, lua_upvalueindex(1))(lua);
}

int writing_guard(lua_State* lua) {
  if (push_real(lua, 1)) return refuse_raw_writing(lua);
  return original(lua);
}

int reading_guard(lua_State* lua) {
  if (push_real(lua, 1)) lua_replace(lua, 1);
  return original(lua);
}

int next_entry(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 2);
  if (push_real(lua, 1)) lua_replace(lua, 1);
  if (lua_next(lua, 1) != 0) return 2;
  lua_pushnil(lua);
  return 1;
}

int pairs(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_pushvalue(lua, lua_upvalueindex(1));  // next
  lua_pushvalue(lua, 1);
  lua_pushnil(lua);
  return 3;
}

int get_metatable(lua_State* lua) {
  if (lua_type(lua, 1) == LUA_TSTRING) {
    lua_pushvalue(lua, lua_upvalueindex(2));  // a stand-in for what all strings share
    return 1;
  }
  if (push_real(lua, 1, shown_key)) return 1;
  if (push_real(lua, 1)) {
    lua_pushnil(lua);
    return 1;
  }
  return original(lua);
}

// As luaB_auxwrap and the like answer: nil and the reason.
int loaded(lua_State* lua, int status) {
  if (status == 0) return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

int load_string(lua_State* lua) {
  std::size_t size;
  const char* code = luaL_checklstring(lua, 1, &size);
  const char* name = luaL_optstring(lua, 2, code);
  return loaded(lua, load_source(lua, code, size, name));
}

// The pieces that a function returns, up to nil or "".
int load(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TFUNCTION);
  const char* name = luaL_optstring(lua, 2, "=(load)");
  std::string code;
  while (true) {
    luaL_checkstack(lua, 2, "too many nested functions");
    lua_pushvalue(lua, 1);
    lua_call(lua, 0, 1);
    if (!lua_isnil(lua, -1) && lua_isstring(lua, -1) == 0) {
      return luaL_error(lua, "reader function must return a string");
    }
    std::size_t size = 0;
    const char* piece = lua_tolstring(lua, -1, &size);
    if (size == 0) break;
    code.append(piece, size);
    lua_pop(lua, 1);
  }
  return loaded(lua, load_source(lua, code.data(), code.size(), name));
}

// Before Redis 7 errors were strings; a table with `err` is still handed out as its text
// (script_lua.c, luaRedisPcall).
int protected_call(lua_State* lua) {
  luaL_checkany(lua, 1);
  if (lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0) == 0) {
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    return lua_gettop(lua);
  }
  if (lua_istable(lua, -1)) {
    lua_getfield(lua, -1, "err");
    if (lua_isstring(lua, -1) != 0) lua_replace(lua, -2);
  }
  lua_pushboolean(lua, 0);
  lua_insert(lua, 1);
  return lua_gettop(lua);
}

// ---- math and os
// ----------------------------------------------------------------------------------

int random(lua_State* lua) {
  constexpr double range = 2147483647;  // SERVER_LRAND48_MAX
  const std::int32_t drawn = Interpreter::of(lua).host().draw();
  const lua_Number unit = static_cast<lua_Number>(drawn % static_cast<std::int32_t>(range)) / range;
  switch (lua_gettop(lua)) {
    case 0:
      lua_pushnumber(lua, unit);
      break;
    case 1: {
      const int upper = luaL_checkint(lua, 1);
      luaL_argcheck(lua, 1 <= upper, 1, "interval is empty");
      lua_pushnumber(lua, std::floor(unit * upper) + 1);
      break;
    }
    case 2: {
      const int lower = luaL_checkint(lua, 1);
      const int upper = luaL_checkint(lua, 2);
      luaL_argcheck(lua, lower <= upper, 2, "interval is empty");
      const double width = static_cast<double>(upper) - lower + 1;
      lua_pushnumber(lua, std::floor(unit * width) + lower);
      break;
    }
    default:
      return luaL_error(lua, "wrong number of arguments");
  }
  return 1;
}

int random_seed(lua_State* lua) {
  Interpreter::of(lua).host().seed(luaL_checkint(lua, 1));
  return 0;
}

int clock(lua_State* lua) {
  lua_pushnumber(lua, Interpreter::of(lua).host().processor_seconds());
  return 1;
}

// ---- putting it together
// --------------------------------------------------------------------------

void set_function(lua_State* lua, const char* name, lua_CFunction function) {
  lua_pushcfunction(lua, function);
  lua_setfield(lua, -2, name);
}

// Puts a guard in front of a function of the table on top of the stack.
void guard(lua_State* lua, const char* name, lua_CFunction guarding) {
  lua_getfield(lua, -1, name);
  lua_pushcclosure(lua, guarding, 1);
  lua_setfield(lua, -2, name);
}

// A library, opened into the state's first globals, which no script ever sees.
void open(lua_State* lua, const char* name, lua_CFunction opener) {
  lua_pushcfunction(lua, opener);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

// `pairs` hands out the `next` that knows stand-ins.
void guard_base(lua_State* lua) {
  for (const char* name : {"rawset", "setmetatable"}) guard(lua, name, writing_guard);
  guard(lua, "rawget", reading_guard);
  set_function(lua, "next", next_entry);
  lua_getfield(lua, -1, "next");
  lua_pushcclosure(lua, pairs, 1);
  lua_setfield(lua, -2, "pairs");
  set_function(lua, "load", load);
  set_function(lua, "loadstring", load_string);
  set_function(lua, "pcall", protected_call);
}

// Copies what scripts may have of Lua's base library from the state's globals to the table on top.
void copy_base(lua_State* lua, const Profile& profile) {
  // Denied in Redis 7.0 (script_lua.c, deny_list).
  constexpr std::string_view since_valkey[] = {"getfenv", "setfenv", "newproxy"};
  for (const char* name : {"xpcall",   "tostring", "getfenv",  "setmetatable",   "next",
                           "assert",   "tonumber", "rawequal", "collectgarbage", "getmetatable",
                           "rawset",   "pcall",    "type",     "select",         "unpack",
                           "gcinfo",   "pairs",    "rawget",   "loadstring",     "ipairs",
                           "_VERSION", "setfenv",  "load",     "error",          "newproxy"}) {
    if (profile.is_redis() && std::ranges::find(since_valkey, name) != std::end(since_valkey)) {
      continue;
    }
    lua_getglobal(lua, name);
    lua_setfield(lua, -2, name);
  }
}

// Pushes a library's table from the state's globals, makes it read-only, and puts it into the table
// below.
void add_library(lua_State* lua, const char* name) {
  lua_getglobal(lua, name);
  protect(lua);
  lua_setfield(lua, -2, name);
}

// Strings find their methods through the stand-in of `string`, which is in the table on top; and
// getmetatable() shows a stand-in of their metatable.
void protect_strings(lua_State* lua) {
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_getfield(lua, -3, "string");
  lua_setfield(lua, -2, "__index");
  protect(lua);
  lua_getfield(lua, -3, "getmetatable");
  lua_insert(lua, -2);
  lua_pushcclosure(lua, get_metatable, 2);
  lua_setfield(lua, -3, "getmetatable");
  lua_pop(lua, 1);
}

}  // namespace

void protect(lua_State* lua) {
  lua_newtable(lua);
  lua_createtable(lua, 0, 3);
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "__index");
  set_function(lua, "__newindex", refuse_writing);
  push_key(lua, real_key);
  lua_pushvalue(lua, -4);
  lua_rawset(lua, -3);
  lua_setmetatable(lua, -2);
  lua_remove(lua, -2);
}

void refuse_unknown(lua_State* lua) {
  lua_createtable(lua, 0, 1);
  set_function(lua, "__index", refuse_variable);
  lua_setmetatable(lua, -2);
}

void protect_globals(lua_State* lua) {
  protect(lua);
  lua_getmetatable(lua, -1);
  lua_getfield(lua, -1, "__index");
  lua_pushvalue(lua, -3);
  lua_setfield(lua, -2, "_G");
  lua_pop(lua, 1);
  push_key(lua, shown_key);
  lua_createtable(lua, 0, 1);
  set_function(lua, "__index", refuse_variable);
  protect(lua);
  lua_rawset(lua, -3);
}

// LuaBitOp's bit.tohex negates a width below zero, and the least integer has no negative: it would
// write far beyond its buffer. Valkey's copy mends that (deps/lua/src/lua_bit.c, bit_tohex).
int to_hex(lua_State* lua) {
  constexpr double range = 4294967296.0;
  constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
  if (!lua_isnone(lua, 2)) {
    const double width = luaL_checknumber(lua, 2);
    if (std::isfinite(width)) {
      const auto bits = static_cast<std::uint32_t>(std::llrint(std::fmod(width, range)));
      if (static_cast<std::int32_t>(bits) == least) {
        lua_pushinteger(lua, least + 1);
        lua_replace(lua, 2);
      }
    }
  }
  const int arguments = lua_gettop(lua);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_call(lua, arguments, 1);
  return 1;
}

void push_libraries(lua_State* lua, const Profile& profile) {
  open(lua, "", luaopen_base);
  open(lua, LUA_TABLIBNAME, luaopen_table);
  open(lua, LUA_STRLIBNAME, luaopen_string);
  open(lua, LUA_MATHLIBNAME, luaopen_math);
  for (const auto& [name, opener] :
       {luaL_Reg{"cjson", luaopen_cjson}, luaL_Reg{"bit", luaopen_bit},
        luaL_Reg{"cmsgpack", open_cmsgpack}, luaL_Reg{"struct", open_struct}}) {
    lua_pushcfunction(lua, opener);
    lua_call(lua, 0, 1);
    lua_setglobal(lua, name);
  }
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  guard_base(lua);
  lua_pop(lua, 1);
  lua_getglobal(lua, "bit");
  lua_getfield(lua, -1, "tohex");
  lua_pushcclosure(lua, to_hex, 1);
  lua_setfield(lua, -2, "tohex");
  lua_pop(lua, 1);
  lua_getglobal(lua, "table");
  for (const char* name : {"insert", "remove", "sort"}) guard(lua, name, writing_guard);
  lua_pop(lua, 1);
  lua_getglobal(lua, "math");
  set_function(lua, "random", random);
  set_function(lua, "randomseed", random_seed);
  lua_pop(lua, 1);
  lua_newtable(lua);
  set_function(lua, "clock", clock);
  lua_setglobal(lua, "os");

  lua_newtable(lua);
  copy_base(lua, profile);
  for (const char* name :
       {"string", "cjson", "bit", "cmsgpack", "math", "table", "struct", "os", "coroutine"}) {
    if (profile.is_redis() && name == std::string_view("os")) continue;
    add_library(lua, name);
  }
  protect_strings(lua);
}

int load_source(lua_State* lua, const char* code, std::size_t size, const char* name) {
  if (size > 0 && code[0] == LUA_SIGNATURE[0]) {
    // Valkey's Lua has no loader for compiled code, and stumbles over its first byte as over any
    // other that begins nothing.
    constexpr char other = '=';
    const int status = luaL_loadbuffer(lua, &other, 1, name);
    const std::string error = lua_tostring(lua, -1);
    lua_pop(lua, 1);
    lua_pushfstring(lua, "%s'char(27)'", error.substr(0, error.rfind("'='")).c_str());
    return status;
  }
  return luaL_loadbuffer(lua, code, size, name);
}

}  // namespace outlive::sandbox
