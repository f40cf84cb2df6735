// Libraries that scripts find beside Lua's own. Each function pushes its library's table, as Lua's
// luaopen_* functions do.
#pragma once

struct lua_State;

namespace outlive {

// MessagePack as Valkey 8.1 `deps/lua/src/lua_cmsgpack.c` (0.4.0) reads and writes it.
int open_cmsgpack(lua_State* lua);
// Binary structures as Valkey 8.1 `deps/lua/src/lua_struct.c` (1.7) packs them.
int open_struct(lua_State* lua);

}  // namespace outlive
