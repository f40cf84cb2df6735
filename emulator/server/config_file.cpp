#include "server/config_file.hpp"

#include "base/text.hpp"
#include "outlive/emulator.hpp"

namespace outlive {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::vector<DirectiveLine> parse_config(std::string_view text) {
  std::vector<DirectiveLine> lines;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    DirectiveLine directive{.name = {}, .values = {}, .line = number, .text = std::string(line)};
    auto words = split_words(line);
    if (!words) throw UserError(config_error(directive, "Unbalanced quotes in configuration line"));
    if (words->empty()) continue;
    directive.name = to_lower(words->front());
    directive.values.assign(words->begin() + 1, words->end());
    lines.push_back(std::move(directive));
  }
  return lines;
}

std::vector<DirectiveLine> parse_arguments(std::span<char* const> arguments) {
  std::vector<DirectiveLine> lines;
  for (const std::string_view word : arguments) {
    if (word.starts_with("--")) {
      lines.push_back(
          {.name = to_lower(word.substr(2)), .values = {}, .line = 0, .text = std::string(word)});
    } else if (lines.empty()) {
      throw UserError("'" + std::string(word) +
                      "' is neither a configuration file (the first argument) nor belongs to a "
                      "--directive");
    } else {
      lines.back().values.emplace_back(word);
      lines.back().text += " " + std::string(word);
    }
  }
  return lines;
}

std::string config_error(const DirectiveLine& line, std::string_view reason) {
  return "\n*** FATAL CONFIG FILE ERROR (Version 8.1.1) ***\nReading the configuration file, at "
         "line " +
         std::to_string(line.line) + "\n>>> '" + line.text + "'\n" + std::string(reason);
}

}  // namespace outlive
