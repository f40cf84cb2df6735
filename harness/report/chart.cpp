#include "report/chart.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>

#include "report/wording.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {
namespace {

// The drawing's own units; a browser scales it.
constexpr double width = 380, height = 170;
constexpr double left = 52, right = 12, top = 14, bottom = 22;
constexpr double plot_width = width - left - right, plot_height = height - top - bottom;
constexpr int ticks_wanted = 5;

// Tenths are finer than any screen.
std::string coordinate(double value) {
  const auto tenths = std::llround(value * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(std::abs(tenths % 10));
}

struct Scale {
  double most = 1;
  double step = 1;   // between ticks
  double whole = 1;  // what a label's unit stands for
  std::string_view unit;
};

// The next 1, 2 or 5 of a power of ten.
double round_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (step <= factor * power * 1.0001) return factor * power;
  }
  return 10 * power;
}

Scale scale_for(const Chart& chart) {
  if (chart.unit == Unit::percent) return {.most = 100, .step = 25, .whole = 1, .unit = " %"};
  double most = 0;
  for (const ChartLine& line : chart.lines) {
    for (const auto& value : line.values) most = std::max(most, value.value_or(0));
  }
  Scale scale;
  if (chart.unit == Unit::bytes) {
    constexpr std::pair<double, std::string_view> units[] = {
        {1024.0 * 1024 * 1024, " GB"}, {1024.0 * 1024, " MB"}, {1024.0, " kB"}, {1, " B"}};
    for (const auto& [size, name] : units) {
      scale.whole = size;
      scale.unit = name;
      if (most >= 2 * size) break;
    }
  }
  // A count has no half; an empty chart has a scale all the same.
  const double least = chart.unit == Unit::count ? 1 : 0.1;
  scale.step =
      scale.whole * std::max(least, round_step(std::max(most, 1.0) / scale.whole / ticks_wanted));
  scale.most = std::max(scale.step * std::ceil(most * 1.02 / scale.step), scale.step);
  return scale;
}

std::string label_of(double value, const Scale& scale) {
  const double shown = value / scale.whole;
  const auto tenths = std::llround(shown * 10);
  std::string text = format_count(static_cast<std::uint64_t>(tenths / 10));
  if (tenths % 10 != 0) text += '.' + std::to_string(tenths % 10);
  return text.append(value == 0 ? "" : scale.unit);
}

class Drawing {
 public:
  Drawing(std::ostream& out, const Chart& chart)
      : out_{out}, chart_{chart}, scale_{scale_for(chart)} {}

  void write() {
    out_ << "<figure><figcaption>" << as_markup(chart_.title)
         << "</figcaption>\n<svg viewBox=\"0 0 " << width << ' ' << height
         << "\" role=\"img\" aria-label=\"" << as_markup(chart_.title) << "\">\n";
    bands();
    grid();
    for (const ChartLine& line : chart_.lines) path(line);
    moments();
    out_ << "</svg>\n";
    legend();
    out_ << "</figure>\n";
  }

 private:
  double x(Span at) const {
    const double share = static_cast<double>(at.count()) /
                         static_cast<double>(std::max<Span::rep>(chart_.duration.count(), 1));
    return left + plot_width * std::clamp(share, 0.0, 1.0);
  }
  double y(double value) const { return top + plot_height * (1 - value / scale_.most); }

  void line(std::string_view style, double x1, double y1, double x2, double y2) {
    out_ << "<line class=\"" << style << "\" x1=\"" << coordinate(x1) << "\" y1=\""
         << coordinate(y1) << "\" x2=\"" << coordinate(x2) << "\" y2=\"" << coordinate(y2)
         << "\"/>";
  }
  void text(std::string_view style, double at_x, double at_y, std::string_view words) {
    out_ << "<text class=\"" << style << "\" x=\"" << coordinate(at_x) << "\" y=\""
         << coordinate(at_y) << "\">" << as_markup(words) << "</text>";
  }

  void grid() {
    for (double value = 0; value <= scale_.most * 1.0001; value += scale_.step) {
      line(value == 0 ? "base" : "grid", left, y(value), width - right, y(value));
      text("value", left - 6, y(value) + 3.5, label_of(value, scale_));
    }
    constexpr std::string_view places[] = {"from", "middle", "to"};
    for (int half = 0; half <= 2; ++half) {
      const Span at = chart_.duration * half / 2;
      text(places[half], x(at), height - 6, half == 0 ? "0" : format_span(at));
    }
    out_ << '\n';
  }

  void bands() {
    for (const ChartMark& mark : chart_.marks) {
      if (mark.lasting == Span::zero()) continue;
      const double from = x(mark.at), to = x(mark.at + mark.lasting);
      out_ << "<rect class=\"band\" x=\"" << coordinate(from) << "\" y=\"" << coordinate(top)
           << "\" width=\"" << coordinate(std::max(to - from, 1.0)) << "\" height=\""
           << coordinate(plot_height) << "\"><title>" << as_markup(mark.meaning)
           << "</title></rect>\n";
    }
  }

  void moments() {
    double taken = 0;  // up to here numbers stand already
    for (const ChartMark& mark : chart_.marks) {
      const double at = x(mark.at);
      out_ << "<g><title>" << as_markup(mark.meaning) << "</title>";
      line("mark", at, top, at, height - bottom);
      const double place = std::max(at, taken);
      text("number", place, top - 4, std::to_string(mark.number));
      taken = place + 10;
      out_ << "</g>\n";
    }
  }

  void path(const ChartLine& line) {
    out_ << "<path class=\"line " << line.style << "\" d=\"";
    bool drawing = false;
    for (std::size_t i = 0; i < line.values.size(); ++i) {
      if (line.values[i]) {
        out_ << (drawing ? 'L' : 'M') << coordinate(x(chart_.moments[i])) << ' '
             << coordinate(y(*line.values[i]));
      }
      drawing = line.values[i].has_value();
    }
    out_ << "\"><title>" << as_markup(line.name.empty() ? chart_.title : line.name)
         << "</title></path>\n";
  }

  void legend() {
    if (chart_.lines.size() < 2) return;
    out_ << "<p class=\"legend\">";
    for (const ChartLine& line : chart_.lines) {
      out_ << "<span><svg class=\"key\" viewBox=\"0 0 16 4\"><path class=\"line " << line.style
           << "\" d=\"M0 2L16 2\"/></svg>" << as_markup(line.name) << "</span> ";
    }
    out_ << "</p>\n";
  }

  std::ostream& out_;
  const Chart& chart_;
  Scale scale_;
};

}  // namespace

void write_chart(std::ostream& out, const Chart& chart) {
  Drawing{out, chart}.write();
}

}  // namespace outlive::harness
