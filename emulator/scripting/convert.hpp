// Between RESP and Lua, by Valkey's rules (script_lua.c of 8.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "resp/reply_writer.hpp"

struct lua_State;

namespace outlive {

// Pushes the value of one whole reply. RESP2: nil becomes false, a status {ok=…}, an error {err=…}.
// RESP3 adds {map={}}, {set={}}, {double=}, {big_number=}, {verbatim_string=}, booleans and nil;
// attributes are skipped. Up to 8.0 tables are not `sized` for what comes but grow, which tells in
// the length of those with gaps.
void push_reply(lua_State* lua, std::string_view reply, bool sized);

// Pushes {err=…}. The text is "-CODE words", or words that get the code ERR.
void push_error(lua_State* lua, std::string_view text);
// The same for an error that statistics have seen already.
void push_counted_error(lua_State* lua, std::string_view text);

// How many errors in a script's result statistics saw when they happened.
using CountedErrors = std::size_t;

// Answers with the value on top of the stack, and pops it. Numbers lose their fraction, a table is
// an array up to its first nil. `from` is the protocol that the script works in. Tells
// how many errors that statistics have seen already the reply is or holds.
CountedErrors reply_with_top(lua_State* lua, Protocol from, ReplyWriter& reply);

// Writes an error that is not to be counted once more.
void write_counted_error(ReplyWriter& reply, std::string_view text);

// {err=…, source=…, line=…, ignore_error_stats_update=…}, or a plain string, read from the top of
// the stack (luaExtractErrorInformation).
struct ScriptError {
  std::string text;    // with its code, but for plain strings, which `plain` tells
  std::string source;  // "@user_script", or ""
  std::string line;
  bool plain = false;
  bool counted = false;
};
ScriptError error_at_top(lua_State* lua);

// As an x86 machine converts: out of range gives the lowest number.
std::int64_t truncated(double number);

}  // namespace outlive
