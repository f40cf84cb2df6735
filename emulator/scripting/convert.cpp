#include "scripting/convert.hpp"

#include <charconv>
#include <lua.hpp>
#include <string>

#include "base/ensure.hpp"

namespace outlive {
namespace {

void push_text(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
}

// Sets a field of the table below the value on top, which is popped; no metamethods.
void set_raw(lua_State* lua, std::string_view name) {
  push_text(lua, name);
  lua_insert(lua, -2);
  lua_rawset(lua, -3);
}

// ---- RESP to Lua
// ----------------------------------------------------------------------------------

// Reads replies that we wrote ourselves: they are whole and well-formed.
class Parser {
 public:
  Parser(lua_State* lua, std::string_view bytes, bool sized)
      : lua_(lua), at_(bytes.data()), sized_(sized) {}

  void push();

 private:
  std::string_view line() {
    const char* start = at_;
    while (*at_ != '\r') ++at_;
    const std::string_view text(start, static_cast<std::size_t>(at_ - start));
    at_ += 2;
    return text;
  }
  std::int64_t number() {
    const std::string_view text = line();
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  }
  std::string_view bytes(std::int64_t n) {
    const std::string_view text(at_, static_cast<std::size_t>(n));
    at_ += n + 2;
    return text;
  }
  void skip() {
    push();
    lua_pop(lua_, 1);
  }
  // {name=text}
  void wrapped(std::string_view name, std::string_view text) {
    lua_createtable(lua_, 0, 1);
    push_text(lua_, name);
    push_text(lua_, text);
    lua_rawset(lua_, -3);
  }
  void bulk();
  void array();
  void map();
  void set();
  void real();
  void verbatim();
  void attribute();
  int room_for(std::int64_t elements) const { return sized_ ? static_cast<int>(elements) : 0; }

  lua_State* lua_;
  const char* at_;
  bool sized_;
};

void Parser::push() {
  ensure(lua_checkstack(lua_, 8) != 0, "Lua's stack has room for a reply");
  switch (*at_++) {
    case '$':
      return bulk();
    case ':':
      return lua_pushnumber(lua_, static_cast<lua_Number>(number()));
    case '+':
      return wrapped("ok", line());
    case '-': {
      const std::string text = "-" + std::string(line());
      return push_counted_error(lua_, text);
    }
    case '*':
      return array();
    case '_':
      line();
      return lua_pushnil(lua_);
    case '#':
      return lua_pushboolean(lua_, line() == "t");
    case '%':
      return map();
    case '~':
      return set();
    case '>':
      return array();
    case ',':
      return real();
    case '(':
      return wrapped("big_number", line());
    case '=':
      return verbatim();
    case '|':
      return attribute();
    default:
      ensure(false, "a reply begins with its type");
  }
}

void Parser::bulk() {
  const std::int64_t size = number();
  if (size < 0) return lua_pushboolean(lua_, 0);
  push_text(lua_, bytes(size));
}

void Parser::array() {
  const std::int64_t size = number();
  if (size < 0) return lua_pushboolean(lua_, 0);
  lua_createtable(lua_, room_for(size), 0);
  for (std::int64_t i = 1; i <= size; ++i) {
    push();
    lua_rawseti(lua_, -2, static_cast<int>(i));
  }
}

void Parser::map() {
  const std::int64_t pairs = number();
  lua_createtable(lua_, 0, 1);
  push_text(lua_, "map");
  lua_createtable(lua_, 0, room_for(pairs));
  for (std::int64_t i = 0; i < pairs; ++i) {
    push();
    push();
    lua_rawset(lua_, -3);
  }
  lua_rawset(lua_, -3);
}

void Parser::set() {
  const std::int64_t size = number();
  lua_createtable(lua_, 0, 1);
  push_text(lua_, "set");
  lua_createtable(lua_, 0, room_for(size));
  for (std::int64_t i = 0; i < size; ++i) {
    push();
    lua_pushboolean(lua_, 1);
    lua_rawset(lua_, -3);
  }
  lua_rawset(lua_, -3);
}

void Parser::real() {
  const std::string_view text = line();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  lua_createtable(lua_, 0, 1);
  lua_pushnumber(lua_, value);
  set_raw(lua_, "double");
}

void Parser::verbatim() {
  const std::string_view text = bytes(number());
  lua_createtable(lua_, 0, 1);
  lua_createtable(lua_, 0, 2);
  push_text(lua_, text.substr(4));
  set_raw(lua_, "string");
  push_text(lua_, text.substr(0, 3));
  set_raw(lua_, "format");
  set_raw(lua_, "verbatim_string");
}

void Parser::attribute() {
  const std::int64_t pairs = number();
  for (std::int64_t i = 0; i < 2 * pairs; ++i) skip();
  push();
}

// ---- Lua to RESP
// ----------------------------------------------------------------------------------

// The field of the table at -1, left on top if it has that type; else the stack is as before.
bool field(lua_State* lua, std::string_view name, int type) {
  push_text(lua, name);
  lua_rawget(lua, -2);
  if (lua_type(lua, -1) == type) return true;
  lua_pop(lua, 1);
  return false;
}

std::string_view text_at(lua_State* lua, int index) {
  std::size_t size = 0;
  const char* text = lua_tolstring(lua, index, &size);
  return text ? std::string_view(text, size) : std::string_view{};
}

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& letter : line) {
    if (letter == '\r' || letter == '\n') letter = ' ';
  }
  return line;
}

// As addReplyErrorFormatInternal does with line ends around a message.
std::string_view without_line_ends(std::string_view text) {
  constexpr std::string_view line_ends = "\r\n";
  const std::size_t first = text.find_first_not_of(line_ends);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(line_ends) + 1 - first);
}

class Writer {
 public:
  Writer(lua_State* lua, Protocol from, ReplyWriter& reply)
      : lua_(lua), from_(from), reply_(reply) {}

  // Each of these consumes the value on top.
  void value();
  CountedErrors counted() const { return counted_; }

 private:
  void table();
  bool special();
  void error();
  bool verbatim();
  void map();
  void set();
  void array();

  lua_State* lua_;
  Protocol from_;
  ReplyWriter& reply_;
  CountedErrors counted_ = 0;
};

void Writer::value() {
  if (lua_checkstack(lua_, 4) == 0) {
    reply_.error("ERR reached lua stack limit");
    return lua_pop(lua_, 1);
  }
  switch (lua_type(lua_, -1)) {
    case LUA_TSTRING:
      reply_.bulk(text_at(lua_, -1));
      break;
    case LUA_TNUMBER:
      reply_.integer(truncated(lua_tonumber(lua_, -1)));
      break;
    case LUA_TBOOLEAN:
      if (from_ == Protocol::resp3) {
        reply_.boolean(lua_toboolean(lua_, -1) != 0);
      } else if (lua_toboolean(lua_, -1) != 0) {
        reply_.integer(1);
      } else {
        reply_.null();
      }
      break;
    case LUA_TTABLE:
      return table();
    default:
      reply_.null();
  }
  lua_pop(lua_, 1);
}

void Writer::table() {
  const int top = lua_gettop(lua_);
  if (!special()) array();
  lua_settop(lua_, top - 1);
}

// The tables that stand for something else; what they leave on the stack the caller drops.
bool Writer::special() {
  if (field(lua_, "err", LUA_TSTRING)) {
    lua_pop(lua_, 1);
    error();
  } else if (field(lua_, "ok", LUA_TSTRING)) {
    // As far as a zero byte, which C ends at.
    reply_.simple(one_line(lua_tostring(lua_, -1)));
  } else if (field(lua_, "double", LUA_TNUMBER)) {
    reply_.number(lua_tonumber(lua_, -1));
  } else if (field(lua_, "big_number", LUA_TSTRING)) {
    reply_.big_number(one_line(text_at(lua_, -1)));
  } else if (field(lua_, "verbatim_string", LUA_TTABLE) && verbatim()) {
    return true;
  } else if (field(lua_, "map", LUA_TTABLE)) {
    map();
  } else if (field(lua_, "set", LUA_TTABLE)) {
    set();
  } else {
    return false;
  }
  return true;
}

void Writer::error() {
  const ScriptError error = error_at_top(lua_);
  if (error.counted) {
    ++counted_;
    write_counted_error(reply_, error.text);
  } else {
    reply_.error(without_line_ends(error.text));
  }
}

bool Writer::verbatim() {
  if (field(lua_, "format", LUA_TSTRING)) {
    const std::string_view format = text_at(lua_, -1);
    lua_pushvalue(lua_, -2);
    if (field(lua_, "string", LUA_TSTRING)) {
      std::string three(format.substr(0, 3));
      three.resize(3);
      reply_.verbatim(three, text_at(lua_, -1));
      return true;
    }
    lua_pop(lua_, 2);
  }
  lua_pop(lua_, 1);
  return false;
}

void Writer::map() {
  const std::size_t start = reply_.defer();
  std::size_t pairs = 0;
  lua_pushnil(lua_);
  while (lua_next(lua_, -2) != 0) {
    lua_pushvalue(lua_, -2);
    value();
    value();
    ++pairs;
  }
  reply_.close_map(start, pairs);
}

void Writer::set() {
  const std::size_t start = reply_.defer();
  std::size_t size = 0;
  lua_pushnil(lua_);
  while (lua_next(lua_, -2) != 0) {
    lua_pop(lua_, 1);
    lua_pushvalue(lua_, -1);
    value();
    ++size;
  }
  reply_.close_set(start, size);
}

void Writer::array() {
  const std::size_t start = reply_.defer();
  int size = 0;
  while (true) {
    lua_rawgeti(lua_, -1, size + 1);
    if (lua_isnil(lua_, -1)) break;
    value();
    ++size;
  }
  reply_.close_array(start, static_cast<std::size_t>(size));
}

}  // namespace

void push_reply(lua_State* lua, std::string_view reply, bool sized) {
  Parser(lua, reply, sized).push();
}

void push_error(lua_State* lua, std::string_view text) {
  std::string_view code = "ERR";
  if (!text.empty() && text[0] == '-') {
    text.remove_prefix(1);
    if (const std::size_t blank = text.find(' '); blank != std::string_view::npos) {
      code = text.substr(0, blank);
      text.remove_prefix(blank + 1);
    }
  }
  lua_createtable(lua, 0, 2);
  const std::string whole = std::string(code) + " " + std::string(without_line_ends(text));
  lua_pushstring(lua, whole.c_str());
  set_raw(lua, "err");
}

void push_counted_error(lua_State* lua, std::string_view text) {
  push_error(lua, text);
  lua_pushboolean(lua, 1);
  set_raw(lua, "ignore_error_stats_update");
}

CountedErrors reply_with_top(lua_State* lua, Protocol from, ReplyWriter& reply) {
  Writer writer(lua, from, reply);
  writer.value();
  return writer.counted();
}

void write_counted_error(ReplyWriter& reply, std::string_view text) {
  reply.raw("-" + one_line(without_line_ends(text)) + "\r\n");
}

ScriptError error_at_top(lua_State* lua) {
  ScriptError error;
  if (lua_isstring(lua, -1) != 0) {
    error.text = lua_tostring(lua, -1);
    error.plain = true;
    return error;
  }
  if (!lua_istable(lua, -1)) return error;
  const auto read = [lua](std::string_view name, std::string& into) {
    push_text(lua, name);
    lua_rawget(lua, -2);
    if (lua_isstring(lua, -1) != 0) into = lua_tostring(lua, -1);
    lua_pop(lua, 1);
  };
  read("err", error.text);
  read("source", error.source);
  read("line", error.line);
  push_text(lua, "ignore_error_stats_update");
  lua_rawget(lua, -2);
  error.counted = lua_toboolean(lua, -1) != 0;
  lua_pop(lua, 1);
  return error;
}

std::int64_t truncated(double number) {
  if (number >= -0x1p63 && number < 0x1p63) return static_cast<std::int64_t>(number);
  return INT64_MIN;
}

}  // namespace outlive
