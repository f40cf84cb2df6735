#include "scripting/shebang.hpp"

#include <optional>
#include <vector>

#include "base/c_text.hpp"
#include "base/text.hpp"

namespace outlive {
namespace {

constexpr std::string_view mark = "#!";

// Adds the comma-separated flags; the one that is unknown, or "".
std::optional<std::string> add_flags(std::string_view list, ScriptFlags& flags) {
  if (list.empty()) return {};
  while (true) {
    const std::size_t comma = list.find(',');
    const std::string_view wanted = list.substr(0, comma);
    bool known = false;
    for (const auto& [flag, name] : script_flag_names) {
      if (name != wanted) continue;
      flags |= flag;
      known = true;
    }
    if (!known) return std::string(wanted);
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

}  // namespace

ScriptHeader read_script_header(std::string_view body) {
  constexpr std::string_view flags_word = "flags=";
  ScriptHeader header;
  if (!body.starts_with(mark)) {
    header.engine = "lua";
    header.flags = script_flag::undeclared;
    return header;
  }
  const std::size_t end = c_text(body).find('\n');
  if (end == std::string_view::npos) {
    header.error = "Invalid script shebang";
    return header;
  }
  header.size = end;
  const auto words = split_words(body.substr(0, end));
  if (!words || words->empty()) {
    header.error = "Invalid engine in script shebang";
    return header;
  }
  header.engine = words->front().substr(mark.size());
  for (std::size_t i = 1; i < words->size(); ++i) {
    const std::string_view word = (*words)[i];
    if (!word.starts_with(flags_word)) {
      header.error = "Unknown lua shebang option: " + std::string(c_text(word));
      return header;
    }
    if (const auto unknown = add_flags(word.substr(flags_word.size()), header.flags)) {
      header.error = "Unexpected flag in script shebang: " + std::string(c_text(*unknown));
      return header;
    }
  }
  return header;
}

LibraryHeader read_library_header(std::string_view code) {
  constexpr std::string_view name_word = "name=";
  LibraryHeader header;
  if (!code.starts_with(mark)) {
    header.error = "Missing library metadata";
    return header;
  }
  header.size = c_text(code).find('\n');
  const auto words = header.size == std::string_view::npos
                         ? std::nullopt
                         : split_words(code.substr(0, header.size));
  if (!words || words->empty()) {
    header.error = "Invalid library metadata";
    return header;
  }
  header.engine = words->front().substr(mark.size());
  bool named = false;
  for (std::size_t i = 1; i < words->size(); ++i) {
    const std::string_view word = (*words)[i];
    if (!equal_ignoring_case(word.substr(0, name_word.size()), name_word)) {
      header.error = "Invalid metadata value given: " + std::string(c_text(word));
      return header;
    }
    if (named) {
      header.error = "Invalid metadata value, name argument was given multiple times";
      return header;
    }
    named = true;
    header.name = word.substr(name_word.size());
  }
  if (!named) header.error = "Library name was not given";
  return header;
}

bool is_lua(std::string_view engine) {
  return equal_ignoring_case(engine, "lua");
}

}  // namespace outlive
