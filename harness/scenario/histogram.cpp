#include "scenario/histogram.hpp"

#include <algorithm>
#include <optional>

#include "base/number.hpp"
#include "base/text.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

constexpr std::size_t shown_max = 80;

// A line that names the columns: no number begins it.
bool is_heading(std::string_view line) {
  return line.front() < '0' || line.front() > '9';
}

std::optional<SizeBin> parse_bin(std::string_view line) {
  constexpr double weight_max = 1e15;
  const std::size_t comma = line.find(',');
  if (comma == line.npos) return std::nullopt;
  const std::uint64_t most = parse_size(trimmed(line.substr(0, comma))).value_or(0);
  const double weight = parse_double(trimmed(line.substr(comma + 1))).value_or(-1);
  if (most < 1 || most > bytes_max || !(weight >= 0 && weight <= weight_max)) return std::nullopt;
  return SizeBin{most, weight};
}

}  // namespace

std::vector<SizeBin> parse_histogram(std::string_view text, const std::string& file,
                                     Mistakes& mistakes) {
  std::vector<SizeBin> bins;
  double sum = 0;
  int number = 0;
  constexpr std::string_view mark = "\xef\xbb\xbf";  // of UTF-8
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  bool first = true, sound = true;
  const auto refuse = [&](const std::string& what) {
    mistakes.add_in(file, number, what);
    sound = false;
  };
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
    if (line.empty() || line.front() == '#') continue;
    const bool heading = first && is_heading(line);
    first = false;
    if (heading) continue;
    const std::optional<SizeBin> bin = parse_bin(line);
    if (!bin) {
      refuse(quoted(line.substr(0, shown_max)) + ": a line is a size and a count, like 4kb,120");
    } else if (!bins.empty() && bin->most <= bins.back().most) {
      refuse(quoted(line.substr(0, shown_max)) + ": sizes must rise from line to line");
    } else {
      bins.push_back(*bin);
      sum += bin->weight;
    }
  }
  if (sound && sum <= 0) {
    refuse("the histogram counts nothing; a line is a size and a count, like 4kb,120");
  }
  return bins;
}

}  // namespace outlive::harness
