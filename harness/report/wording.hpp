// Words that several reports share, and text made safe for where it goes.
#pragma once

#include <string>
#include <string_view>

#include "report/report.hpp"

namespace outlive::harness {

struct FilePlace {
  std::string file;
  int line = 0;  // 0: the file as a whole
};

// Where a check stands: in the scenario's file, or in one that it includes.
FilePlace place_of(const Scenario& scenario, const Verdict& verdict);
// "file:line: what" taken apart; what names no line stays whole, with an empty file.
struct PlacedMistake {
  FilePlace place;
  std::string what;
};
PlacedMistake mistake_in(std::string_view line);

// "violated, not as stated: no a is evicted; 1 of 2 lost"
std::string headline_of(const Verdict& verdict);
// What is to be known of a check that is not as stated, a line each: what the scenario states,
// evidence, and the command that shows it soonest.
std::vector<std::string> details_of(const Played& played, const Verdict& verdict);
// What the words "as stated" and "not as stated" mean, as far as they are in the run.
std::vector<std::string_view> hints_for(const Run& run);
// "outlive run x.toml --set a=b": plays this again, with its seed where that is not the scenario's
// own.
std::string play_again(const Played& played);

// Keys and messages hold any bytes: what is no UTF-8, no text or forbidden in XML 1.0 becomes \xHH,
// byte by byte. Tabs and ends of lines stay.
std::string as_text(std::string_view bytes);
// The same, with &, <, >, " and ' written as XML and HTML want them. In an attribute ends of lines
// are kept as references.
std::string as_markup(std::string_view bytes);

}  // namespace outlive::harness
