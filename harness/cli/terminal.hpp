// The terminal that somebody may be looking at.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace outlive::harness {

// How many columns it has, by COLUMNS or by what it says itself; `file` is a descriptor like
// STDOUT_FILENO. 0: it is no terminal.
std::size_t terminal_columns(int file);

// So much of a line as fills the columns. A character of UTF-8 is cut nowhere.
std::string cut(std::string_view line, std::size_t columns);

}  // namespace outlive::harness
