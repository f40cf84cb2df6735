// Charts of a play's course as SVG, for an HTML page that brings the colours (report/html.cpp).
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

enum class Unit : std::uint8_t { count, bytes, percent };

struct ChartLine {
  std::string name;                           // "": the chart's title says it
  std::string style;                          // classes of the page's style sheet
  std::vector<std::optional<double>> values;  // one a moment of the chart; none: a gap
};

// Something that happened, numbered as the page explains it.
struct ChartMark {
  int number = 0;
  Span at{};
  Span lasting{};  // zero: a moment
  std::string meaning;
};

struct Chart {
  std::string title;
  Unit unit = Unit::count;
  Span duration{};
  std::vector<Span> moments;
  std::vector<ChartLine> lines;
  std::vector<ChartMark> marks;
};

void write_chart(std::ostream& out, const Chart& chart);

}  // namespace outlive::harness
