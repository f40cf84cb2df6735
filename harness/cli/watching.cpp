// Looks at the files a few times a second: that works on every system, also where a file lies on
// another machine, and needs nothing but what the standard library has.
#include "cli/watching.hpp"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>
#include <string_view>
#include <thread>

#include "cli/interrupt.hpp"
#include "cli/loading.hpp"
#include "cli/subcommands.hpp"
#include "outlive/emulator.hpp"
#include "scenario/parse.hpp"
#include "target/embedded.hpp"

namespace outlive::harness {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds between_looks{100};
constexpr std::string_view clear_screen = "\x1b[2J\x1b[3J\x1b[H";  // and what it scrolled off

// By which a file is known to have changed.
struct Stamp {
  bool there = false;
  fs::file_time_type written;
  std::uintmax_t size = 0;

  bool operator==(const Stamp&) const = default;
};

Stamp stamp_of(const std::string& file) {
  std::error_code error;
  Stamp stamp;
  stamp.written = fs::last_write_time(file, error);
  if (error) return {};
  stamp.size = fs::file_size(file, error);
  stamp.there = !error;
  return stamp.there ? stamp : Stamp{};
}

using Stamps = std::map<std::string, Stamp>;

// A word of the command line that is neither file nor folder just now may be one again when its
// editor has put it in its place.
std::vector<std::string> named_files(const RunOptions& options) {
  try {
    return scenario_files(options.paths);
  } catch (const UserError&) {
    return options.paths;
  }
}

std::vector<std::string> files_read(const RunOptions& options) {
  const EmulatorDirectives directives;
  const std::vector<Setting> settings = parse_settings(options.settings);
  std::vector<std::string> files;
  for (const std::string& named : named_files(options)) {
    const std::vector<std::string> behind = files_behind(named, directives, settings);
    files.insert(files.end(), behind.begin(), behind.end());
  }
  return files;
}

// All that the scenarios read, each looked at before it was last read for this: so what is played
// after it is as new as the stamp, or newer, and a change in between is seen as one.
Stamps look(const RunOptions& options) {
  Stamps stamps;
  for (;;) {
    bool all_known = true;
    for (const std::string& file : files_read(options)) {
      if (stamps.contains(file)) continue;
      stamps.emplace(file, stamp_of(file));
      all_known = false;
    }
    if (all_known) return stamps;
  }
}

// The same files, and those that are new in a folder, as they are now.
Stamps look_again(const Stamps& before, const RunOptions& options) {
  Stamps now;
  for (const auto& [file, stamp] : before) now.emplace(file, stamp_of(file));
  for (const std::string& file : named_files(options)) now.try_emplace(file, stamp_of(file));
  return now;
}

// False: somebody asked for the end. An editor may save in several steps; it has come to rest when
// two looks see the same.
bool wait_for_change(const Stamps& before, const RunOptions& options) {
  Stamps last = before;
  while (!interrupted()) {
    std::this_thread::sleep_for(between_looks);
    Stamps now = look_again(before, options);
    if (now != before && now == last) return true;
    last = std::move(now);
  }
  return false;
}

}  // namespace

int play_on_change(const RunOptions& options, const std::function<void()>& play) {
  static_cast<void>(interrupted());  // from here on Ctrl-C is an end in good order
  const bool terminal = isatty(STDOUT_FILENO) == 1;
  for (;;) {
    const Stamps stamps = look(options);
    if (terminal) std::cout << clear_screen << std::flush;
    try {
      play();
    } catch (const UserError& error) {
      std::cerr << "outlive: " << error.what() << '\n';
    }
    std::cerr << "Watching " << stamps.size() << (stamps.size() == 1 ? " file" : " files")
              << "; save one to play again, Ctrl-C to end.\n"
              << std::flush;
    if (!wait_for_change(stamps, options)) return status_interrupted;
  }
}

}  // namespace outlive::harness
