#include "scenario/sources.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/ensure.hpp"

namespace outlive::harness {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return std::nullopt;
  return text.str();
}

const Sources::File* Sources::find(std::string_view name) const {
  const auto found = std::ranges::find(files_, name, &File::name);
  return found == files_.end() ? nullptr : &*found;
}

const Sources::File& Sources::add(std::string name, std::string text) {
  int first_line = 1;
  if (!files_.empty()) {
    const File& last = files_.back();
    first_line = last.first_line + 1 + static_cast<int>(std::ranges::count(last.text, '\n'));
  }
  files_.push_back({std::move(name), std::move(text), first_line});
  return files_.back();
}

const Sources::File& Sources::of(int line) const {
  ensure(!files_.empty(), "a scenario has a file");
  const auto after = std::ranges::upper_bound(files_, std::max(line, 1), {}, &File::first_line);
  return *std::prev(after);
}

void Sources::look_for(const std::string& path) {
  if (std::ranges::find(looked_for_, path) == looked_for_.end()) looked_for_.push_back(path);
}

std::vector<SourceFile> Sources::beginnings() const {
  std::vector<SourceFile> beginnings;
  for (const File& file : files_) beginnings.push_back({file.name, file.first_line});
  return beginnings;
}

}  // namespace outlive::harness
