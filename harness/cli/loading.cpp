#include "cli/loading.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/text.hpp"
#include "cli/shipped.hpp"
#include "target/embedded.hpp"

namespace outlive::harness {
namespace {

namespace fs = std::filesystem;

bool is_part(const fs::path& path) {
  return path.filename().string().starts_with('_');
}

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::string> files;
  fs::recursive_directory_iterator entry{folder};
  for (; entry != fs::recursive_directory_iterator{}; ++entry) {
    if (is_part(entry->path())) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (entry->path().extension() == ".toml") {
      files.push_back(entry->path().string());
    }
  }
  if (files.empty()) throw UserError{folder + ": there is no scenario (*.toml) in this folder"};
  std::ranges::sort(files);
  return files;
}

// What no scenario has is a slip of the pen.
void require_known(std::span<const Setting> settings, const std::vector<Scenario>& plays) {
  std::set<std::string_view> names;
  for (const Scenario& play : plays) {
    for (const AxisValue& axis : play.axes) names.insert(axis.name);
  }
  for (const Setting& setting : settings) {
    if (names.contains(setting.name)) continue;
    std::string what = "--set " + setting.name + ": no scenario here has an axis of that name";
    const std::vector<std::string_view> known{names.begin(), names.end()};
    if (const auto near = nearest_name(setting.name, known)) {
      what.append("; did you mean ").append(quoted(*near)).append("?");
    }
    throw UserError{what};
  }
}

// The file or folder behind a word; the word itself where there is none, for load_all() to tell
// together with all else that is wrong.
std::string found(const std::string& word) {
  if (fs::exists(word)) return word;
  try {
    return shipped_file(word);
  } catch (const UserError&) {
    return word;
  }
}

void require_values(const Setting& setting, std::string_view words) {
  std::set<std::string_view> seen;
  for (const std::string& value : setting.values) {
    if (value.empty()) {
      throw UserError{"--set " + std::string{words} + ": a value is missing beside a comma"};
    }
    if (!seen.insert(value).second) {
      throw UserError{"--set " + std::string{words} + ": " + in_quotes(value) + " stands twice"};
    }
  }
}

Setting parse_setting(std::string_view words) {
  const std::size_t equals = words.find('=');
  if (equals == 0 || equals == words.npos || equals + 1 == words.size()) {
    throw UserError{"--set " + std::string{words} +
                    ": say which axis and which values, like --set cache_ttl=24h,36h"};
  }
  Setting setting{.name = std::string{words.substr(0, equals)}, .values = {}};
  std::string_view rest = words.substr(equals + 1);
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    setting.values.emplace_back(rest.substr(0, comma));
    more = comma != rest.npos;
    if (more) rest.remove_prefix(comma + 1);
  }
  require_values(setting, words);
  return setting;
}

}  // namespace

std::vector<std::string> scenario_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  const auto add = [&files](const std::string& path) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      return;
    }
    const std::vector<std::string> inside = files_below(path);
    files.insert(files.end(), inside.begin(), inside.end());
  };
  if (paths.empty()) add(shipped_folder());
  for (const std::string& path : paths) add(found(path));
  return files;
}

std::vector<Setting> parse_settings(const std::vector<std::string>& words) {
  std::vector<Setting> settings;
  for (const std::string& one : words) {
    Setting setting = parse_setting(one);
    if (std::ranges::find(settings, setting.name, &Setting::name) != settings.end()) {
      throw UserError{"--set " + setting.name +
                      " stands twice; several values stand in one, like --set " + setting.name +
                      "=24h,36h"};
    }
    settings.push_back(std::move(setting));
  }
  return settings;
}

std::vector<Scenario> load_all(const std::vector<std::string>& files,
                               std::span<const Setting> settings, std::string_view undone) {
  const EmulatorDirectives directives;
  std::vector<Scenario> plays;
  std::string mistakes;
  for (const std::string& file : files) {
    try {
      if (!fs::exists(file))
        static_cast<void>(shipped_file(file));  // throws, with the nearest name
      for (Scenario& play : load_plays(file, directives, settings)) {
        plays.push_back(std::move(play));
      }
    } catch (const UserError& error) {
      mistakes.append(mistakes.empty() ? "" : "\n").append(error.what());
    }
  }
  if (!mistakes.empty()) throw UserError{std::string{undone} + ":\n" + mistakes};
  require_known(settings, plays);
  return plays;
}

std::vector<std::vector<Scenario>> load_by_file(const std::vector<std::string>& files,
                                                std::span<const Setting> settings,
                                                std::string_view undone) {
  std::vector<std::vector<Scenario>> grouped;
  for (Scenario& play : load_all(files, settings, undone)) {
    if (grouped.empty() || grouped.back().front().file != play.file) grouped.emplace_back();
    grouped.back().push_back(std::move(play));
  }
  return grouped;
}

}  // namespace outlive::harness
