// cmsgpack.pack, unpack, unpack_one, unpack_limit.
#include <bit>
#include <climits>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <lua.hpp>
#include <string>
#include <string_view>

#include "scripting/bindings.hpp"

namespace outlive {
namespace {

// Deeper tables are packed as nil, which also ends circles.
constexpr int nesting_max = 16;

// ---- packing
// --------------------------------------------------------------------------------------

void put(std::string& out, int type, std::uint64_t value, int bytes) {
  out.push_back(static_cast<char>(type));
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xff));
  }
}

void put_string(std::string& out, std::string_view text) {
  const std::uint64_t n = text.size();
  if (n < 32) {
    put(out, 0xa0 | static_cast<int>(n), 0, 0);
  } else if (n <= 0xff) {
    put(out, 0xd9, n, 1);
  } else if (n <= 0xffff) {
    put(out, 0xda, n, 2);
  } else {
    put(out, 0xdb, n, 4);
  }
  out.append(text);
}

void put_integer(std::string& out, std::int64_t n) {
  const auto bits = static_cast<std::uint64_t>(n);
  if (n >= 0) {
    if (n <= 0x7f) {
      put(out, static_cast<int>(n), 0, 0);
    } else if (n <= 0xff) {
      put(out, 0xcc, bits, 1);
    } else if (n <= 0xffff) {
      put(out, 0xcd, bits, 2);
    } else if (n <= 0xffffffff) {
      put(out, 0xce, bits, 4);
    } else {
      put(out, 0xcf, bits, 8);
    }
  } else if (n >= -32) {
    put(out, static_cast<int>(n), 0, 0);
  } else if (n >= INT8_MIN) {
    put(out, 0xd0, bits, 1);
  } else if (n >= INT16_MIN) {
    put(out, 0xd1, bits, 2);
  } else if (n >= INT32_MIN) {
    put(out, 0xd2, bits, 4);
  } else {
    put(out, 0xd3, bits, 8);
  }
}

bool is_int64(double number) {
  return number >= -0x1p63 && number < 0x1p63 &&
         static_cast<double>(static_cast<std::int64_t>(number)) == number;
}

void put_number(std::string& out, double number) {
  if (is_int64(number)) return put_integer(out, static_cast<std::int64_t>(number));
  const auto narrow = static_cast<float>(number);
  if (static_cast<double>(narrow) == number) {
    put(out, 0xca, std::bit_cast<std::uint32_t>(narrow), 4);
  } else {
    put(out, 0xcb, std::bit_cast<std::uint64_t>(number), 8);
  }
}

void put_length(std::string& out, std::size_t n, int small, int medium, int large) {
  if (n <= 15) {
    put(out, small | static_cast<int>(n), 0, 0);
  } else if (n <= 0xffff) {
    put(out, medium, n, 2);
  } else {
    put(out, large, n, 4);
  }
}

// Whether the keys of the table on top are exactly 1 … n. True for an empty table.
bool is_array(lua_State* lua) {
  const int top = lua_gettop(lua);
  int count = 0;
  int highest = 0;
  luaL_checkstack(lua, 2, "in function table_is_an_array");
  lua_pushnil(lua);
  while (lua_next(lua, top) != 0) {
    lua_pop(lua, 1);
    const lua_Number key = lua_type(lua, -1) == LUA_TNUMBER ? lua_tonumber(lua, -1) : 0;
    if (!(key > 0 && key <= INT_MAX) || std::floor(key) != key) {
      lua_settop(lua, top);
      return false;
    }
    if (key > highest) highest = static_cast<int>(key);
    ++count;
  }
  return highest == count;
}

void pack_top(lua_State* lua, std::string& out, int level);

void pack_array(lua_State* lua, std::string& out, int level) {
  const std::size_t n = lua_objlen(lua, -1);
  put_length(out, n, 0x90, 0xdc, 0xdd);
  luaL_checkstack(lua, 1, "in function mp_encode_lua_table_as_array");
  for (std::size_t i = 1; i <= n; ++i) {
    lua_pushnumber(lua, static_cast<lua_Number>(i));
    lua_gettable(lua, -2);
    pack_top(lua, out, level + 1);
  }
}

void pack_map(lua_State* lua, std::string& out, int level) {
  luaL_checkstack(lua, 3, "in function mp_encode_lua_table_as_map");
  std::size_t n = 0;
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    lua_pop(lua, 1);
    ++n;
  }
  put_length(out, n, 0x80, 0xde, 0xdf);
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    lua_pushvalue(lua, -2);
    pack_top(lua, out, level + 1);
    pack_top(lua, out, level + 1);
  }
}

// Packs the value on top of the stack, and pops it.
void pack_top(lua_State* lua, std::string& out, int level) {
  const int type = lua_type(lua, -1);
  if (type == LUA_TSTRING) {
    std::size_t length;
    const char* text = lua_tolstring(lua, -1, &length);
    put_string(out, {text, length});
  } else if (type == LUA_TBOOLEAN) {
    put(out, lua_toboolean(lua, -1) != 0 ? 0xc3 : 0xc2, 0, 0);
  } else if (type == LUA_TNUMBER) {
    put_number(out, lua_tonumber(lua, -1));
  } else if (type == LUA_TTABLE && level != nesting_max) {
    is_array(lua) ? pack_array(lua, out, level) : pack_map(lua, out, level);
  } else {
    put(out, 0xc0, 0, 0);
  }
  lua_pop(lua, 1);
}

int pack(lua_State* lua) {
  const int arguments = lua_gettop(lua);
  if (arguments == 0) return luaL_argerror(lua, 0, "MessagePack pack needs input.");
  if (lua_checkstack(lua, arguments) == 0) {
    return luaL_argerror(lua, 0, "Too many arguments for MessagePack pack.");
  }
  std::string out;
  for (int i = 1; i <= arguments; ++i) {
    luaL_checkstack(lua, 1, "in function mp_check");
    lua_pushvalue(lua, i);
    pack_top(lua, out, 0);
  }
  lua_pushlstring(lua, out.data(), out.size());
  return 1;
}

// ---- unpacking
// ------------------------------------------------------------------------------------

class Reader {
 public:
  enum class Problem { none, cut_short, bad };

  Reader(lua_State* lua, std::string_view bytes) : lua_(lua), left_(bytes) {}

  std::size_t left() const { return left_.size(); }
  // Pushes the next value. With a problem, what is on the stack says nothing.
  Problem push();

 private:
  struct Big {  // types with a number of so many bytes behind them
    enum class Kind { unsigned_number, signed_number, float_number, string, array, map } kind;
    int bytes;
  };
  static const Big* big(unsigned char type);

  bool take(std::size_t n, std::uint64_t& value) {
    if (left_.size() < n) return false;
    value = 0;
    for (std::size_t i = 0; i < n; ++i) value = value << 8 | static_cast<unsigned char>(left_[i]);
    left_.remove_prefix(n);
    return true;
  }
  Problem number(lua_Number value) {
    lua_pushnumber(lua_, value);
    return Problem::none;
  }
  Problem string(std::uint64_t n) {
    if (left_.size() < n) return Problem::cut_short;
    lua_pushlstring(lua_, left_.data(), n);
    left_.remove_prefix(n);
    return Problem::none;
  }
  Problem array(std::uint64_t n) {
    lua_newtable(lua_);
    luaL_checkstack(lua_, 1, "in function mp_decode_to_lua_array");
    for (std::uint64_t i = 1; i <= n; ++i) {
      lua_pushnumber(lua_, static_cast<lua_Number>(i));
      if (const Problem problem = push(); problem != Problem::none) return problem;
      lua_settable(lua_, -3);
    }
    return Problem::none;
  }
  Problem map(std::uint64_t n) {
    lua_newtable(lua_);
    for (std::uint64_t i = 0; i < n; ++i) {
      if (const Problem problem = push(); problem != Problem::none) return problem;
      if (const Problem problem = push(); problem != Problem::none) return problem;
      lua_settable(lua_, -3);
    }
    return Problem::none;
  }
  Problem push_big(const Big& type);

  lua_State* lua_;
  std::string_view left_;
};

const Reader::Big* Reader::big(unsigned char type) {
  using Kind = Big::Kind;
  static constexpr Big table[] = {
      {Kind::float_number, 4},    {Kind::float_number, 8},     // 0xca
      {Kind::unsigned_number, 1}, {Kind::unsigned_number, 2},  // 0xcc
      {Kind::unsigned_number, 4}, {Kind::unsigned_number, 8},
      {Kind::signed_number, 1},   {Kind::signed_number, 2},  // 0xd0
      {Kind::signed_number, 4},   {Kind::signed_number, 8},
  };
  static constexpr Big sized[] = {
      {Kind::string, 1}, {Kind::string, 2}, {Kind::string, 4},  // 0xd9
      {Kind::array, 2},  {Kind::array, 4},                      // 0xdc
      {Kind::map, 2},    {Kind::map, 4},
  };
  if (type >= 0xca && type <= 0xd3) return &table[type - 0xca];
  if (type >= 0xd9) return type <= 0xdf ? &sized[type - 0xd9] : nullptr;
  return nullptr;
}

Reader::Problem Reader::push_big(const Big& type) {
  std::uint64_t value;
  if (!take(static_cast<std::size_t>(type.bytes), value)) return Problem::cut_short;
  switch (type.kind) {
    // As lua_pushinteger takes it: 64 bits that wrap into the negatives.
    case Big::Kind::unsigned_number:
      return number(static_cast<lua_Number>(static_cast<std::int64_t>(value)));
    case Big::Kind::signed_number: {
      const int spare = 64 - 8 * type.bytes;
      return number(static_cast<lua_Number>(static_cast<std::int64_t>(value << spare) >> spare));
    }
    case Big::Kind::float_number:
      if (type.bytes == 4) {
        return number(
            static_cast<lua_Number>(std::bit_cast<float>(static_cast<std::uint32_t>(value))));
      }
      return number(std::bit_cast<double>(value));
    case Big::Kind::string:
      return string(value);
    case Big::Kind::array:
      return array(value);
    case Big::Kind::map:
      return map(value);
  }
  return Problem::bad;
}

Reader::Problem Reader::push() {
  if (left_.empty()) return Problem::cut_short;
  luaL_checkstack(lua_, 1,
                  "too many return values at once; use unpack_one or unpack_limit instead.");
  const auto type = static_cast<unsigned char>(left_[0]);
  left_.remove_prefix(1);
  if (const Big* known = big(type)) return push_big(*known);
  if (type == 0xc0) {
    lua_pushnil(lua_);
    return Problem::none;
  }
  if (type == 0xc2 || type == 0xc3) {
    lua_pushboolean(lua_, type == 0xc3);
    return Problem::none;
  }
  if (type < 0x80) return number(type);
  if (type >= 0xe0) return number(static_cast<signed char>(type));
  if ((type & 0xe0) == 0xa0) return string(type & 0x1f);
  if ((type & 0xf0) == 0x90) return array(type & 0x0f);
  if ((type & 0xf0) == 0x80) return map(type & 0x0f);
  return Problem::bad;
}

// With neither limit nor offset all that there is; else the offset to go on from comes first, -1 at
// the end.
int unpack_some(lua_State* lua, lua_Integer limit, lua_Integer offset) {
  std::size_t length;
  const char* bytes = luaL_checklstring(lua, 1, &length);
  const bool all = limit == 0 && offset == 0;
  if (offset < 0 || limit < 0) {
    return luaL_error(lua, "Invalid request to unpack with offset of %d and limit of %d.",
                      static_cast<int>(offset), static_cast<int>(length));
  }
  if (static_cast<std::size_t>(offset) > length) {
    return luaL_error(lua, "Start offset %d greater than input length %d.",
                      static_cast<int>(offset), static_cast<int>(length));
  }
  if (all) limit = INT_MAX;
  Reader reader(lua, std::string_view(bytes, length).substr(static_cast<std::size_t>(offset)));
  int count = 0;
  for (; reader.left() > 0 && count < limit; ++count) {
    const Reader::Problem problem = reader.push();
    if (problem == Reader::Problem::cut_short) return luaL_error(lua, "Missing bytes in input.");
    if (problem == Reader::Problem::bad) return luaL_error(lua, "Bad data format in input.");
  }
  if (all) return count;
  luaL_checkstack(lua, 1, "in function mp_unpack_full");
  lua_pushinteger(lua, reader.left() == 0 ? -1 : static_cast<lua_Integer>(length - reader.left()));
  lua_insert(lua, 2);
  return count + 1;
}

int unpack(lua_State* lua) {
  return unpack_some(lua, 0, 0);
}

int unpack_one(lua_State* lua) {
  const lua_Integer offset = luaL_optinteger(lua, 2, 0);
  lua_settop(lua, 1);
  return unpack_some(lua, 1, offset);
}

int unpack_limit(lua_State* lua) {
  const lua_Integer limit = luaL_checkinteger(lua, 2);
  const lua_Integer offset = luaL_optinteger(lua, 3, 0);
  lua_settop(lua, 1);
  return unpack_some(lua, limit, offset);
}

}  // namespace

int open_cmsgpack(lua_State* lua) {
  constexpr luaL_Reg functions[] = {{"pack", pack},
                                    {"unpack", unpack},
                                    {"unpack_one", unpack_one},
                                    {"unpack_limit", unpack_limit},
                                    {nullptr, nullptr}};
  lua_newtable(lua);
  luaL_register(lua, nullptr, functions);
  constexpr const char* facts[][2] = {{"_NAME", "cmsgpack"},
                                      {"_VERSION", "lua-cmsgpack 0.4.0"},
                                      {"_COPYRIGHT", "Copyright (C) 2012, Redis Ltd."},
                                      {"_DESCRIPTION", "MessagePack C implementation for Lua"}};
  for (const auto& [name, value] : facts) {
    lua_pushstring(lua, value);
    lua_setfield(lua, -2, name);
  }
  return 1;
}

}  // namespace outlive
