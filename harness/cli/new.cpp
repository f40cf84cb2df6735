// outlive new: writes a first scenario, to be run, broken and mended.
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>

#include "base/text.hpp"
#include "cli/command_line.hpp"
#include "cli/shipped.hpp"
#include "cli/subcommands.hpp"
#include "cli/templates.hpp"
#include "outlive/emulator.hpp"

namespace outlive::harness {
namespace {

struct Options {
  std::string file = "first";
  std::string from{templates().front().name};
};

void describe(CLI::App& app, Options& options) {
  app.description(
      "Writes a commented scenario that plays at once, finds rules broken, and says how "
      "to mend it.");
  app.add_option(
         "FILE", options.file,
         "where to (default: first.toml); \".toml\" is added where it lacks. A file that is "
         "there is never overwritten")
      ->type_name("");
  std::string what = "what to begin with:";
  for (const Template& one : templates()) {
    what.append("\n").append(one.name).append(": ").append(one.meaning);
    if (one.name == options.from) what += " (the default)";
  }
  app.add_option("--from", options.from, what)->type_name("PATTERN");
  app.footer(
      "Examples:\n"
      "  outlive new                          writes first.toml\n"
      "  outlive new checkout --from split    writes checkout.toml\n"
      "  outlive run checkout.toml            plays it\n"
      "\n"
      "Exit status: 0 when the file was written, 2 when not.");
}

const Template& template_called(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Template& one : templates()) {
    if (one.name == name) return one;
    names.push_back(one.name);
  }
  std::string what = "--from: there is no pattern " + quoted(name);
  if (const auto near = nearest_name(name, names)) {
    what += "; did you mean " + quoted(*near) + "?";
  } else {
    what += "; there are";
    for (const std::string_view one : names) what.append(" ").append(one);
  }
  throw UserError{what};
}

// "x": only where no such file is there, and nobody can come between.
void write_new(const std::string& file, std::string_view text) {
  std::FILE* out = std::fopen(file.c_str(), "wx");
  if (!out && errno == EEXIST) {
    throw UserError{file + " is there already, and is left as it is; name another file"};
  }
  const bool written = out && std::fwrite(text.data(), 1, text.size(), out) == text.size();
  const int error = errno;
  if ((out && std::fclose(out) != 0) || !written) {
    throw UserError{file + ": can't be written: " + std::strerror(error)};
  }
}

}  // namespace

int new_scenario(std::span<char* const> words) {
  CLI::App app;
  app.name("outlive new");
  Options options;
  describe(app, options);
  if (const auto status = read_words(app, words)) return *status;
  const Template& from = template_called(options.from);
  const std::string file = options.file.ends_with(".toml") ? options.file : options.file + ".toml";
  write_new(file, from.text);
  std::cout << file << ": " << from.meaning << "\nPlay it:  outlive run " << file
            << "\nThen mend it: the file says where. The language: " << language_page() << '\n';
  return 0;
}

}  // namespace outlive::harness
