#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "base/number.hpp"
#include "base/text.hpp"

namespace outlive::harness {

std::size_t terminal_columns(int file) {
  if (isatty(file) != 1) return 0;
  const char* stated = std::getenv("COLUMNS");
  const auto columns = parse_integer(stated ? stated : "");
  if (columns && *columns > 0) return static_cast<std::size_t>(*columns);
  winsize size{};
  return ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::string cut(std::string_view line, std::size_t columns) {
  std::size_t bytes = 0;
  for (std::size_t taken = 0; bytes < line.size(); ++bytes) {
    if (begins_letter(line[bytes]) && taken++ == columns) break;
  }
  return std::string{line.substr(0, bytes)};
}

}  // namespace outlive::harness
