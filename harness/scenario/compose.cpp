#include "scenario/compose.hpp"

#include <algorithm>
#include <filesystem>

#include "scenario/toml_mistake.hpp"

namespace outlive::harness {
namespace {

class Composer {
 public:
  Composer(Sources& sources, Mistakes& mistakes) : sources_{sources}, mistakes_{mistakes} {}

  toml::table own(const std::string& name, std::string_view text) {
    const Sources::File* file = sources_.find(name);
    return parsed(file ? *file : sources_.add(name, std::string{text}));
  }

 private:
  toml::table parsed(const Sources::File& file) {
    // Nodes then count their lines as `sources` does.
    std::string text(static_cast<std::size_t>(file.first_line) - 1, '\n');
    text += file.text;
    // The list of files grows while included ones are read.
    const std::string name = file.name, file_text = file.text;
    const int before = file.first_line - 1;
    under_way_.push_back(name);
    toml::table table;
    try {
      table = toml::parse(text, name);
      include_into(table, name);
    } catch (const toml::parse_error& error) {
      const Position gave_up = place_in(error.source().begin);
      const TomlMistake why =
          toml_mistake(file_text, std::max(gave_up.line - before, 1), gave_up.column);
      mistakes_.add({why.line + before, why.column}, why.what);
    }
    under_way_.pop_back();
    return table;
  }

  void include_into(toml::table& table, const std::string& includer) {
    const toml::node* node = table.get("include");
    if (!node) return;
    toml::table included;
    for (const Value& value : values_of(*node)) {
      const std::string name = value.text();
      if (!name.empty()) add(included, read(name, includer, value));
    }
    table.erase("include");
    add(included, std::move(table));
    table = std::move(included);
  }

  std::vector<Value> values_of(const toml::node& node) {
    const toml::array* list = node.as_array();
    if (!list) return {Value{"include", node, mistakes_}};
    std::vector<Value> values;
    for (const toml::node& each : *list) values.emplace_back("include", each, mistakes_);
    if (values.empty()) Value{"include", node, mistakes_}.texts(1);
    return values;
  }

  // An included file; one that was included already says nothing more.
  toml::table read(const std::string& name, const std::string& includer, const Value& value) {
    const std::string path =
        (std::filesystem::path{includer}.parent_path() / name).lexically_normal().string();
    const auto normal = [](const std::string& file) {
      return std::filesystem::path{file}.lexically_normal().string();
    };
    if (std::ranges::find(under_way_, path, normal) != under_way_.end()) {
      std::string chain;
      for (const std::string& file : under_way_) chain += file + " includes ";
      value.refuse("this goes round in a circle: " + chain + path);
      return {};
    }
    if (std::ranges::find(included_, path) != included_.end()) return {};
    included_.push_back(path);
    if (const Sources::File* file = sources_.find(path)) return parsed(*file);
    sources_.look_for(path);
    FileText read = read_text(path, scenario_size_max);
    if (!read.mistake.empty()) {
      value.refuse(path + " can't be read: " + read.mistake +
                   "; paths are relative to the file that includes");
      return {};
    }
    return parsed(sources_.add(path, std::move(read.text)));
  }

  // Adds what `from` says: lists grow, tables are joined, and of single words the later one wins.
  static void add(toml::table& into, toml::table&& from) {
    for (auto&& [key, node] : from) {
      toml::node* there = into.get(key.str());
      if (there && there->is_array() && node.is_array()) {
        for (toml::node& item : *node.as_array()) there->as_array()->push_back(std::move(item));
      } else if (there && there->is_table() && node.is_table()) {
        add(*there->as_table(), std::move(*node.as_table()));
      } else {
        into.insert_or_assign(key, std::move(node));
      }
    }
  }

  Sources& sources_;
  Mistakes& mistakes_;
  std::vector<std::string> under_way_;  // the files being read, each included by the one before
  std::vector<std::string> included_;
};

}  // namespace

toml::table compose(const std::string& name, std::string_view text, Sources& sources,
                    Mistakes& mistakes) {
  return Composer{sources, mistakes}.own(name, text);
}

}  // namespace outlive::harness
