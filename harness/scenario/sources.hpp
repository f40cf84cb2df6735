// The files of one scenario. Their lines are numbered in one row, the scenario's own file first, so
// that one number says where a word stands, whichever file it is in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenario/model.hpp"

namespace outlive::harness {

struct FileText {
  std::string text;
  std::string mistake;  // why it can't be read; empty: it has been
};

// Reads a file: a scenario, which nobody writes longer than `most` bytes, or one that it names.
constexpr std::size_t scenario_size_max = 16 << 20;
FileText read_text(const std::string& path, std::size_t most);

class Sources {
 public:
  struct File {
    std::string name;
    std::string text;
    int first_line = 1;
  };

  // The file as it was read the first time; none where it is new.
  const File* find(std::string_view name) const;
  const File& add(std::string name, std::string text);

  // The file in which a line stands.
  const File& of(int line) const;

  // Notes a file that the scenario reads, or would if it were there.
  void look_for(const std::string& path);
  const std::vector<std::string>& looked_for() const { return looked_for_; }

  // Where each begins.
  std::vector<SourceFile> beginnings() const;

 private:
  std::vector<File> files_;
  std::vector<std::string> looked_for_;  // also what is no TOML: histograms, transcripts
};

}  // namespace outlive::harness
