// Why a text is no TOML, for people who do not know TOML by heart: what stands there, and what
// would be right. The parser that refused it speaks of letters that it expected, at the place where
// it gave up, which may be far behind the mistake.
#pragma once

#include <string>
#include <string_view>

namespace outlive::harness {

struct TomlMistake {
  int line = 1;
  int column = 1;  // in letters
  std::string what;
};

// `text` has been refused, at this place.
TomlMistake toml_mistake(std::string_view text, int line, int column);

}  // namespace outlive::harness
