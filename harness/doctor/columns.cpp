#include "doctor/columns.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace outlive::harness {
namespace {

std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_letter));
}

}  // namespace

void Columns::write(std::ostream& out) const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
      const std::string blanks(widths[i] - width(row[i]), ' ');
      const bool figures = rows_.size() > 1 && is_digit(rows_[1][i].front());
      line += "  " + (figures ? blanks + row[i] : row[i] + blanks);
    }
    while (line.ends_with(' ')) line.pop_back();
    out << line << '\n';
  }
}

}  // namespace outlive::harness
