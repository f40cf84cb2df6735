#include "server/config_file.hpp"

#include <glob.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "outlive/emulator.hpp"

namespace outlive {
namespace {

// Files that include one another for ever stop here.
constexpr int include_depth_max = 16;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string read_all(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw UserError("Fatal error, can't open config file '" + path + "'");
  return read_all(file);
}

// The files that an `include` names. A pattern may match none, so that a conf.d may be empty
// (config.c, loadServerConfig).
std::vector<std::string> included_files(const std::string& name) {
  if (name.find_first_of("*?[") == std::string::npos) return {name};
  std::vector<std::string> files;
  ::glob_t found{};
  if (::glob(name.c_str(), 0, nullptr, &found) == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  return files;
}

void append_with_includes(std::vector<DirectiveLine>& all, std::vector<DirectiveLine> lines,
                          int depth) {
  for (DirectiveLine& line : lines) {
    if (line.name != "include" || line.values.size() != 1) {
      all.push_back(std::move(line));
      continue;
    }
    if (depth == include_depth_max) {
      throw UserError(config_error(line, "files include one another without end"));
    }
    for (const std::string& file : included_files(line.values[0])) {
      append_with_includes(all, parse_config(read_file(file), file), depth + 1);
    }
  }
}

// One directive of the command line as a line of a file: `port "6380"`.
class ArgumentLines {
 public:
  void begin(std::string_view name) {
    if (!text_.empty()) text_ += '\n';
    text_ += std::string(name) + " ";
    has_value_ = split_words(name)->size() > 1;
  }
  void value(std::string_view word) {
    text_ += quoted_word(word) + " ";
    has_value_ = true;
  }
  bool has_value() const { return has_value_; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
  bool has_value_ = true;
};

}  // namespace

std::vector<DirectiveLine> parse_config(std::string_view text, const std::string& source) {
  std::vector<DirectiveLine> lines;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    DirectiveLine directive{{}, {}, source, number, std::string(line)};
    const auto words = split_words(line);
    if (!words) throw UserError(config_error(directive, "Unbalanced quotes in configuration line"));
    if (words->empty()) continue;
    directive.name = to_lower(words->front());
    directive.values.assign(words->begin() + 1, words->end());
    lines.push_back(std::move(directive));
  }
  return lines;
}

StartArguments parse_arguments(std::span<const std::string_view> arguments) {
  StartArguments start;
  if (!arguments.empty() && !arguments[0].starts_with('-')) {
    start.file = arguments[0];
    arguments = arguments.subspan(1);
  }
  ArgumentLines lines;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    const bool last = i + 1 == arguments.size();
    if (word == "-" && (i == 0 || last)) {
      start.from_standard_input = true;
    } else if (lines.has_value() && word.starts_with("--")) {
      lines.begin(equal_ignoring_case(word, "--like") ? "outlive-like" : word.substr(2));
      // `--save` alone has always meant to save nothing.
      const bool bare = last || arguments[i + 1].starts_with("--");
      if (bare && equal_ignoring_case(word, "--save")) lines.value("");
    } else {
      lines.value(word);
    }
  }
  start.directives = parse_config(lines.text(), "command line");
  for (DirectiveLine& line : start.directives) line.line = 0;
  return start;
}

std::vector<DirectiveLine> gather_config(const StartArguments& start,
                                         std::istream& standard_input) {
  std::vector<DirectiveLine> all;
  if (!start.file.empty()) {
    append_with_includes(all, parse_config(read_file(start.file), start.file), 0);
  }
  if (start.from_standard_input) {
    append_with_includes(all, parse_config(read_all(standard_input), "standard input"), 0);
  }
  append_with_includes(all, start.directives, 0);
  return all;
}

std::string config_error(const DirectiveLine& line, std::string_view reason,
                         const Profile& profile) {
  const char* const product = profile.is_redis() ? "Redis " : "Version ";
  const std::string where =
      line.line > 0 ? line.source + ":" + std::to_string(line.line) : line.source;
  return std::string("*** FATAL CONFIG FILE ERROR (") + product + std::string(profile.version) +
         ") *** " + where + ": '" + line.text + "': " + std::string(reason);
}

}  // namespace outlive
