#include "scenario/toml_names.hpp"

#include "scenario/mistakes.hpp"

namespace outlive::harness {
namespace {

std::string in_line(int line) {
  return " in line " + std::to_string(line);
}

std::string in_brackets(const Names& names, bool list) {
  return (list ? "[[" : "[") + shown(names) + (list ? "]]" : "]");
}

}  // namespace

std::string shown(const Names& names) {
  std::string text;
  for (const std::string& name : names) text.append(text.empty() ? "" : ".").append(name);
  return text;
}

std::string NamesSoFar::path_below(const std::string& table, const std::string& name) const {
  std::string path = table;
  const auto found = names_.find(table);
  if (found != names_.end() && found->second.kind == Kind::list) {
    path.append("#").append(std::to_string(found->second.count));
  }
  return path.append("\n").append(name);
}

std::optional<std::string> NamesSoFar::begin_table(const Names& names, bool list, int line) {
  std::string path;
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    path = path_below(path, names[i]);
    const auto [found, fresh] = names_.try_emplace(path, Name{Kind::implied, line});
    if (found->second.kind == Kind::value) {
      return in_quotes(names[i]) + " is a value" + in_line(found->second.line) + ", and no table";
    }
  }
  path = path_below(path, names.back());
  const Kind kind = list ? Kind::list : Kind::table;
  const auto [found, fresh] = names_.try_emplace(path, Name{kind, line});
  Name& name = found->second;
  if (!fresh && name.kind == Kind::value) {
    return in_quotes(names.back()) + " has a value" + in_line(name.line) +
           "; write it there or as " + in_brackets(names, list);
  }
  if (!fresh && name.kind == Kind::table && !list) {
    return in_brackets(names, false) + " stands twice, first" + in_line(name.line) +
           "; put the words of both together";
  }
  if (!fresh && name.kind != kind && name.kind != Kind::implied) {
    return in_brackets(names, list) + " is " + in_brackets(names, !list) + in_line(name.line) +
           "; write [[" + shown(names) + "]] each time";
  }
  name.kind = kind;
  if (list) ++name.count;
  table_ = path_below(path, "");
  table_.pop_back();
  return std::nullopt;
}

std::optional<std::string> NamesSoFar::add(const Names& names, int line) {
  std::string path = table_;
  for (std::size_t i = 0; i < names.size(); ++i) {
    path.append("\n").append(names[i]);
    const bool last = i + 1 == names.size();
    const auto [found, fresh] =
        names_.try_emplace(path, Name{last ? Kind::value : Kind::implied, line});
    if (fresh) continue;
    const Name& name = found->second;
    if (last) {
      return in_quotes(shown(names)) + " stands twice in one table, first" + in_line(name.line) +
             "; only one of them can be meant";
    }
    if (name.kind != Kind::implied) {
      return in_quotes(names[i]) + " is defined already" + in_line(name.line);
    }
  }
  return std::nullopt;
}

}  // namespace outlive::harness
