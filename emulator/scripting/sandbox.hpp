// What scripts can reach: Lua's harmless functions, behind tables that no script can change.
//
// Valkey's own Lua marks tables as read-only; stock Lua has no such mark. So each library, and the
// table of globals, is hidden behind an empty stand-in whose metatable reads from the real one and
// refuses writing. The functions that go past metatables (rawset, next, table.insert …) know
// stand-ins: they read through them, and refuse to write.
#pragma once

#include <cstddef>

#include "memory/profile.hpp"

struct lua_State;

namespace outlive::sandbox {

// Replaces the table on top of the stack by a stand-in for it.
void protect(lua_State* lua);

// Pushes a table with Lua's own libraries, cjson, cmsgpack, struct and bit (script_lua.c, allow
// lists), each behind a stand-in. `_G` and the server's tables are not in it.
void push_libraries(lua_State* lua, const Profile& profile);

// Makes reading what the table on top of the stack lacks an error that names the variable.
void refuse_unknown(lua_State* lua);

// Replaces the table of globals on top of the stack by its stand-in, which is also its `_G`, and
// pushes the stand-in's metatable: reads go to its `__index`.
void protect_globals(lua_State* lua);

// A chunk of source text, as luaL_loadbuffer() reads it; compiled code is refused.
int load_source(lua_State* lua, const char* code, std::size_t size, const char* name);

}  // namespace outlive::sandbox
