// The tables `server` and `redis` as scripts see them (script_lua.c, luaRegisterServerAPI;
// function_lua.c).
#pragma once

struct lua_State;

namespace outlive {

// Push the table: for EVAL's scripts, for functions, and for libraries while they are loaded.
void push_script_api(lua_State* lua);
void push_function_api(lua_State* lua);
void push_loading_api(lua_State* lua);

}  // namespace outlive
