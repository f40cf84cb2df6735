// struct.pack, struct.unpack, struct.size: C structures to and from strings. The format letters,
// with an optional decimal after those marked *:
//
//   > <  byte order     !* alignment     x  a pad byte     (blank) nothing
//   b B h H l L T  integers of 1, 1, 2, 2, 8, 8, 8 bytes; small letters are signed
//   i* I*  integers of that many bytes (4)      f d  floating point
//   c*  that many characters (1); c0: the whole string, or as many as the number before it says
//   s   characters up to a zero byte
#include <algorithm>
#include <bit>
#include <cctype>
#include <climits>
#include <cstdint>
#include <cstring>
#include <lua.hpp>
#include <string_view>

#include "scripting/bindings.hpp"

namespace outlive {
namespace {

constexpr int integer_bytes_max = 32;
constexpr int alignment_default = 8;  // of a double

struct Format {
  lua_State* lua;
  const char* at;
  std::endian order = std::endian::native;
  int alignment = 1;

  bool done() const { return *at == '\0'; }

  int number(int otherwise) {
    if (!std::isdigit(static_cast<unsigned char>(*at))) return otherwise;
    int value = 0;
    do {
      const int digit = *at - '0';
      if (value > INT_MAX / 10 || value * 10 > INT_MAX - digit) {
        luaL_error(lua, "integral size overflow");
      }
      value = value * 10 + digit;
      ++at;
    } while (std::isdigit(static_cast<unsigned char>(*at)));
    return value;
  }

  std::size_t size_of(char letter) {
    switch (letter) {
      case 'b':
      case 'B':
      case 'x':
        return 1;
      case 'h':
      case 'H':
        return 2;
      case 'l':
      case 'L':
      case 'T':
      case 'd':
        return 8;
      case 'f':
        return 4;
      case 'c':
        return static_cast<std::size_t>(number(1));
      case 'i':
      case 'I': {
        const int size = number(4);
        if (size > integer_bytes_max) {
          luaL_error(lua, "integral size %d is larger than limit of %d", size, integer_bytes_max);
        }
        return static_cast<std::size_t>(size);
      }
      default:
        return 0;
    }
  }

  std::size_t padding(std::size_t position, char letter, std::size_t size) const {
    if (size == 0 || letter == 'c') return 0;
    const std::size_t step = std::min(size, static_cast<std::size_t>(alignment));
    return (step - (position & (step - 1))) & (step - 1);
  }

  void control(char letter) {
    switch (letter) {
      case ' ':
        return;
      case '>':
        order = std::endian::big;
        return;
      case '<':
        order = std::endian::little;
        return;
      case '!': {
        const int wanted = number(alignment_default);
        if (wanted <= 0 || (wanted & (wanted - 1)) != 0) {
          luaL_error(lua, "alignment %d is not a power of 2", wanted);
        }
        alignment = wanted;
        return;
      }
      default:
        luaL_argerror(lua, 1, lua_pushfstring(lua, "invalid format option '%c'", letter));
    }
  }
};

bool is_integer(char letter) {
  return std::strchr("bBhHlLTiI", letter) != nullptr;
}

// Beyond the 64 bits that Valkey's `long` has, higher bytes are zero.
void put_integer(luaL_Buffer* out, lua_Number number, std::endian order, std::size_t size) {
  auto value = number < 0 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(number))
                          : static_cast<std::uint64_t>(number);
  char bytes[integer_bytes_max];
  for (std::size_t i = 0; i < size; ++i) {
    bytes[order == std::endian::little ? i : size - 1 - i] = static_cast<char>(value & 0xff);
    value >>= 8;
  }
  luaL_addlstring(out, bytes, size);
}

lua_Number get_integer(const char* bytes, std::endian order, bool is_signed, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const char byte = bytes[order == std::endian::big ? i : size - 1 - i];
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  if (!is_signed) return static_cast<lua_Number>(value);
  if (size > 0) {
    // Of more than eight bytes the last eight count; where their sign is looked for is what a shift
    // beyond the word does on the processors that Valkey runs on.
    const std::uint64_t sign = ~std::uint64_t{0} << ((size * 8 - 1) % 64);
    if (value & sign) value |= sign;
  }
  return static_cast<lua_Number>(static_cast<std::int64_t>(value));
}

template <class Number>
void put_float(luaL_Buffer* out, lua_Number number, std::endian order) {
  const auto value = static_cast<Number>(number);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  if (order != std::endian::native) std::reverse(bytes, bytes + sizeof value);
  luaL_addlstring(out, bytes, sizeof value);
}

template <class Number>
lua_Number get_float(const char* at, std::endian order) {
  char bytes[sizeof(Number)];
  std::memcpy(bytes, at, sizeof bytes);
  if (order != std::endian::native) std::reverse(bytes, bytes + sizeof bytes);
  Number value;
  std::memcpy(&value, bytes, sizeof bytes);
  return static_cast<lua_Number>(value);
}

int pack(lua_State* lua) {
  Format format{lua, luaL_checkstring(lua, 1)};
  int argument = 2;
  std::size_t position = 0;
  lua_pushnil(lua);  // keeps arguments and buffer apart
  luaL_Buffer out;
  luaL_buffinit(lua, &out);
  while (!format.done()) {
    const char letter = *format.at++;
    std::size_t size = format.size_of(letter);
    std::size_t padding = format.padding(position, letter, size);
    position += padding;
    while (padding-- > 0) luaL_addchar(&out, '\0');
    if (is_integer(letter)) {
      put_integer(&out, luaL_checknumber(lua, argument++), format.order, size);
    } else if (letter == 'x') {
      luaL_addchar(&out, '\0');
    } else if (letter == 'f') {
      put_float<float>(&out, luaL_checknumber(lua, argument++), format.order);
    } else if (letter == 'd') {
      put_float<double>(&out, luaL_checknumber(lua, argument++), format.order);
    } else if (letter == 'c' || letter == 's') {
      std::size_t length;
      const char* text = luaL_checklstring(lua, argument++, &length);
      if (size == 0) size = length;
      luaL_argcheck(lua, length >= size, argument, "string too short");
      luaL_addlstring(&out, text, size);
      if (letter == 's') {
        luaL_addchar(&out, '\0');
        ++size;
      }
    } else {
      format.control(letter);
    }
    position += size;
  }
  luaL_pushresult(&out);
  return 1;
}

// One item of the format at data[position]; tells its size, and counts in `results` what it pushed.
std::size_t unpack_one(Format& format, char letter, std::size_t size, std::string_view data,
                       std::size_t position, int& results) {
  lua_State* lua = format.lua;
  const char* at = data.data() + position;
  const auto fits = [&](std::size_t n) { return n <= data.size() && position <= data.size() - n; };
  luaL_argcheck(lua, fits(size), 2, "data string too short");
  luaL_checkstack(lua, 2, "too many results");
  if (is_integer(letter)) {
    const bool is_signed = std::islower(static_cast<unsigned char>(letter)) != 0;
    lua_pushnumber(lua, get_integer(at, format.order, is_signed, size));
    ++results;
  } else if (letter == 'f') {
    lua_pushnumber(lua, get_float<float>(at, format.order));
    ++results;
  } else if (letter == 'd') {
    lua_pushnumber(lua, get_float<double>(at, format.order));
    ++results;
  } else if (letter == 'c') {
    if (size == 0) {
      if (results == 0 || !lua_isnumber(lua, -1)) {
        luaL_error(lua, "format 'c0' needs a previous size");
      }
      const lua_Number wanted = lua_tonumber(lua, -1);
      lua_pop(lua, 1);
      --results;
      luaL_argcheck(lua, wanted >= 0 && wanted <= static_cast<lua_Number>(data.size()), 2,
                    "data string too short");
      size = static_cast<std::size_t>(wanted);
      luaL_argcheck(lua, fits(size), 2, "data string too short");
    }
    lua_pushlstring(lua, at, size);
    ++results;
  } else if (letter == 's') {
    const std::size_t zero = data.find('\0', position);
    if (zero == std::string_view::npos) luaL_error(lua, "unfinished string in data");
    size = zero - position + 1;
    lua_pushlstring(lua, at, size - 1);
    ++results;
  } else if (letter != 'x') {
    format.control(letter);
  }
  return size;
}

int unpack(lua_State* lua) {
  Format format{lua, luaL_checkstring(lua, 1)};
  std::size_t length;
  const char* bytes = luaL_checklstring(lua, 2, &length);
  const lua_Integer offset = luaL_optinteger(lua, 3, 1);
  luaL_argcheck(lua, offset > 0, 3, "offset must be 1 or greater");
  auto position = static_cast<std::size_t>(offset) - 1;
  int results = 0;
  while (!format.done()) {
    const char letter = *format.at++;
    const std::size_t size = format.size_of(letter);
    position += format.padding(position, letter, size);
    position += unpack_one(format, letter, size, {bytes, length}, position, results);
  }
  lua_pushinteger(lua, static_cast<lua_Integer>(position + 1));
  return results + 1;
}

int size(lua_State* lua) {
  Format format{lua, luaL_checkstring(lua, 1)};
  std::size_t position = 0;
  while (!format.done()) {
    const char letter = *format.at++;
    const std::size_t bytes = format.size_of(letter);
    position += format.padding(position, letter, bytes);
    if (letter == 's') luaL_argerror(lua, 1, "option 's' has no fixed size");
    if (letter == 'c' && bytes == 0) luaL_argerror(lua, 1, "option 'c0' has no fixed size");
    if (!std::isalnum(static_cast<unsigned char>(letter))) format.control(letter);
    position += bytes;
  }
  lua_pushinteger(lua, static_cast<lua_Integer>(position));
  return 1;
}

}  // namespace

int open_struct(lua_State* lua) {
  constexpr luaL_Reg functions[] = {
      {"pack", pack}, {"unpack", unpack}, {"size", size}, {nullptr, nullptr}};
  lua_newtable(lua);
  luaL_register(lua, nullptr, functions);
  return 1;
}

}  // namespace outlive
