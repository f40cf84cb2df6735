// Sizes as somebody has counted them: a file with a line a bin, "bytes,count". A bin holds the
// values up to so many bytes, above the bin before; counts may be any weights.
//
//   # sizes of answers, counted in March
//   bytes,count
//   1kb,120
//   4kb,800
//   64kb,35
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"
#include "scenario/reader.hpp"

namespace outlive::harness {

// Blank lines, lines that begin with # and a heading are passed over. Mistakes are noted under
// `file`.
std::vector<SizeBin> parse_histogram(std::string_view text, const std::string& file,
                                     Mistakes& mistakes);

}  // namespace outlive::harness
