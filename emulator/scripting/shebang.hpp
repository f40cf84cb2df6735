// The first line of a script or library: `#!lua flags=no-writes`, `#!lua name=mylib`.
#pragma once

#include <string>
#include <string_view>

#include "scripting/flags.hpp"

namespace outlive {

struct ScriptHeader {
  std::string error;  // "" or what is wrong, without a code
  std::string engine;
  ScriptFlags flags = 0;
  std::size_t size = 0;  // of the line, without its end
};
// A script for EVAL; without a shebang it is Lua in compatibility mode (eval.c,
// evalExtractShebangFlags).
ScriptHeader read_script_header(std::string_view body);

struct LibraryHeader {
  std::string error;
  std::string engine;
  std::string name;
  std::size_t size = 0;
};
// A library for FUNCTION LOAD (functions.c, functionExtractLibMetaData).
LibraryHeader read_library_header(std::string_view code);

// Lua is the one engine there is, whatever the case.
bool is_lua(std::string_view engine);

}  // namespace outlive
