#include "cli/shipped.hpp"

#include <filesystem>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "outlive/emulator.hpp"
#include "target/serve.hpp"

namespace outlive::harness {
namespace {

namespace fs = std::filesystem;

// As short as can be: below the current folder without what leads there.
std::string shown(const fs::path& path) {
  const fs::path relative = path.lexically_proximate(fs::current_path());
  return (relative.begin()->string() == ".." ? path : relative).string();
}

std::optional<fs::path> find_shipped() {
  const fs::path program = own_program();
  const fs::path installed =
      (program.parent_path() / OUTLIVE_SCENARIOS_FROM_PROGRAM).lexically_normal();
  if (program.is_absolute() && fs::is_directory(installed)) return installed;
  for (fs::path folder = program.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    // Other folders may be called so.
    if (fs::exists(folder / "scenarios" / "first-steps" / "broken.toml")) {
      return folder / "scenarios";
    }
  }
  return std::nullopt;
}

// All names that shipped_file() takes for a file.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (entry.path().extension() != ".toml") continue;
    names.push_back(entry.path().lexically_relative(folder).replace_extension().generic_string());
  }
  return names;
}

}  // namespace

std::string shipped_folder() {
  if (const auto folder = find_shipped()) return shown(*folder);
  throw UserError{
      "the scenarios that ship with outlive are neither installed beside it nor in a source tree "
      "around it; name a scenario file (*.toml) or a folder of them"};
}

std::string shipped_file(const std::string& name) {
  std::string what =
      name +
      ": can't be read; name a scenario file (*.toml), a folder of them, or one that ships "
      "with outlive (`outlive list`)";
  const auto folder = find_shipped();
  if (!folder) throw UserError{what};
  // A name, not a path to anywhere.
  const bool below = !fs::path{name}.lexically_normal().generic_string().starts_with("..");
  for (const fs::path& path : {*folder / (name + ".toml"), *folder / name}) {
    if (below && !fs::path{name}.is_absolute() && fs::exists(path)) return shown(path);
  }
  const std::vector<std::string> names = names_in(*folder);
  const std::vector<std::string_view> known{names.begin(), names.end()};
  if (const auto near = nearest_name(name, known)) what += "; did you mean " + quoted(*near) + "?";
  throw UserError{what};
}

std::string language_page() {
  constexpr std::string_view page = "README.md";
  const auto folder = find_shipped();
  return folder && fs::exists(*folder / page) ? shown(*folder / page)
                                              : "scenarios/" + std::string{page};
}

std::string name_of_file(const std::string& file) {
  const auto folder = find_shipped();
  if (!folder) return file;
  const fs::path name = fs::absolute(file).lexically_normal().lexically_relative(*folder);
  if (name.empty() || name.begin()->string() == "..") return file;
  return fs::path{name}.replace_extension().generic_string();
}

}  // namespace outlive::harness
