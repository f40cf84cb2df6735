// The report to look at: one file, without anything from outside. The table of the run, and of each
// scenario its verdicts and charts of its course.
#include <algorithm>
#include <ostream>

#include "describe/passage.hpp"
#include "report/chart.hpp"
#include "report/html_style.hpp"
#include "report/overview.hpp"
#include "report/report.hpp"
#include "report/wording.hpp"
#include "scenario/quantity.hpp"
#include "traffic/roster.hpp"

namespace outlive::harness {
namespace {

// A pattern has the same colour in all charts.
std::string style_of(const std::string& pattern, std::size_t place) {
  if (pattern.starts_with(bucket_prefix)) return "limits";
  if (pattern.starts_with(cache_prefix)) return "answers";
  return place % 2 == 0 ? "others" : "more";
}

std::string words_of(const Event& event) {
  std::string words;
  for (const std::string& sentence : sentences_of(event)) {
    words += (words.empty() ? "" : " ") + sentence;
  }
  return words;
}

std::vector<ChartMark> marks_of(const Scenario& scenario) {
  std::vector<const Event*> events;
  for (const Event& event : scenario.events) events.push_back(&event);
  std::ranges::stable_sort(events, {}, &Event::at);
  std::vector<ChartMark> marks;
  for (const Event* event : events) {
    marks.push_back({.number = static_cast<int>(marks.size()) + 1,
                     .at = event->at,
                     .lasting = event->lasting,
                     .meaning = words_of(*event)});
  }
  return marks;
}

// The charts of one play.
class Course {
 public:
  Course(std::ostream& out, const Played& played)
      : out_{out},
        seen_{played.observations},
        scenario_{played.scenario},
        marks_{marks_of(played.scenario)} {}

  void write() {
    if (seen_.timeline.empty()) return;
    out_ << "<div class=\"charts\">\n";
    for (std::size_t i = 0; i < seen_.instances.size(); ++i) instance(i);
    if (seen_.admission.asked > 0) admission();
    if (seen_.cache.lookups() > 0) cache();
    out_ << "</div>\n";
    if (marks_.empty()) return;
    out_ << "<ol class=\"events\">\n";
    for (const ChartMark& mark : marks_) out_ << "<li>" << as_markup(mark.meaning) << "</li>\n";
    out_ << "</ol>\n";
  }

 private:
  // One value a slice.
  template <typename Value>
  std::vector<std::optional<double>> each(Value value) const {
    std::vector<std::optional<double>> values;
    for (const Slice& slice : seen_.timeline) values.push_back(value(slice));
    return values;
  }
  // What has been added since the slice before.
  template <typename Count>
  std::vector<std::optional<double>> growth(Count count) const {
    std::uint64_t before = 0;
    return each([&](const Slice& slice) -> std::optional<double> {
      const std::uint64_t now = count(slice);
      const auto added = static_cast<double>(now - before);
      before = now;
      return added;
    });
  }

  Chart chart(std::string title, Unit unit = Unit::count) const {
    Chart made{.title = std::move(title),
               .unit = unit,
               .duration = scenario_.duration,
               .moments = {},
               .lines = {},
               .marks = marks_};
    for (const Slice& slice : seen_.timeline) made.moments.push_back(slice.at);
    return made;
  }
  std::string on(std::size_t i) const {
    return seen_.instances.size() > 1 ? " on " + seen_.instances[i].name : std::string{};
  }
  std::string each_slice() const {
    return ", each " + format_span(scenario_.duration / slice_count);
  }

  void instance(std::size_t i) {
    const InstanceObservations& end = seen_.instances[i];
    memory(i);
    for (std::size_t k = 0; k < seen_.patterns.size(); ++k) {
      if (end.patterns[k].written == 0) continue;
      const std::string& pattern = seen_.patterns[k];
      Chart keys = chart("Keys " + pattern + on(i));
      keys.lines.push_back({"", style_of(pattern, k), each([i, k](const Slice& slice) {
                              return std::optional<double>{slice.instances[i].patterns[k].resident};
                            })});
      write_chart(out_, keys);
      if (end.patterns[k].evicted == 0) continue;
      Chart evicted = chart("Evicted " + pattern + on(i) + each_slice());
      evicted.lines.push_back({"", style_of(pattern, k), growth([i, k](const Slice& slice) {
                                 return slice.instances[i].patterns[k].evicted;
                               })});
      write_chart(out_, evicted);
    }
  }

  void memory(std::size_t i) {
    Chart memory = chart("Memory" + on(i), Unit::bytes);
    const auto shown = [](std::uint64_t bytes) {
      return bytes == 0 ? std::nullopt : std::optional{static_cast<double>(bytes)};
    };
    memory.lines.push_back({"used_memory", "memory", each([&](const Slice& slice) {
                              return shown(slice.instances[i].used_memory);
                            })});
    memory.lines.push_back({"maxmemory", "cap", each([&](const Slice& slice) {
                              return shown(slice.instances[i].maxmemory);
                            })});
    const auto& caps = memory.lines.back().values;
    if (std::ranges::none_of(caps, [](const auto& cap) { return cap.has_value(); })) {
      memory.lines.pop_back();
    }
    write_chart(out_, memory);
  }

  void admission() {
    Chart tickets = chart("Requests for tickets" + each_slice());
    const auto add = [&](std::string_view name, std::uint64_t Slice::*count) {
      tickets.lines.push_back({std::string{name}, std::string{name},
                               growth([count](const Slice& slice) { return slice.*count; })});
    };
    add("granted", &Slice::granted);
    add("refused", &Slice::refused);
    if (seen_.admission.failed > 0) add("failed", &Slice::failed);
    write_chart(out_, tickets);
  }

  void cache() {
    Chart ratio = chart("Cache hits" + each_slice(), Unit::percent);
    CacheTally before;
    ratio.lines.push_back({"", "answers", each([&](const Slice& slice) -> std::optional<double> {
                             const CacheTally now{.hits = slice.hits, .misses = slice.misses};
                             const CacheTally added{.hits = now.hits - before.hits,
                                                    .misses = now.misses - before.misses};
                             before = now;
                             if (added.lookups() == 0) return std::nullopt;
                             return 100 * added.hit_ratio();
                           })});
    write_chart(out_, ratio);
  }

  std::ostream& out_;
  const Observations& seen_;
  const Scenario& scenario_;
  std::vector<ChartMark> marks_;
};

class Page {
 public:
  explicit Page(std::ostream& out) : out_{out} {}

  void write(const Run& run) {
    const auto total = run.played.size();
    const auto good =
        static_cast<std::size_t>(std::ranges::count_if(run.played, &Played::as_stated));
    const std::string summary = total == 0   ? "Nothing was played"
                                : total == 1 ? good == 1 ? "As stated" : "Not as stated"
                                             : std::to_string(good) + " of " +
                                                   std::to_string(total) + " scenarios as stated";
    out_ << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n<title>outlive: "
         << summary << "</title>\n<style>\n"
         << html_style << "</style>\n</head>\n<body>\n<header><h1>" << summary << "</h1><p>outlive "
         << OUTLIVE_VERSION << ", on " << as_markup(run.target) << ".";
    for (const std::string_view hint : hints_for(run)) out_ << ' ' << as_markup(hint);
    out_ << "</p></header>\n";
    if (!run.error.empty()) {
      out_ << "<pre class=\"bad\">" << as_text_lines(run.error) << "</pre>\n";
    }
    if (total > 1) overview(run);
    for (std::size_t i = 0; i < total; ++i) scenario(run, i);
    out_ << "</body>\n</html>\n";
  }

 private:
  // In <pre> ends of lines stay what they are.
  static std::string as_text_lines(std::string_view text) {
    std::string lines;
    for (std::size_t end = 0; end != text.npos;) {
      end = text.find('\n');
      lines += as_markup(text.substr(0, end));
      if (end == text.npos) break;
      lines += '\n';
      text.remove_prefix(end + 1);
    }
    return lines;
  }

  static std::string_view style_of(bool as_stated) { return as_stated ? "good" : "bad"; }
  static std::string_view sign_of(bool as_stated) { return as_stated ? "✓" : "✗"; }

  void overview(const Run& run) {
    out_
        << "<table>\n<thead><tr><th>scenario</th><th class=\"figure\">limits lost</th><th "
           "class=\"figure\">tickets too many</th><th class=\"figure\">errors</th><th>verdicts</th>"
           "</tr></thead>\n<tbody>\n";
    for (std::size_t i = 0; i < run.played.size(); ++i) {
      const Played& one = run.played[i];
      const Overview row = overview_of(one);
      out_ << "<tr><td><a href=\"#s" << i + 1 << "\">" << as_markup(one.scenario.title)
           << "</a></td><td class=\"figure\">" << row.limits_lost << "</td><td class=\"figure\">"
           << row.tickets_too_many << "</td><td class=\"figure\">" << row.errors
           << "</td><td class=\"" << style_of(one.as_stated()) << "\">" << sign_of(one.as_stated())
           << ' ' << row.outcome << "</td></tr>\n";
    }
    out_ << "</tbody>\n</table>\n";
  }

  void scenario(const Run& run, std::size_t place) {
    const Played& one = run.played[place];
    const Scenario& scenario = one.scenario;
    out_ << "<section id=\"s" << place + 1 << "\">\n<h2>" << as_markup(scenario.title)
         << "</h2>\n<p class=\"faint\">" << as_markup(scenario.file) << "</p>\n";
    if (!scenario.rule.empty()) {
      out_ << "<p class=\"rule\">" << as_markup(scenario.rule) << "</p>\n";
    }
    if (!scenario.source.empty()) {
      out_ << "<p class=\"faint\">source: " << as_markup(scenario.source) << "</p>\n";
    }
    paragraphs(scenario.story);
    if (!one.error.empty()) {
      out_ << "<pre class=\"bad\">" << (one.interrupted ? "" : "could not run: ")
           << as_text_lines(one.error) << "</pre>\n</section>\n";
      return;
    }
    out_ << "<ul class=\"verdicts\">\n";
    for (const Verdict& found : one.verdicts) verdict(one, found);
    out_ << "</ul>\n";
    Course{out_, one}.write();
    played(run, one);
    out_ << "</section>\n";
  }

  // Parted by blank lines.
  void paragraphs(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find("\n\n"), text.size());
      if (end > 0) out_ << "<p>" << as_markup(text.substr(0, end)) << "</p>\n";
      text.remove_prefix(std::min(text.size(), end + 2));
    }
  }

  void verdict(const Played& one, const Verdict& found) {
    const bool good = found.as_stated();
    std::string word{to_string(found.finding)};
    if (!good) {
      word += ", not as stated";
    } else if (found.expected_violated) {
      word += ", as stated";
    }
    out_ << "<li><span class=\"verdict " << style_of(good) << "\">" << sign_of(good) << ' ' << word
         << "</span> <span class=\"claim\">" << as_markup(found.claim)
         << "<br><span class=\"seen\">" << as_markup(found.seen) << "</span>";
    if (found.finding != Verdict::Finding::holds || !good) {
      out_ << "<details" << (good ? "" : " open") << "><summary>evidence</summary><ul>";
      for (const std::string& detail : details_of(one, found)) {
        out_ << "<li>" << as_markup(detail) << "</li>";
      }
      out_ << "</ul></details>";
    }
    out_ << "</span></li>\n";
  }

  void played(const Run& run, const Played& one) {
    out_ << "<p class=\"faint\">" << format_count(one.observations.requests) << " requests in "
         << format_span(one.lasted()) << " of virtual time, seed " << one.seed;
    if (run.repeatable) out_ << ", digest " << format_hex(one.observations.digest);
    out_ << "</p>\n";
    for (const Approximation& what : one.observations.approximations) {
      out_ << "<p class=\"faint\">approximated: " << as_markup(what.meaning) << "</p>\n";
    }
  }

  std::ostream& out_;
};

}  // namespace

void write_html(std::ostream& out, const Run& run, const ReportStyle&) {
  Page{out}.write(run);
}

}  // namespace outlive::harness
