#include "scenario/sources.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/ensure.hpp"
#include "scenario/quantity.hpp"

namespace outlive::harness {

FileText read_text(const std::string& path, std::size_t most) {
  constexpr std::size_t piece = 1 << 16;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return {{}, "it is a folder"};
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  FileText read;
  while (file) {
    const std::size_t size = read.text.size();
    read.text.resize(size + piece);
    file.read(read.text.data() + size, piece);
    read.text.resize(size + static_cast<std::size_t>(file.gcount()));
    if (read.text.size() > most) {
      return {{}, "it is larger than " + format_count(most) + " bytes"};
    }
  }
  if (!file.eof()) read.mistake = std::generic_category().message(errno == 0 ? EIO : errno);
  return read;
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
  constexpr std::string_view mark = "\xef\xbb\xbf";  // of UTF-8, which stands at the front alone
  if (text.starts_with(mark)) text.erase(0, mark.size());
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
