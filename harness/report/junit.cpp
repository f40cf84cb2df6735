// JUnit's XML, as CI systems read it: a test suite a scenario, a test case a check. There is no
// standard; these are the elements that Jenkins' and GitLab's readers share.
#include <algorithm>
#include <ostream>
#include <sstream>

#include "base/number.hpp"
#include "report/report.hpp"
#include "report/wording.hpp"

namespace outlive::harness {
namespace {

std::string seconds(std::chrono::milliseconds took) {
  return format_double(static_cast<double>(took.count()) / 1'000);
}

std::string attribute(std::string_view name, std::string_view value) {
  return ' ' + std::string{name} + "=\"" + as_markup(value) + '"';
}

class Report {
 public:
  explicit Report(std::ostream& out) : out_{out} {}

  void write(const Run& run) {
    std::size_t tests = run.error.empty() ? 0 : 1, failures = 0, errors = tests;
    for (const Played& one : run.played) {
      tests += tests_of(one);
      failures += failures_of(one);
      errors += one.error.empty() ? 0 : 1;
    }
    out_ << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"
         << attribute("name", "outlive run on " + run.target) << counts(tests, failures, errors)
         << attribute("time", seconds(run.took)) << ">\n";
    if (!run.error.empty()) mistakes(run);
    for (const Played& one : run.played) suite(one);
    out_ << "</testsuites>\n";
  }

 private:
  // What could not be played is one test with an error.
  static std::size_t tests_of(const Played& one) {
    return one.error.empty() ? one.verdicts.size() : 1;
  }
  static std::size_t failures_of(const Played& one) {
    return one.verdicts.size() -
           static_cast<std::size_t>(std::ranges::count_if(one.verdicts, &Verdict::as_stated));
  }
  static std::string counts(std::size_t tests, std::size_t failures, std::size_t errors) {
    return attribute("tests", std::to_string(tests)) +
           attribute("failures", std::to_string(failures)) +
           attribute("errors", std::to_string(errors));
  }

  void suite(const Played& one) {
    const Scenario& scenario = one.scenario;
    out_ << "  <testsuite" << attribute("name", scenario.title)
         << counts(tests_of(one), failures_of(one), one.error.empty() ? 0 : 1)
         << attribute("skipped", "0") << attribute("time", seconds(one.took))
         << attribute("file", scenario.file) << ">\n    <properties>\n";
    property("seed", std::to_string(one.seed));
    if (!scenario.rule.empty()) property("rule", scenario.rule);
    for (const AxisValue& axis : scenario.axes) property("axis " + axis.name, axis.value);
    out_ << "    </properties>\n";
    if (!one.error.empty()) {
      error("plays", scenario.file, one.interrupted ? "interrupted" : "could not run", one.error);
    }
    for (const Verdict& verdict : one.verdicts) test(one, verdict);
    out_ << "  </testsuite>\n";
  }

  void property(std::string_view name, std::string_view value) {
    out_ << "      <property" << attribute("name", name) << attribute("value", value) << "/>\n";
  }

  void test(const Played& one, const Verdict& verdict) {
    const Scenario& scenario = one.scenario;
    const FilePlace place = place_of(scenario, verdict);
    out_ << "    <testcase"
         << attribute("name", std::string{to_string(verdict.kind)} + ": " + verdict.claim)
         << attribute("classname", scenario.file) << attribute("file", place.file);
    if (place.line > 0) out_ << attribute("line", std::to_string(place.line));
    if (verdict.as_stated()) {
      out_ << "/>\n";
      return;
    }
    out_ << ">\n      <failure" << attribute("message", headline_of(verdict))
         << attribute("type", to_string(verdict.finding)) << '>';
    lines(details_of(one, verdict));
    out_ << "</failure>\n    </testcase>\n";
  }

  void error(std::string_view name, std::string_view classname, std::string_view type,
             const std::string& what) {
    const std::string first = what.substr(0, what.find('\n'));
    out_ << "    <testcase" << attribute("name", name) << attribute("classname", classname)
         << ">\n      <error" << attribute("message", first) << attribute("type", type) << '>';
    std::istringstream text{what};
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) all.push_back(line);
    lines(all);
    out_ << "</error>\n    </testcase>\n";
  }

  void mistakes(const Run& run) {
    out_ << "  <testsuite" << attribute("name", "scenario files") << counts(1, 0, 1)
         << attribute("skipped", "0") << ">\n";
    error("can be read", "outlive run", "could not run", run.error);
    out_ << "  </testsuite>\n";
  }

  void lines(const std::vector<std::string>& all) {
    for (std::size_t i = 0; i < all.size(); ++i) out_ << (i == 0 ? "" : "\n") << as_markup(all[i]);
  }

  std::ostream& out_;
};

}  // namespace

void write_junit(std::ostream& out, const Run& run, const ReportStyle&) {
  Report{out}.write(run);
}

}  // namespace outlive::harness
